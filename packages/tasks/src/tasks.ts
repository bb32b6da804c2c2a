import type {
  AddAnswer,
  AddRequest,
  FlagAnswer,
  FlagRequest,
  MoveAnswer,
  MoveRequest,
  Task,
  TaskRecord,
} from './task.ts'

/**
 * Work items, wherever they live.
 *
 * Errors of every call: those of the store and of the forge. A read that failed is a failure, never an answer.
 */
export interface Tasks {
  /** Null: nobody has written it down. */
  read(id: string): Promise<Task | null>
  list(): Promise<readonly Task[]>
  /** The comparison with the expected state and the move are one; see the provider for how. */
  move(id: string, request: MoveRequest): Promise<MoveAnswer>
  add(id: string, request: AddRequest): Promise<AddAnswer>
  flag(id: string, request: FlagRequest): Promise<FlagAnswer>
  /** Oldest first. */
  history(id: string): Promise<readonly TaskRecord[]>
}
