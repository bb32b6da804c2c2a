import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

interface ProcessRow {
  readonly parent: number
  readonly command: string
}

const GENERATIONS_MAX = 16

/**
 * The process that a command came from: the nearest ancestor that is no package manager and no shell that one of
 * them started, since those end together with the command.
 */
export function findCaller(parent: number, read: (pid: number) => ProcessRow | null = readProcess): number {
  let pid = parent
  for (let generation = 0; generation < GENERATIONS_MAX; generation += 1) {
    const row = read(pid)
    if (row === null || row.parent <= 1 || !isGoBetween(row.command)) return pid
    pid = row.parent
  }
  return pid
}

/** npm, npx, pnpm and yarn, their shims, and `sh -c pnpm …`. */
function isGoBetween(command: string): boolean {
  const words = command.split(' ').slice(0, 4)
  return words.some((word) => /(?:^|\/)(?:npm|npx|pnpm|pnpx|yarn|conduct)(?:-cli\.js|\.c?js)?$/.test(word))
}

function readProcess(pid: number): ProcessRow | null {
  try {
    return process.platform === 'linux' ? readLinuxProcess(pid) : readPortableProcess(pid)
  } catch {
    // Gone, or not ours to look at: it is as far as one can see.
    return null
  }
}

function readLinuxProcess(pid: number): ProcessRow {
  // The name in brackets may hold anything; what follows the last bracket is numbers.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  return { parent, command }
}

function readPortableProcess(pid: number): ProcessRow {
  const line = execFileSync('ps', ['-o', 'ppid=,command=', '-p', String(pid)], { encoding: 'utf8' }).trim()
  const match = /^(\d+)\s+(.*)$/.exec(line)
  return { parent: Number(match?.[1]), command: match?.[2] ?? '' }
}
