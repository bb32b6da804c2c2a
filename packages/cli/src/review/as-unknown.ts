import { type ConductError, isConductError } from '@conduct/core'
import type { Answer } from '@conduct/review'
import type { CommandContext } from '../command.ts'

/** @throws what is no answer of the outside: a bug, a signal. */
export function asUnknown(context: CommandContext, error: unknown): Answer<never> {
  context.signal.throwIfAborted()
  if (!isKnownFailure(error)) throw error
  return { outcome: 'unknown', reason: error.message.replace(/\.$/, '') }
}

function isKnownFailure(error: unknown): error is ConductError {
  return isConductError(error) && error.code !== 'INTERNAL'
}
