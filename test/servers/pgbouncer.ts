import { execFileSync, spawn } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { freePort } from './free-port.ts'
import type { PostgresServer } from './postgres.ts'

/** Debian's `pgbouncer`; null where it is not installed. */
export const pgbouncerProgram = findProgram()

/** A real pooler in front of a server, which lends its few connections by transaction. */
export interface Pgbouncer extends AsyncDisposable {
  /** The address of a database of the server, through the pooler. */
  through(url: string): string
}

/** So few that several clients must share each: whatever one leaves in a session, another finds. */
const serverConnections = 3

export async function startPgbouncer(server: PostgresServer): Promise<Pgbouncer> {
  if (pgbouncerProgram === null) throw new Error('pgbouncer is not installed')
  const folder = await mkdtemp('/tmp/conduct-bouncer-')
  const port = await freePort()
  const users = path.join(folder, 'users')
  const config = path.join(folder, 'config')
  await writeFile(users, `"${server.user}" "${server.password}"\n`)
  await writeFile(
    config,
    `[databases]
* = host=${server.host} port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = plain
auth_file = ${users}
pool_mode = transaction
default_pool_size = ${serverConnections}
max_client_conn = 500
`,
  )
  // It gives up root before it reads them.
  await chmod(folder, 0o755)
  const asNobody = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const pooler = spawn(pgbouncerProgram, [...asNobody, config], { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise<void>((resolve) => {
    pooler.once('exit', () => resolve())
  })
  const kill = (): boolean => pooler.kill('SIGKILL')
  process.once('exit', kill)
  await isUp(pooler.stderr)
  return {
    through: (url) => url.replace(`:${server.port}/`, `:${port}/`),
    [Symbol.asyncDispose]: async () => {
      process.off('exit', kill)
      kill()
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function isUp(output: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    output.setEncoding('utf8')
    output.on('data', (text: string) => {
      said = (said + text).slice(-4000)
      if (said.includes('process up')) resolve()
    })
    output.once('end', () => reject(new Error(`pgbouncer ended: ${said}`)))
  })
}

function findProgram(): string | null {
  for (const program of ['pgbouncer', '/usr/sbin/pgbouncer']) {
    try {
      execFileSync(program, ['--version'], { stdio: 'ignore' })
      return program
    } catch {
      // Not there.
    }
  }
  return null
}
