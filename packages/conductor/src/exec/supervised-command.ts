import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { ConductError } from '@conduct/core'
import { isGroupGone, type Lease, systemClock } from '@conduct/lanes/engine'
import { signalGroup } from '@conduct/subprocess'
import type { SupervisorOrder, SupervisorReport } from './supervisor-protocol.ts'

/** How often the supervisor is told of a moved deadline. */
const tellMs = 100

/** What is left of a group is asked to end, and made to after this, where the deadline leaves that much. */
const killGraceMs = 3000
const groupPollMs = 10

/** How long a killed group may take to disappear before the lease is given back without having seen it. */
const goneMsMax = 10_000

export interface CommandEnd {
  readonly exitCode: number | null
  readonly signal: string | null
}

export interface SupervisedCommand {
  /** Process group of the supervisor and of everything it starts. */
  readonly group: number
  /**
   * Runs the command under the lease, at most once.
   *
   * @throws ConductError COMMAND_NOT_FOUND, EXEC_NOT_STARTED: nothing ran; EXEC_SUPERVISOR_LOST: all of it was killed.
   */
  run(
    order: Omit<Extract<SupervisorOrder, { kind: 'run' }>, 'kind' | 'deadline'>,
    lease: Lease,
  ): Promise<CommandEnd>
  /** Passes a signal on to everything in the group; the supervisor ignores it. */
  forward(signal: NodeJS.Signals): void
  /** Resolves when nobody of the group is left. */
  end(): Promise<void>
}

/** Starts the supervisor, which waits for its order. Its group is known before any lane is asked for. */
export async function startSupervisor(): Promise<SupervisedCommand> {
  const entry = createRequire(import.meta.url).resolve('#supervisor')
  const supervisor = spawn(process.execPath, [entry], {
    detached: true,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  await once(supervisor, 'spawn')
  const group = supervisor.pid
  if (group === undefined) throw new Error('invariant broken: a spawned process has a pid')
  const exited = new Promise<void>((resolve) => {
    supervisor.once('exit', () => resolve())
  })

  return {
    group,
    forward: (signal) => void signalGroup(group, signal),
    run: async (order, lease) => {
      const telling = setInterval(
        () => send(supervisor, { kind: 'deadline', deadline: lease.deadline() }),
        tellMs,
      )
      const onLost = (): void => void endGroup(group, graceOf(lease))
      lease.signal.addEventListener('abort', onLost, { once: true })
      try {
        const ending = waitForEnd(supervisor, lease)
        send(supervisor, { kind: 'run', ...order, deadline: lease.deadline() })
        return await ending
      } finally {
        clearInterval(telling)
        lease.signal.removeEventListener('abort', onLost)
      }
    },
    end: async () => {
      if (supervisor.connected) supervisor.disconnect()
      await exited
      await endGroup(group, killGraceMs)
    },
  }
}

function waitForEnd(supervisor: ChildProcess, lease: Lease): Promise<CommandEnd> {
  return new Promise((resolve, reject) => {
    let isStarted = false
    supervisor.on('message', (report: SupervisorReport) => {
      if (report.kind === 'started') isStarted = true
      if (report.kind === 'ended') resolve({ exitCode: report.exitCode, signal: report.signal })
      if (report.kind === 'not_started') reject(notStarted(report))
    })
    supervisor.once('exit', (_code, signal) => {
      // It kills its group, itself included, when the lease ends; the report of the command cannot come then.
      if (isStarted && signal === 'SIGKILL' && !lease.isHeld()) resolve({ exitCode: null, signal })
      else reject(new ConductError('EXEC_SUPERVISOR_LOST', 'The supervisor of the command ended before it.'))
    })
  })
}

function notStarted({ code, message }: Extract<SupervisorReport, { kind: 'not_started' }>): ConductError {
  if (code === 'ENOENT')
    return new ConductError('COMMAND_NOT_FOUND', `The command does not exist: ${message}`)
  return new ConductError('EXEC_NOT_STARTED', `The command could not be started: ${message}`)
}

function graceOf(lease: Lease): number {
  const { monotonicMs, bootMs, stopMs } = lease.deadline()
  const leftMs = Math.min(monotonicMs - systemClock.monotonicMs(), bootMs - systemClock.bootMs())
  return Math.max(0, Math.min(killGraceMs, leftMs - stopMs / 4))
}

async function endGroup(group: number, graceMs: number): Promise<void> {
  if (isGroupGone(group)) return
  signalGroup(group, 'SIGTERM')
  const startMs = systemClock.monotonicMs()
  while (systemClock.monotonicMs() - startMs < graceMs) {
    if (isGroupGone(group)) return
    await systemClock.sleep(groupPollMs)
  }
  signalGroup(group, 'SIGKILL')
  while (!isGroupGone(group) && systemClock.monotonicMs() - startMs < graceMs + goneMsMax) {
    await systemClock.sleep(groupPollMs)
  }
}

function send(supervisor: ChildProcess, order: SupervisorOrder): void {
  // A supervisor that has just ended is seen by its exit.
  if (supervisor.connected) supervisor.send(order, () => undefined)
}
