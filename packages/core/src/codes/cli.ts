import type { CodeEntry } from '../code-entry.ts'
import { exitCodes } from '../exit.ts'

export const cliCodes = {
  USAGE: {
    meaning: 'The command line could not be understood; nothing was opened or changed.',
    remedy: 'Read the help of the command: conduct <command> --help.',
    exit: exitCodes.usage,
  },
  PULL_REQUEST_UNKNOWN: {
    meaning: 'The forge knows no such pull request, or the repo has no forge: no claim can live with it.',
    remedy: 'Name it as repo#number, with the name that the repo has in lanes.yaml.',
    exit: exitCodes.notFound,
  },
  PULL_REQUEST_OVER: {
    meaning: 'The pull request is merged or closed already: a claim that lives with it would end at once.',
    remedy: 'Name one that is open, or leave --until-merged out.',
    exit: exitCodes.expectedState,
  },
  CONFIG_NOT_FOUND: {
    meaning:
      'No lanes.yaml was found: neither with -c, nor in this folder or one above it, nor in git config conduct.config.',
    remedy:
      'Name the file with -c, or go to a folder below the one that holds it; conduct init writes a first one.',
    exit: exitCodes.usage,
  },
  INIT_EXISTS: {
    meaning:
      'There is a lanes.yaml already that conduct would go by here; init writes over none, and beside none.',
    remedy:
      'Edit that one; conduct init --dry-run prints what would be written, to take from it what is missing there.',
    exit: exitCodes.usage,
  },
  INIT_NO_REPOSITORY: {
    meaning:
      'What init was given to look at is no git repository: neither a folder inside one, nor an address.',
    remedy: 'Name folders of checkouts or addresses of remotes, as in conduct init ../engine ../shop.',
    exit: exitCodes.usage,
  },
  CONFIG_AMBIGUOUS: {
    meaning: 'Two files that could be lanes.yaml stand side by side.',
    remedy: 'Delete one of them, or name the right one with -c.',
    exit: exitCodes.usage,
  },
  CONFIG_INVALID: {
    meaning: 'lanes.yaml has errors, so nothing can be decided by it.',
    remedy: 'Correct the findings; conduct check shows them all.',
    exit: exitCodes.usage,
  },
  CONFIG_UNREADABLE: {
    meaning: 'The lanes.yaml that was named could not be read.',
    remedy: 'Check the path and your access to it.',
    exit: exitCodes.usage,
  },
  CODE_UNKNOWN: {
    meaning: 'Conduct has no error, finding or exit code of that name.',
    remedy: 'Copy the code as it was printed; conduct explain without a code lists them all.',
    exit: exitCodes.notFound,
  },
  OUTPUT_UNWRITABLE: {
    meaning: 'A file that was to be written (--events, -o, schema --write) could not be written.',
    remedy: 'Check that its folder exists and that you may write there.',
    exit: exitCodes.usage,
  },
  REHEARSAL_MISSING: {
    meaning: 'The throwaway estate lives in a package of its own, and it is not installed.',
    remedy: 'Run npm install --save-dev @conduct/rehearsal where conduct is installed, then try again.',
    exit: exitCodes.usage,
  },
  INTERNAL: {
    meaning: 'A bug in conduct.',
    remedy: 'Please report it with the file that the message names.',
    exit: exitCodes.bug,
  },
} as const satisfies Record<string, CodeEntry>
