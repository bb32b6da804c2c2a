import {
  type AddAnswer,
  type AddRequest,
  type FlagAnswer,
  type FlagRequest,
  type Task,
  isSameName,
  newTask,
} from './task.ts'

/** Pure: whoever comes first with an id has added it; a trigger that comes again is counted and changes nothing else. */
export function decideAdd(
  present: Task | null,
  id: string,
  request: AddRequest,
  wallMs: number,
): AddAnswer & { readonly isWritten: boolean } {
  const {
    by,
    key = null,
    title = null,
    state,
    flags = [],
    project = null,
    repos = [],
    priority = 0,
  } = request
  if (present !== null) {
    const { added } = present
    const isAgain = key !== null && added?.key === key
    if (!isAgain) return { outcome: 'already', task: present, isWritten: false }
    const counted = { ...added, duplicates: added.duplicates + 1 }
    return { outcome: 'already', task: { ...present, added: counted }, isWritten: true }
  }
  const added = { by, at: new Date(wallMs).toISOString(), key, duplicates: 0 }
  const task = { ...newTask(id, state), title, flags, project, repos, priority, added }
  return { outcome: 'added', task, isWritten: true }
}

export function decideFlag(present: Task | null, id: string, { flag, isSet }: FlagRequest): FlagAnswer {
  const task = present ?? newTask(id)
  const has = task.flags.some((each) => isSameName(each, flag))
  if (has === isSet) return { outcome: 'already', task }
  const others = task.flags.filter((each) => !isSameName(each, flag))
  return { outcome: 'changed', task: { ...task, flags: isSet ? [...others, flag] : others } }
}
