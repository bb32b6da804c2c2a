import { type ExitCode, exitCodes } from '@conduct/core'

/** What is known when a command about a run ends. */
export interface Ending {
  readonly state: 'done' | 'aborted' | 'held' | 'stopped'
  /** Exit code of the cause by itself; null without one. */
  readonly cause: ExitCode | null
  readonly irreversibleDone: boolean
}

/**
 * The one place that decides between exit codes when several fit: a lost lease always wins; after something
 * irreversible a failed verification is 9 and everything else 7; otherwise the cause's own, which then promises
 * that nothing irreversible happened.
 *
 * Source: the command-line contract, "Exit codes".
 */
export function exitCodeOf(ending: Ending): ExitCode {
  if (ending.cause === exitCodes.leaseLost) return exitCodes.leaseLost
  if (ending.state === 'done' || ending.state === 'aborted') return exitCodes.done
  if (ending.irreversibleDone) {
    return ending.cause === exitCodes.verification ? exitCodes.verification : exitCodes.stoppedPartWay
  }
  if (ending.state === 'held') return exitCodes.held
  return ending.cause ?? exitCodes.failed
}
