import type { CodeEntry } from '../code-entry.ts'
import { exitCodes } from '../exit.ts'

export const guardCodes = {
  GUARD_REFUSED: {
    meaning: 'The change needs a lane that whoever makes it does not hold.',
    remedy: 'Take the lane, or join its line, with the command that is printed; then do it again.',
    exit: exitCodes.guard,
  },
  GUARD_NO_REPOSITORY: {
    meaning: 'There is no working tree of git here, so nothing says what has changed.',
    remedy: 'Go to a repository of lanes.yaml, or name it with -C.',
    exit: exitCodes.usage,
  },
  GUARD_RANGE_UNKNOWN: {
    meaning: 'The revisions that were named cannot be compared in this repository.',
    remedy:
      'Fetch what is missing (a shallow clone has no past: git fetch --unshallow), or name another base.',
    exit: exitCodes.usage,
  },
  GUARD_HOOK_INPUT: {
    meaning: 'A hook of a coding agent was started without the JSON document that this agent sends.',
    remedy: 'Declare the hook for this very agent again: conduct guard install --agent <name>.',
    exit: exitCodes.usage,
  },
  GUARD_NOT_INSTALLED: {
    meaning: 'The guard’s hook cannot stand where hooks are kept here without changing what is not ours.',
    remedy: 'Add the lines that are printed yourself, or make room for them and install again.',
    exit: exitCodes.failed,
  },
  REVIEW_REFUSED: {
    meaning:
      'The change to lanes.yaml takes away something that kept people apart, or that proved something.',
    remedy: 'Look at each danger with whoever it concerns; whoever merges it decides.',
    exit: exitCodes.guard,
  },
  REVIEW_REVISION_UNKNOWN: {
    meaning: 'The revision of lanes.yaml to compare with cannot be read.',
    remedy:
      'Name a revision of the repository that lanes.yaml lies in (fetch what is missing), or two files.',
    exit: exitCodes.usage,
  },
} as const satisfies Record<string, CodeEntry>
