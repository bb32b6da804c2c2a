import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** One external command: when it ran, milliseconds since 1970, and for whom. */
export interface LoggedCommand {
  readonly startMs: number
  readonly endMs: number
  /** Name of the mirror whose worktree it ran in, or null. */
  readonly mirror: string | null
  readonly name: string
}

const programs = ['git', 'npm', 'pnpm', 'node']

/**
 * Puts a thin script before each program that a train calls, which writes down when it began and ended and in which
 * repository; the programs themselves are the real ones. `pause <seconds>` is the command of fixed duration.
 *
 * @returns the PATH to use.
 */
export async function writeShims(dir: string, logFile: string): Promise<string> {
  const bin = path.join(dir, 'bin')
  await mkdir(bin, { recursive: true })
  const inherited = process.env['PATH'] ?? ''
  for (const program of [...programs, 'pause']) {
    const real = program === 'pause' ? 'sleep' : program
    const script = `#!/bin/bash
start=$EPOCHREALTIME
where=
if [ -f .git ]; then read -r where < .git; elif [[ "$*" == *mirrors/* ]]; then where="$*"; elif [[ $PWD == *mirrors/* ]]; then where=$PWD; fi
PATH=${JSON.stringify(inherited)} ${real} "$@"
code=$?
times > ${JSON.stringify(logFile)}.cpu.$$
printf '%s\\t%s\\t%s\\t%s\\n' "$start" "$EPOCHREALTIME" "${program}" "$where" >> ${JSON.stringify(logFile)}
exit $code
`
    const file = path.join(bin, program)
    await writeFile(file, script)
    await chmod(file, 0o755)
  }
  await writeFile(logFile, '')
  return `${bin}${path.delimiter}${inherited}`
}

/**
 * CPU of all commands and of whatever they started and waited for, in milliseconds: the cores have to give it to
 * anybody who runs them.
 */
export async function readCommandsCpuMs(logFile: string): Promise<number> {
  const dir = path.dirname(logFile)
  const own = (await readdir(dir)).filter((name) => name.startsWith(`${path.basename(logFile)}.cpu.`))
  const texts = await Promise.all(own.map((name) => readFile(path.join(dir, name), 'utf8')))
  // The second line is what the shell has waited for: `0m1.234s 0m0.120s`.
  const spent = texts.flatMap((text) => [...(text.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)])
  return spent.reduce((sum, [, minutes, seconds]) => sum + (Number(minutes) * 60 + Number(seconds)) * 1000, 0)
}

export async function readCommandLog(logFile: string): Promise<readonly LoggedCommand[]> {
  const text = await readFile(logFile, 'utf8')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [start = '', end = '', name = '', where = ''] = line.split('\t')
      return {
        startMs: Number(start) * 1000,
        endMs: Number(end) * 1000,
        name,
        mirror: /mirrors\/([^/\s]+)/.exec(where)?.[1] ?? null,
      }
    })
}

/** Milliseconds within the window in which at least one of the commands ran. */
export function busyMs(
  commands: readonly LoggedCommand[],
  window: { readonly startMs: number; readonly endMs: number },
): number {
  const spans = commands
    .map(({ startMs, endMs }) => ({
      startMs: Math.max(startMs, window.startMs),
      endMs: Math.min(endMs, window.endMs),
    }))
    .filter(({ startMs, endMs }) => endMs > startMs)
    .toSorted((left, right) => left.startMs - right.startMs)
  let total = 0
  let reachedMs = window.startMs
  for (const { startMs, endMs } of spans) {
    total += Math.max(0, endMs - Math.max(startMs, reachedMs))
    reachedMs = Math.max(reachedMs, endMs)
  }
  return total
}
