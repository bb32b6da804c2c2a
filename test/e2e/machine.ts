import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Ended, program } from './conduct-process.ts'

/**
 * A machine of its own, as far as conduct can tell: another host name, another boot, other process ids, another
 * home; of this machine it has the network, the programs and the disk on which the remotes lie.
 */
export interface Machine {
  readonly name: string
  readonly home: string
  /** A command on it; the machine ends when the command does, and with it every process that it has started. */
  start(args: readonly string[], env?: Readonly<Record<string, string>>): MachineRun
  conduct(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>
}

export interface MachineRun {
  readonly ended: Promise<Ended>
  /** Pulls the plug: no process on it runs another instruction. */
  readonly end: () => void
}

const bootIdPath = '/proc/sys/kernel/random/boot_id'

/** Words that give a command namespaces of its own; null where this machine does not let us. */
export const isolation = findIsolation()

export interface MachineOptions {
  readonly name: string
  /** Its home and everything it keeps go below. */
  readonly folder: string
  /** The same kernel that others on this machine see, in a container: only its process ids are others. */
  readonly isContainer?: boolean
  readonly env?: Readonly<Record<string, string>>
}

export function openMachine(options: MachineOptions): Machine {
  const { name, isContainer = false } = options
  const home = join(options.folder, name)
  mkdirSync(join(home, 'tmp'), { recursive: true })
  const bootFile = join(home, 'boot-id')
  writeFileSync(bootFile, `${randomUUID()}\n`)
  const start: Machine['start'] = (args, env = {}) => {
    if (isolation === null) throw new Error('this machine gives no namespaces')
    const boot = isContainer ? ':' : `hostname ${name} && mount --bind ${bootFile} ${bootIdPath}`
    // The shell stays: it is the first process, and the kernel ends all the others when the first one has ended.
    const script = `${boot} && { "$@"; exit $?; }`
    const child = spawn(
      'unshare',
      [...isolation, '--', 'sh', '-c', script, 'sh', process.execPath, program, ...args],
      {
        cwd: home,
        env: {
          PATH: process.env['PATH'] ?? '',
          HOME: home,
          TMPDIR: join(home, 'tmp'),
          XDG_CACHE_HOME: join(home, 'cache'),
          XDG_STATE_HOME: join(home, 'state'),
          TZ: 'UTC',
          NO_COLOR: '1',
          ...options.env,
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    return { ended: outputOf(child), end: () => child.kill('SIGKILL') }
  }
  return { name, home, start, conduct: (args, env) => start(args, env).ended }
}

function findIsolation(): readonly string[] | null {
  const common = ['--mount', '--uts', '--pid', '--fork', '--mount-proc', '--kill-child=KILL']
  for (const words of [common, ['--user', '--map-root-user', ...common]]) {
    try {
      const script = `hostname probe && mount --bind /dev/null ${bootIdPath}`
      execFileSync('unshare', [...words, '--', 'sh', '-c', script], { stdio: 'ignore' })
      return words
    } catch {
      // Not this way.
    }
  }
  return null
}

async function outputOf(child: ChildProcess): Promise<Ended> {
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exit, signal) => resolve({ exit, signal, stdout, stderr }))
  })
}
