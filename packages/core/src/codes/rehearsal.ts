import type { CodeEntry } from '../code-entry.ts'
import { exitCodes } from '../exit.ts'

export const rehearsalCodes = {
  REHEARSAL_SERVER: {
    meaning: 'A server of the throwaway estate did not come up.',
    remedy: 'Run the rehearsal again; if it stays, report it with the output.',
    exit: exitCodes.failed,
  },
  REHEARSAL_TOOL_MISSING: {
    meaning: 'A program that the throwaway estate needs is not on the PATH.',
    remedy: 'Install it; `npx -y pnpm@12 conduct …` brings pnpm along.',
    exit: exitCodes.failed,
  },
  REHEARSAL_STEP: {
    meaning: 'A command that builds the throwaway estate failed.',
    remedy: 'Read what it said; its output is in the details.',
    exit: exitCodes.failed,
  },
} as const satisfies Record<string, CodeEntry>
