import type { CodeEntry } from '../code-entry.ts'
import { exitCodes } from '../exit.ts'

export const gitCodes = {
  REMOTE_UNREACHABLE: {
    meaning: 'A git remote did not answer.',
    remedy: 'Check the address and your access, then try again.',
    exit: exitCodes.unreachable,
    retryable: true,
  },
  GIT_FAILED: {
    meaning: 'A git command failed on this machine.',
    remedy: 'Read what git said; both of its streams are in the details.',
    exit: exitCodes.failed,
  },
  GIT_REF_INVALID: {
    meaning: 'A branch or tag name breaks the rules of git, or could be read as an option.',
    remedy: 'Use a name that git check-ref-format accepts and that does not start with a dash.',
    exit: exitCodes.usage,
  },
  GIT_REMOTE_INVALID: {
    meaning: 'The address of a remote is empty, or could be read as an option or a command.',
    remedy: 'Correct the remote in lanes.yaml.',
    exit: exitCodes.usage,
  },
  CHECKOUT_UNREADABLE: {
    meaning: 'A declared local checkout is missing, or git cannot read it.',
    remedy: 'Correct its path in lanes.yaml, or leave the path out.',
    exit: exitCodes.preflight,
  },
} as const satisfies Record<string, CodeEntry>
