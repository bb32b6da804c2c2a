/**
 * A work item as the store keeps it: one small versioned document each.
 *
 * States are the team's own words; they compare without regard to case. Nobody has to write an item down first: what is moved
 * or flagged and not known yet starts in the state that is expected of it.
 */
export interface Task {
  readonly format: 1
  readonly id: string
  readonly state: string
  /** The batch that has it; null while none has. */
  readonly batch: string | null
  /** The last move; null when there was none. */
  readonly moved: TaskMove | null
  readonly title: string | null
  /** Flags of lanes.yaml: work that carries one needs the lanes that it triggers. */
  readonly flags: readonly string[]
  /** What it is about, where it says so: its lanes are needed for these only. */
  readonly project: string | null
  readonly repos: readonly string[]
  /** Highest first. */
  readonly priority: number
  readonly added: TaskAdded | null
  /** How many records its history has. */
  readonly records: number
}

export interface TaskMove {
  readonly from: string
  readonly by: string
  /** RFC 3339. */
  readonly at: string
  /** Of the request: one whose answer got lost knows its own move again. */
  readonly request?: string
}

export interface TaskAdded {
  readonly by: string
  /** RFC 3339. */
  readonly at: string
  /** The durable key of what triggered it; null: somebody wrote it down. */
  readonly key: string | null
  /** Triggers of that key that came later, and added nothing. */
  readonly duplicates: number
}

export interface MoveRequest {
  readonly to: string
  /** What it has to be in; absent: whatever it is in. */
  readonly from?: string
  /** The batch that it belongs to from now on; absent: to none any more. */
  readonly batch?: string
  readonly by: string
}

export interface MoveAnswer {
  /** `already`: it was there; only `moved` may start work. */
  readonly outcome: 'moved' | 'already' | 'refused'
  readonly task: Task
  /** What it was in. */
  readonly from: string
  readonly to: string
  /** Whether an expected state was compared. */
  readonly isGuarded: boolean
}

export interface AddRequest {
  readonly by: string
  readonly key?: string
  readonly title?: string
  readonly state?: string
  readonly flags?: readonly string[]
  readonly project?: string
  readonly repos?: readonly string[]
  readonly priority?: number
}

export interface AddAnswer {
  /** `already`: it is as it was; a trigger that came again is counted. */
  readonly outcome: 'added' | 'already'
  readonly task: Task
}

export interface FlagRequest {
  readonly flag: string
  readonly isSet: boolean
  readonly by: string
}

export interface FlagAnswer {
  readonly outcome: 'changed' | 'already'
  readonly task: Task
}

/** One line of a task's history. */
export interface TaskRecord {
  /** RFC 3339. */
  readonly at: string
  readonly by: string
  readonly did: 'added' | 'moved' | 'flagged' | 'unflagged' | 'triggered_again'
  readonly from?: string
  readonly to?: string
  readonly flag?: string
  readonly batch?: string
  readonly guarded?: boolean
}

/** Of an item that nobody has written down. */
export const firstState = 'open'

/** What a task is shown as while a claim for it stands in line: seen in the lanes, and never written anywhere. */
export const laneQueued = 'lane_queued'

/** States that end a task, and give back what was taken for it. */
export const finalStates = ['done', 'failed'] as const

export function newTask(id: string, state: string = firstState): Task {
  return {
    format: 1,
    id,
    state,
    batch: null,
    moved: null,
    title: null,
    flags: [],
    project: null,
    repos: [],
    priority: 0,
    added: null,
    records: 0,
  }
}

/** Names of states and flags are the team's own words, whatever the case of their letters. */
export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

export function isFinal(state: string): boolean {
  return finalStates.some((final) => isSameName(final, state))
}
