import { assertNever, formatDuration } from '@conduct/core'
import type { CommandResult } from '@conduct/subprocess'
import { outputTailLines } from './limits.ts'

export function succeeded(result: CommandResult): boolean {
  return result.outcome === 'exited' && result.exitCode === 0
}

/** `exit code 1`, `killed by SIGTERM`, `no end within 2m`. */
export function describeOutcome(result: CommandResult): string {
  switch (result.outcome) {
    case 'exited':
      return `exit code ${result.exitCode}`
    case 'signalled':
      return `killed by ${result.signal}`
    case 'timed_out':
      return `no end within ${formatDuration(result.durationMs)}`
    case 'cancelled':
      return 'cancelled'
    default:
      return assertNever(result.outcome)
  }
}

/** The last lines of what it said: of stderr, else of stdout. */
export function outputTail(result: CommandResult): string {
  const text = result.stderr.trim() === '' ? result.stdout : result.stderr
  return text.trimEnd().split('\n').slice(-outputTailLines).join('\n')
}
