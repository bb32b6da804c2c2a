import type { CodeEntry } from '../code-entry.ts'
import { exitCodes } from '../exit.ts'

export const tasksCodes = {
  TASK_UNKNOWN: {
    meaning: 'Nobody has written down a work item of that id.',
    remedy: 'conduct task list shows those that there are.',
    exit: exitCodes.notFound,
  },
  TASK_FLAG_UNKNOWN: {
    meaning: 'No lane of lanes.yaml is triggered by a flag of that name, so it would call for nothing.',
    remedy: 'Use one of the flags that the message lists.',
    exit: exitCodes.usage,
  },
  TASK_STATE_UNKNOWN: {
    meaning: 'Issues have the states that lanes.yaml lists as labels, and open, done and failed; no other.',
    remedy: 'Use one of the states that the message lists, or add the label to `tasks.states`.',
    exit: exitCodes.usage,
  },
  TASK_STATE_AMBIGUOUS: {
    meaning: 'The issue carries several labels that are states: nobody can tell which one it is in.',
    remedy: 'Remove all of them but one, at the forge.',
    exit: exitCodes.expectedState,
  },
  TASK_ELSEWHERE: {
    meaning: 'Work items live at the forge here; conduct moves and flags them, and does not open any.',
    remedy: 'Open the issue at the forge.',
    exit: exitCodes.usage,
  },
  TASK_OVER: {
    meaning: 'The work item is done or failed: what is taken for it would be given back at once.',
    remedy: 'Move it back first, or take the lane without it.',
    exit: exitCodes.expectedState,
  },
} as const satisfies Record<string, CodeEntry>
