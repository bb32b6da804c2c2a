import { type ConductError, isConductError } from '@conduct/core'
import {
  type AcquireOptions,
  type AcquireResult,
  joinSecrets,
  type Lane,
  type Lease,
  ownProcess,
} from '@conduct/lanes/engine'
import { type CommandEnd, startSupervisor, type SupervisedCommand } from './supervised-command.ts'

/**
 * Acquires a lane, runs a command with the lease kept alive, releases. The command gets the terminal as it is, and a
 * process group of its own that ends before the lease can lapse.
 */
export interface ExecOptions {
  readonly lane: Lane
  /** `whenHeld: 'fail'` leaves no place in line; `queue` waits up to `waitMsMax` and then leaves it. */
  readonly claim: Omit<AcquireOptions, 'attended' | 'process'>
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** With `--json`, stdout belongs to the document: the command's goes to stderr. */
  readonly stdout: 'inherit' | 'stderr'
  /** Where signals to conduct come from; they are passed on to the command. Default: this process. */
  readonly signals?: Pick<NodeJS.EventEmitter, 'on' | 'off'>
}

export type ExecResult =
  | { readonly ran: false; readonly answer: Exclude<AcquireResult, { outcome: 'granted' }> }
  | {
      readonly ran: true
      readonly claim: string
      readonly token: number
      readonly resources: readonly string[]
      /** Null when a signal ended the command. */
      readonly commandExit: number | null
      readonly signal: string | null
      /** LEASE_LOST when the lease was lost while the command ran: exit 11, whatever the command said. */
      readonly lost: ConductError | null
    }

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** @throws ConductError COMMAND_NOT_FOUND, EXEC_NOT_STARTED, EXEC_SUPERVISOR_LOST, and those of `Lane.acquire` */
export async function execUnderLane(options: ExecOptions): Promise<ExecResult> {
  const supervised = await startSupervisor()
  try {
    const answer = await options.lane.acquire({
      ...options.claim,
      attended: true,
      process: { ...ownProcess(), group: supervised.group },
    })
    if (answer.outcome === 'granted') return await runUnder(options, answer.lease, supervised)
    if (answer.outcome === 'queued') await options.lane.leave({ claim: answer.claim, secret: answer.secret })
    return { ran: false, answer }
  } finally {
    await supervised.end()
  }
}

async function runUnder(
  options: ExecOptions,
  lease: Lease,
  supervised: SupervisedCommand,
): Promise<ExecResult> {
  const { argv, cwd, stdout, signals = process } = options
  await using held = lease
  const handlers = forwarded.map((signal) => ({ signal, pass: () => supervised.forward(signal) }))
  for (const { signal, pass } of handlers) signals.on(signal, pass)
  let end: CommandEnd
  try {
    const env = environmentOf(options.env, held)
    const name = argv[0] ?? 'command'
    // Attended: the lease renews itself, however long the command takes.
    end = await held.guard({ name, timeoutMs: Number.POSITIVE_INFINITY }, async () => {
      const ended = await supervised.run({ argv, cwd, env, stdout }, held)
      // Nothing of the command may run when the lease is given back.
      await supervised.end()
      return ended
    })
  } catch (error) {
    await giveBackUndone(options, held)
    throw error
  } finally {
    for (const { signal, pass } of handlers) signals.off(signal, pass)
    await supervised.end()
  }
  if (end.exitCode !== 0) await giveBackUndone(options, held)
  const reason: unknown = held.signal.reason
  return {
    ran: true,
    claim: held.claim,
    token: held.token,
    resources: held.resources,
    commandExit: end.exitCode,
    signal: end.signal,
    lost: held.signal.aborted && isConductError(reason) ? reason : null,
  }
}

/** What triggered it may come again. Where the store is away now, disposing the lease tries once more and says so. */
async function giveBackUndone({ claim }: ExecOptions, lease: Lease): Promise<void> {
  if (claim.key === undefined) return
  try {
    await lease.release({ isUndone: true })
  } catch (error) {
    if (!isConductError(error, 'STORE_UNREACHABLE')) throw error
  }
}

/** Everything conduct itself was given, and the proof of the claim for its children. */
function environmentOf(
  env: NodeJS.ProcessEnv,
  lease: { readonly secret: string; readonly token: number },
): Record<string, string> {
  const inherited = Object.entries(env).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  )
  const parents = (env['CONDUCT_CLAIM'] ?? '').split(',').filter((secret) => secret !== '')
  return {
    ...Object.fromEntries(inherited),
    CONDUCT_CLAIM: joinSecrets([...new Set([...parents, lease.secret])]),
    CONDUCT_TOKEN: String(lease.token),
  }
}
