import type { CodeEntry } from '../code-entry.ts'
import { exitCodes } from '../exit.ts'

export const ecosystemsCodes = {
  REGISTRY_UNREACHABLE: {
    meaning: 'The registry did not answer, or answered something that says nothing about the package.',
    remedy: 'Nothing is known about the package there; try again.',
    exit: exitCodes.unreachable,
    retryable: true,
  },
} as const satisfies Record<string, CodeEntry>
