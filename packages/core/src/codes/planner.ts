import type { CodeEntry } from '../code-entry.ts'
import { exitCodes } from '../exit.ts'

/** Thrown while schema changes are read and planned. */
export const plannerCodes = {
  BATCH_SOURCE_MISSING: {
    meaning: 'Nothing that was asked for holds schema changes: no branch matches, or a folder is not there.',
    remedy: 'Name branches with --branch, or folders with --folder ticket=folder.',
    exit: exitCodes.usage,
  },
  BATCH_ROWS_INVALID: {
    meaning: 'The file with the sizes of tables is no JSON object of whole numbers by table.',
    remedy: 'Write it as {"orders": 1200000}.',
    exit: exitCodes.usage,
  },
  SCHEMA_MERGE_FILES: {
    meaning: 'The files that are to be merged are not named, or cannot be read.',
    remedy: 'Name the base, ours and theirs; or --install, and let git name them.',
    exit: exitCodes.usage,
  },
  SCHEMA_MERGE_REFUSED: {
    meaning:
      'That the merged schema file would have the changes of both sides cannot be shown. Nothing was merged but by git itself.',
    remedy:
      'Look at what the message names in both versions; then merge by hand, or migrate a database by both sides and dump it.',
    exit: exitCodes.preflight,
  },
  READER_MISSING: {
    meaning: 'The parser of a language that schema changes are written in is not installed.',
    remedy: 'Install the package that the message names beside conduct.',
    exit: exitCodes.usage,
  },
} as const satisfies Readonly<Record<string, CodeEntry>>
