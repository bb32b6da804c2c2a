import type { CodeEntry } from '../code-entry.ts'
import { exitCodes } from '../exit.ts'

export const rehearsalCodes = {
  REHEARSAL_SERVER: {
    meaning: 'A server of the throwaway estate did not come up.',
    remedy: 'Run the rehearsal again; if it stays, report it with the output.',
    exit: exitCodes.failed,
  },
} as const satisfies Record<string, CodeEntry>
