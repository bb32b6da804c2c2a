import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { fakeTimeLibrary, openShiftedClock, type ShiftedClock } from '../lanes/shifted-clock.ts'
import { freePort } from './free-port.ts'
import { enterableHome, postgresHome } from './postgres-binaries.ts'

/** A real Postgres on a unix socket and on loopback, with one superuser; over TCP that needs its password. */
export interface PostgresServer extends AsyncDisposable {
  readonly host: '127.0.0.1'
  readonly port: number
  readonly user: string
  readonly password: string
  readonly socketFolder: string
  /** Of the postmaster, while it runs. */
  readonly pid: number
  /** Its wall clock; null unless it was asked for. */
  readonly clock: ShiftedClock | null
  /** Address of a database that nobody else has. A template must have no session. */
  createDatabase(options?: { readonly template?: string }): Promise<string>
  /** The address of a database, over TCP unless `socket` is asked for. */
  url(database: string, options?: { readonly over?: 'tcp' | 'socket' }): string
  /** `fast` ends its sessions and checkpoints, `immediate` crashes it: the next start recovers. */
  stop(mode: 'fast' | 'immediate'): Promise<void>
  /** Again, on the same port. */
  start(): Promise<void>
}

export interface PostgresOptions {
  /** Syncs to disk as it does in earnest; for tests about crashes and for the bench. Default: false. */
  readonly isDurable?: boolean
  /** Runs it under `faketime`, so that its wall clock can be set; needs `fakeTimeLibrary`. Default: false. */
  readonly hasOwnClock?: boolean
  /** `bin`, `lib` and `share` of another major; default: what the tests bring along. */
  readonly home?: string
  /** More settings, by name. */
  readonly settings?: Readonly<Record<string, string>>
}

const user = 'conduct'
const password = 'only-for-tests'
const startMsMax = 30_000
/** Somebody else may take a free port before the server does. */
const portsMax = 5

const run = promisify(execFile)

/**
 * Starts a fresh cluster, about 0.7 s: one per test file, one database per test. It ends with the process that
 * started it, however that one ends.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  // Short, since the path of a socket is; and below a folder that everybody may enter.
  const folder = await mkdtemp('/tmp/conduct-pg-')
  const owner = unprivileged()
  try {
    return await startIn(folder, owner, options)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

async function startIn(
  folder: string,
  owner: Owner | null,
  options: PostgresOptions,
): Promise<PostgresServer> {
  const place = { data: path.join(folder, 'data'), sockets: path.join(folder, 's') }
  await mkdir(place.sockets)
  for (const one of [folder, place.sockets]) if (owner !== null) await chown(one, owner.uid, owner.gid)
  const copyTo = path.join(folder, 'postgres')
  const given = options.home ?? postgresHome
  const home = owner === null ? given : await enterableHome({ home: given, copyTo })
  const passwordFile = path.join(folder, 'password')
  await writeFile(passwordFile, password, { mode: 0o644 })
  const initdb = ['--no-sync', '--encoding=UTF8', '--locale=C', `--username=${user}`]
  const auth = ['--auth-local=trust', '--auth-host=scram-sha-256', `--pwfile=${passwordFile}`]
  await run(path.join(home, 'bin/initdb'), [...initdb, ...auth, '-D', place.data], {
    ...owner,
    env,
    cwd: folder,
  })

  const clock = options.hasOwnClock === true ? openClock(folder) : null
  const launch = (port: number) =>
    launchServer({
      command: path.join(home, 'bin/postgres'),
      arguments: ['-D', place.data, ...settingsOf(options, { port, sockets: place.sockets })],
      options: { ...owner, env: { ...env, ...clock?.env }, cwd: folder },
      data: place.data,
    })
  const { port, running: first } = await onFreePort(launch)
  let running: Running | null = first

  const url: PostgresServer['url'] = (database, { over = 'tcp' } = {}) =>
    over === 'tcp'
      ? `postgres://${user}:${password}@127.0.0.1:${port}/${database}`
      : `postgres://${user}@localhost:${port}/${database}?host=${place.sockets}`
  const stop: PostgresServer['stop'] = async (mode) => {
    await running?.end(mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
    running = null
  }
  return {
    host: '127.0.0.1',
    port,
    user,
    password,
    socketFolder: place.sockets,
    clock,
    get pid() {
      if (running === null) throw new Error('the server is stopped')
      return running.pid
    },
    url,
    createDatabase: async ({ template = 'template1' } = {}) => {
      const name = `d${randomUUID().slice(0, 8)}`
      const client = new Client({ connectionString: url('postgres', { over: 'socket' }) })
      await client.connect()
      try {
        await client.query(`create database ${name} template ${template}`)
      } finally {
        await client.end()
      }
      return url(name)
    },
    stop,
    start: async () => {
      if (running === null) running = await launch(port)
    },
    [Symbol.asyncDispose]: async () => {
      await stop('immediate')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function settingsOf(
  options: PostgresOptions,
  place: { readonly port: number; readonly sockets: string },
): string[] {
  const quick = { fsync: 'off', full_page_writes: 'off' }
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(place.port),
    unix_socket_directories: place.sockets,
    shared_buffers: '16MB',
    ...(options.isDurable === true ? {} : quick),
    ...options.settings,
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

interface Running {
  readonly pid: number
  end(signal: NodeJS.Signals): Promise<void>
}

/** The shell that starts the server waits for its input to end, which it does with this process at the latest. */
const watched = '"$@" & read -r _; kill -INT $! 2>/dev/null; wait'

async function launchServer(server: {
  readonly command: string
  readonly arguments: readonly string[]
  readonly options: Partial<Owner> & { readonly env: NodeJS.ProcessEnv; readonly cwd: string }
  readonly data: string
}): Promise<Running> {
  const shell = spawn('sh', ['-c', watched, 'sh', server.command, ...server.arguments], {
    ...server.options,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  const ended = new Promise<void>((resolve) => {
    shell.once('exit', () => resolve())
  })
  const close = async (): Promise<void> => {
    shell.stdin.end()
    await ended
  }
  try {
    await isReady(shell)
  } catch (error) {
    await close()
    throw error
  }
  const pid = Number((await readFile(path.join(server.data, 'postmaster.pid'), 'utf8')).split('\n')[0])
  return {
    pid,
    end: async (signal) => {
      try {
        process.kill(pid, 'SIGCONT')
        process.kill(pid, signal)
      } catch {
        // Gone already.
      }
      await close()
    },
  }
}

/** Resolves when the server says that it takes connections; fails with what it said instead. */
function isReady(shell: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    const fail = (what: string) => reject(new Error(`Postgres ${what}: ${said}`))
    const late = setTimeout(() => fail('did not start in time'), startMsMax)
    shell.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4000)
      const isDown = said.includes('database system is shut down')
      if (!isDown && !said.includes('ready to accept connections')) return
      clearTimeout(late)
      if (isDown) fail('ended')
      else resolve()
    })
    shell.once('error', (error) => {
      clearTimeout(late)
      reject(error)
    })
    shell.once('exit', () => {
      clearTimeout(late)
      fail('ended')
    })
  })
}

async function onFreePort(
  launch: (port: number) => Promise<Running>,
): Promise<{ readonly port: number; readonly running: Running }> {
  for (let tried = 1; ; tried++) {
    const port = await freePort()
    try {
      return { port, running: await launch(port) }
    } catch (error) {
      if (tried === portsMax || !String(error).includes('could not create any TCP/IP sockets')) throw error
    }
  }
}

function openClock(folder: string): ShiftedClock {
  if (fakeTimeLibrary === null) throw new Error('a clock of its own needs faketime')
  return openShiftedClock(path.join(folder, 'clock'), fakeTimeLibrary)
}

/** Nothing of the caller's environment but its time zone and path: `PG…` variables would configure the server. */
const env: NodeJS.ProcessEnv = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' }

interface Owner {
  readonly uid: number
  readonly gid: number
}

/** Root hands the server to `nobody`; everybody else runs it. */
function unprivileged(): Owner | null {
  if (process.getuid?.() !== 0) return null
  const idOf = (flag: '-u' | '-g') => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}
