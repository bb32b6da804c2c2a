import type { CodeEntry } from '../code-entry.ts'
import { exitCodes } from '../exit.ts'

/** Thrown before anything acts: opening a train, survey, preflight, check, plan. */
export const planningCodes = {
  CONFIG_NOT_MAIN: {
    meaning: 'The lanes.yaml here is not the one at its repository’s remote main, which governs runs.',
    remedy: 'Merge and pull the change to lanes.yaml first, or go back to the version on main.',
    exit: exitCodes.preflight,
  },
  SURVEY_REFUSED: {
    meaning: 'The repositories do not hold what the train declares: a main branch, a package, a publisher.',
    remedy: 'Correct lanes.yaml or the repository that is named.',
    exit: exitCodes.preflight,
  },
  OVERRIDE_UNKNOWN: {
    meaning:
      'An override names a check or a repo that this train does not have, or one that is never overridden.',
    remedy: 'Name it as check:repo, as the preflight matrix prints it.',
    exit: exitCodes.usage,
  },
  PREFLIGHT_REFUSED: {
    meaning: 'At least one preflight check is red, or could not be judged; nothing was changed.',
    remedy: 'Put right what is listed, then run it again.',
    exit: exitCodes.preflight,
  },
  CHECK_FAILED: {
    meaning:
      'The producer’s checks are red, or a consumer breaks with the packed artifact; nothing was changed.',
    remedy: 'Repair what the output shows, push it, then run it again.',
    exit: exitCodes.preflight,
  },
  PLAN_UNKNOWN: {
    meaning: 'The store holds no plan, or more than one, of that id.',
    remedy: 'Make one: conduct plan <train>.',
    exit: exitCodes.notFound,
  },
} as const satisfies Record<string, CodeEntry>
