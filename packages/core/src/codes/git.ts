import type { CodeEntry } from '../code-entry.ts'
import { exitCodes } from '../exit.ts'

export const gitCodes = {
  REMOTE_UNREACHABLE: {
    meaning: 'A git remote did not answer.',
    remedy: 'Check the address and your access, then try again.',
    exit: exitCodes.unreachable,
    retryable: true,
  },
} as const satisfies Record<string, CodeEntry>
