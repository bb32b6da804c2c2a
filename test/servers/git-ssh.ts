import { execFile, spawn } from 'node:child_process'
import { accessSync } from 'node:fs'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo, connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Debian's real `sshd` on loopback, with a host key and a user key made for this one start. */
export interface GitSshServer extends AsyncDisposable {
  createRepository(name: string): Promise<{ readonly bare: string; readonly url: string }>
  /** What a git client needs to get in: `GIT_SSH_COMMAND`. */
  readonly env: Readonly<Record<string, string>>
  /** Ends the server; who is connected stays so. */
  stop(): Promise<void>
}

const sshd = '/usr/sbin/sshd'

export const hasSshd = isThere(sshd) && isThere('/usr/bin/ssh-keygen')

const startMsMax = 10_000
const betweenLooksMs = 20

export async function startGitSsh(): Promise<GitSshServer> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'git-ssh-')))
  const file = (name: string): string => join(folder, name)
  for (const name of ['host', 'user']) {
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file(name)])
  }
  const port = await freePort()
  const config = [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${file('host')}`,
    `AuthorizedKeysFile ${file('user.pub')}`,
    `PidFile ${file('pid')}`,
    'StrictModes no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'LogLevel ERROR',
  ]
  await writeFile(file('config'), `${config.join('\n')}\n`)
  // Its privilege separation needs this folder; a package that runs no service has not made it.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 })
  const server = spawn(sshd, ['-D', '-e', '-f', file('config')], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  server.stderr.on('data', (part: Buffer) => {
    said += part.toString()
  })
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  const stop = async (): Promise<void> => {
    server.kill('SIGTERM')
    await ended
  }
  for (let waitedMs = 0; !(await isOpen(port)); waitedMs += betweenLooksMs) {
    if (waitedMs > startMsMax || server.exitCode !== null) throw new Error(`sshd did not start: ${said}`)
    await delay(betweenLooksMs)
  }
  const options = [
    '-F /dev/null',
    `-i ${file('user')}`,
    '-o IdentitiesOnly=yes',
    '-o IdentityAgent=none',
    '-o StrictHostKeyChecking=no',
    `-o UserKnownHostsFile=${file('known_hosts')}`,
    '-o BatchMode=yes',
    '-o LogLevel=ERROR',
  ]
  return {
    env: { GIT_SSH_COMMAND: `ssh ${options.join(' ')}` },
    createRepository: async (name) => {
      const bare = join(folder, `${name}.git`)
      await run('git', ['init', '--quiet', '--bare', bare])
      return { bare, url: `ssh://${userInfo().username}@127.0.0.1:${port}${bare}` }
    },
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop()
      await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function isThere(path: string): boolean {
  try {
    accessSync(path)
    return true
  } catch {
    return false
  }
}
