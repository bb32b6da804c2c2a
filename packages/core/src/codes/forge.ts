import type { CodeEntry } from '../code-entry.ts'
import { exitCodes } from '../exit.ts'

export const forgeCodes = {
  FORGE_UNREACHABLE: {
    meaning:
      'The forge did not answer, or its answer says nothing; a change that was sent may have happened.',
    remedy: 'Try again: what was asked for is looked for first, so that nothing is done twice.',
    exit: exitCodes.unreachable,
    retryable: true,
  },
  FORGE_LIMITED: {
    meaning: 'The forge asks us to wait longer than this run may wait.',
    remedy: 'Try again after the time in the details; nothing was changed.',
    exit: exitCodes.unreachable,
    retryable: true,
  },
  FORGE_CREDENTIALS: {
    meaning: 'There is no credential for the forge, or the forge does not accept it.',
    remedy:
      'Set GH_TOKEN (GH_ENTERPRISE_TOKEN for an own server), or CONDUCT_GITHUB_APP_ID and its private key.',
    exit: exitCodes.failed,
  },
  FORGE_REFUSED: {
    meaning: 'The forge understood and refused: our identity may not do this, or the thing is not there.',
    remedy: 'Read what the forge said; repeating it will not help.',
    exit: exitCodes.failed,
  },
  FORGE_REMOTE_UNKNOWN: {
    meaning: 'The address of a remote does not say which repository at the forge it is.',
    remedy: 'Correct the remote in lanes.yaml, or declare forge: none.',
    exit: exitCodes.usage,
  },
} as const satisfies Record<string, CodeEntry>
