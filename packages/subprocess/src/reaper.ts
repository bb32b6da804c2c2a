import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { invariant } from '@conduct/core'
import { type ReaperOrder, readMoments } from './reaper-protocol.ts'

/**
 * Ends running commands when this process cannot do so itself: it was killed (`kill -9`, out of memory), or it is
 * stopped or hangs past a deadline. Otherwise a publish or a deploy would go on beside the run that is resumed.
 *
 * One process of its own per process that runs commands, started with the first of them. As long as its process
 * group exists, a command may still run. Not promised: commands that leave their process group, and one that dies
 * unlisted in the moment between its start and the line about it.
 */
const alive = new Map<number, string | null>()
let reaper: ChildProcess | null = null
let deadline: ReaperOrder = { kind: 'deadline', deadline: null, stopMs: 0 }

/**
 * Puts a command's process group on the list, with a folder to be removed after it.
 *
 * @returns what takes it off again.
 */
export function reapLater(group: number, leftover: string | null): () => void {
  alive.set(group, leftover)
  tell({ kind: 'add', group, leftover })
  return () => {
    alive.delete(group)
    tell({ kind: 'remove', group })
  }
}

/** The reaper's own process group: it disappears after the last command's. */
export function reaperGroup(): number {
  reaper ??= startReaper()
  const { pid } = reaper
  invariant(pid !== undefined, 'a reaper that was started has a pid')
  return pid
}

/**
 * All commands of this process are ended when `leftMs` from now are over but for `stopMs`, unless a later moment is
 * told before. Null: only the death of this process ends them.
 */
export function endCommandsBefore(time: { readonly leftMs: number; readonly stopMs: number } | null): void {
  deadline = { kind: 'deadline', deadline: null, stopMs: 0 }
  if (time !== null) {
    const { monotonicMs, bootMs } = readMoments()
    const moments = { monotonicMs: monotonicMs + time.leftMs, bootMs: bootMs + time.leftMs }
    deadline = { kind: 'deadline', deadline: moments, stopMs: time.stopMs }
  }
  if (reaper !== null) tell(deadline)
}

function startReaper(): ChildProcess {
  const entry = createRequire(import.meta.url).resolve('#reaper')
  // A session of its own, so that a Ctrl-C meant for us does not reach it.
  const child = spawn(process.execPath, [entry], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  })
  const forget = (): void => {
    if (reaper === child) reaper = null
  }
  child.once('exit', forget).once('error', forget)
  child.stdin.on('error', forget)
  // It never keeps us alive.
  child.unref()
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref()
  for (const [group, leftover] of alive) send(child, { kind: 'add', group, leftover })
  send(child, deadline)
  return child
}

function tell(order: ReaperOrder): void {
  if (reaper === null) reaper = startReaper()
  else send(reaper, order)
}

function send(child: ChildProcess, order: ReaperOrder): void {
  child.stdin?.write(`${JSON.stringify(order)}\n`)
}
