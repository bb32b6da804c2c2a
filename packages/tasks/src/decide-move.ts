import { type MoveAnswer, type MoveRequest, type Task, isSameName, newTask } from './task.ts'

/**
 * Pure: what a move makes of the item that there is. The comparison and the move are one change.
 *
 * @param attempt names this request: when its first answer got lost, it finds its own move and not somebody else's.
 */
export function decideMove(
  present: Task | null,
  id: string,
  request: MoveRequest,
  { wallMs, attempt }: { readonly wallMs: number; readonly attempt?: string },
): MoveAnswer {
  const { to, from, by, batch = null } = request
  const task = present ?? newTask(id, from)
  const answer = { from: task.state, to, isGuarded: from !== undefined }
  if (isSameName(task.state, to)) {
    const isOwn = attempt !== undefined && task.moved?.request === attempt
    if (isOwn) return { ...answer, outcome: 'moved', from: task.moved.from, task }
    return { ...answer, outcome: 'already', task }
  }
  if (from !== undefined && !isSameName(task.state, from)) return { ...answer, outcome: 'refused', task }
  const moved = {
    from: task.state,
    by,
    at: new Date(wallMs).toISOString(),
    ...(attempt === undefined ? {} : { request: attempt }),
  }
  return { ...answer, outcome: 'moved', task: { ...task, state: to, moved, batch } }
}
