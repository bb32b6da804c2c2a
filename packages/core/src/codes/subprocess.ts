import type { CodeEntry } from '../code-entry.ts'
import { exitCodes } from '../exit.ts'

export const subprocessCodes = {
  COMMAND_NOT_FOUND: {
    meaning: 'A declared command does not exist on this machine.',
    remedy: 'Install it, or correct the command in lanes.yaml.',
    exit: exitCodes.failed,
  },
} as const satisfies Record<string, CodeEntry>
