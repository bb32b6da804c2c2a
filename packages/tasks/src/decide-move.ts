import type { MoveAnswer, MoveRequest, Task } from './task.ts'

/** Of an item that nobody has written down. */
export const firstState = 'open'

/** Pure: what a move makes of the item that there is. The comparison and the move are one change. */
export function decideMove(
  present: Task | null,
  id: string,
  request: MoveRequest,
  wallMs: number,
): MoveAnswer {
  const { to, from, by, batch = null } = request
  const task: Task = present ?? { format: 1, id, state: from ?? firstState, batch: null, moved: null }
  const answer = { from: task.state, to, isGuarded: from !== undefined }
  if (isSame(task.state, to)) return { ...answer, outcome: 'already', task }
  if (from !== undefined && !isSame(task.state, from)) return { ...answer, outcome: 'refused', task }
  const moved = { from: task.state, by, at: new Date(wallMs).toISOString() }
  const next = { ...task, state: to, moved, batch }
  return { ...answer, outcome: 'moved', task: next }
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
