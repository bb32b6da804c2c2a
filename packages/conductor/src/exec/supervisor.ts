import { type ChildProcess, spawn } from 'node:child_process'
import { systemClock, type LeaseDeadline } from '@conduct/lanes/engine'
import type { SupervisorOrder, SupervisorReport } from './supervisor-protocol.ts'

/**
 * Entry of the process that stands between a lease and the command that runs under it. It leads the process group
 * of the command, and ends the whole group, itself included, before the lease can lapse: when conduct is killed,
 * when conduct hangs or is stopped, when the machine slept.
 */

/** From asking the group to end until making it, where the deadline leaves that much. */
const killGraceMs = 3000
const lookMsMax = 250
const lookMsMin = 10
const looksPerStop = 8

let deadline: LeaseDeadline | null = null
let command: ChildProcess | null = null
let killAtMs: number | null = null

// The group is asked to end by a signal to all of it; its leader goes on until the others have ended.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => undefined)

process.on('message', (order: SupervisorOrder) => {
  deadline = order.deadline
  if (order.kind === 'run') run(order)
})
process.once('disconnect', () => {
  if (command === null) process.exit(0)
  stopGroup()
})

// Conduct may have ended before anybody listened.
if (!process.connected) process.exit(0)

function run(order: Extract<SupervisorOrder, { kind: 'run' }>): void {
  const [file, ...args] = order.argv
  const output = order.stdout === 'stderr' ? 2 : 1
  const child = spawn(file ?? '', args, { cwd: order.cwd, env: order.env, stdio: [0, output, 2] })
  command = child
  child.once('spawn', () => tell({ kind: 'started' }))
  child.once('error', (error: NodeJS.ErrnoException) => {
    if (child.pid !== undefined) return
    tell({ kind: 'not_started', code: error.code ?? '', message: error.message }, () => process.exit(0))
  })
  child.once('exit', (exitCode, signal) => {
    tell({ kind: 'ended', exitCode, signal }, () => {
      if (killAtMs !== null) killGroup()
      process.exit(0)
    })
  })
  look()
}

/** Timers may fire late, and one of the two clocks stands still while the machine sleeps: both are looked at. */
function look(): void {
  if (killAtMs !== null && systemClock.monotonicMs() >= killAtMs) return killGroup()
  if (killAtMs === null && leftMs() <= (deadline?.stopMs ?? 0)) stopGroup()
  const stopMs = deadline?.stopMs ?? lookMsMax
  setTimeout(look, Math.max(lookMsMin, Math.min(lookMsMax, stopMs / looksPerStop)))
}

function stopGroup(): void {
  if (killAtMs !== null) return
  const graceMs = Math.max(0, Math.min(killGraceMs, leftMs() - (deadline?.stopMs ?? 0) / 4))
  killAtMs = systemClock.monotonicMs() + graceMs
  process.kill(-process.pid, 'SIGTERM')
}

/** The last act: the group has this process as its leader. */
function killGroup(): void {
  process.kill(-process.pid, 'SIGKILL')
}

function leftMs(): number {
  if (deadline === null) return 0
  return Math.min(deadline.monotonicMs - systemClock.monotonicMs(), deadline.bootMs - systemClock.bootMs())
}

function tell(report: SupervisorReport, then: () => void = () => undefined): void {
  if (process.send === undefined || !process.connected) return then()
  process.send(report, undefined, undefined, () => then())
}
