/**
 * A work item as the store keeps it: one small versioned document each.
 *
 * States are the team's own words; they compare without regard to case. Nobody has to write an item down first: what is moved
 * and not known yet starts in the state that is expected of it.
 */
export interface Task {
  readonly format: 1
  readonly id: string
  readonly state: string
  /** The batch that has it; null while none has. */
  readonly batch: string | null
  /** The last move; null when there was none. */
  readonly moved: TaskMove | null
}

export interface TaskMove {
  readonly from: string
  readonly by: string
  /** RFC 3339. */
  readonly at: string
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
