import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** One process of git that ran. */
export interface GitProcess {
  /** `fetch`; of one that git started itself, whose: `fetch/rev-list`. */
  readonly command: string
  /** Started by us, not by another git. */
  readonly isOurs: boolean
  /** Milliseconds since 1970. */
  readonly startMs: number
}

export interface GitCounter extends AsyncDisposable {
  /** Everything since the start, or since the last `clear`. */
  read(): Promise<readonly GitProcess[]>
  clear(): Promise<void>
}

/**
 * Counts what git itself says of itself: every process that has this HOME writes a file of its own (trace2), also
 * those that git starts, and those that answer for a remote on this machine. Nothing of ours is wrapped.
 *
 * Source: git's api-trace2; its target may be set in the person's own configuration only.
 */
export async function countGit(dir: string): Promise<GitCounter> {
  const home = path.join(dir, 'home-that-counts')
  const target = path.join(dir, 'git-processes')
  await mkdir(home, { recursive: true })
  await mkdir(target, { recursive: true })
  await writeFile(path.join(home, '.gitconfig'), `[trace2]\n\teventTarget = ${target}\n`)
  const before = { HOME: process.env['HOME'], XDG_CONFIG_HOME: process.env['XDG_CONFIG_HOME'] }
  process.env['HOME'] = home
  delete process.env['XDG_CONFIG_HOME']
  return {
    async read() {
      const files = await readdir(target)
      const texts = await Promise.all(files.map((file) => readFile(path.join(target, file), 'utf8')))
      return texts.map(toProcess).toSorted((one, other) => one.startMs - other.startMs)
    },
    async clear() {
      for (const file of await readdir(target)) await rm(path.join(target, file))
    },
    async [Symbol.asyncDispose]() {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      }
    },
  }
}

interface TraceEvent {
  readonly event: string
  readonly sid: string
  readonly time: string
  readonly hierarchy?: string
}

function toProcess(text: string): GitProcess {
  const events = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TraceEvent)
  const [first] = events
  if (first === undefined) throw new Error('a process of git that wrote nothing')
  const named = events.find(({ event }) => event === 'cmd_name')
  return {
    command: named?.hierarchy ?? 'unnamed',
    isOurs: !first.sid.includes('/'),
    startMs: Date.parse(first.time),
  }
}

/** How often each command ran. */
export function tally(processes: readonly GitProcess[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>()
  for (const { command } of processes) counts.set(command, (counts.get(command) ?? 0) + 1)
  return Object.fromEntries([...counts].toSorted(([one], [other]) => one.localeCompare(other)))
}
