import type { CodeEntry } from '../code-entry.ts'
import { exitCodes } from '../exit.ts'

export const lanesCodes = {
  STORE_UNREACHABLE: {
    meaning: 'The store did not answer in time: nothing is known about the lane, neither held nor free.',
    remedy: 'Check the store address; calling again is safe.',
    exit: exitCodes.unreachable,
    retryable: true,
  },
} as const satisfies Record<string, CodeEntry>
