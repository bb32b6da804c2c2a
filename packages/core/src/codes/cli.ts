import type { CodeEntry } from '../code-entry.ts'
import { exitCodes } from '../exit.ts'

export const cliCodes = {
  USAGE: {
    meaning: 'The command line could not be understood; nothing was opened or changed.',
    remedy: 'Read the help of the command: conduct <command> --help.',
    exit: exitCodes.usage,
  },
  INTERNAL: {
    meaning: 'A bug in conduct.',
    remedy: 'Please report it with the file that the message names.',
    exit: exitCodes.bug,
  },
} as const satisfies Record<string, CodeEntry>
