import type { CodeEntry } from '../code-entry.ts'
import { exitCodes } from '../exit.ts'

export const conductorCodes = {
  TRAIN_UNKNOWN: {
    meaning: 'lanes.yaml declares no train of that name.',
    remedy: 'Use one of the declared trains.',
    exit: exitCodes.notFound,
  },
} as const satisfies Record<string, CodeEntry>
