import type { MoveAnswer, Task, Tasks } from '@conduct/tasks'

/** What a ticket is while a batch has it. */
export const batchedState = 'batched'

export type TicketClaim =
  | { readonly outcome: 'claimed' }
  /** Somebody else was first with one of them; those that were moved are back where they were. */
  | { readonly outcome: 'refused'; readonly task: Task }

/**
 * Moves the tickets of a batch, each with the state it was planned in: two planners never have the same one. Asked again for the
 * same batch, it goes on where it was.
 */
export async function claimTickets(
  tasks: Tasks,
  {
    batch,
    tickets,
    by,
  }: {
    readonly batch: string
    readonly tickets: readonly { readonly id: string; readonly state: string }[]
    readonly by: string
  },
): Promise<TicketClaim> {
  const moved: { readonly id: string; readonly answer: MoveAnswer }[] = []
  // All in one order: of two planners, one gets the first that both want, and then the rest.
  const inOrder = [...tickets].sort((one, other) => (one.id < other.id ? -1 : 1))
  for (const { id, state } of inOrder) {
    const answer = await tasks.move(id, { to: batchedState, from: state, batch, by })
    // Two planners who want the very same tickets mean one batch; it is whose move it was that tells them apart.
    const isAgain = answer.task.batch === batch && answer.task.moved?.by === by
    const isOurs = answer.outcome === 'moved' || (answer.outcome === 'already' && isAgain)
    if (!isOurs) {
      for (const one of moved.toReversed()) await giveBack(tasks, { ...one, by })
      return { outcome: 'refused', task: answer.task }
    }
    if (answer.outcome === 'moved') moved.push({ id, answer })
  }
  return { outcome: 'claimed' }
}

/** What a batch claimed and does not need after all. */
export async function giveBackTickets(
  tasks: Tasks,
  {
    batch,
    tickets,
    by,
  }: {
    readonly batch: string
    readonly tickets: readonly { readonly id: string; readonly state: string }[]
    readonly by: string
  },
): Promise<void> {
  for (const { id, state } of tickets) {
    const task = await tasks.read(id)
    if (task?.batch === batch) await tasks.move(id, { to: state, from: batchedState, by })
  }
}

async function giveBack(
  tasks: Tasks,
  { id, answer, by }: { readonly id: string; readonly answer: MoveAnswer; readonly by: string },
): Promise<void> {
  await tasks.move(id, { to: answer.from, from: batchedState, by })
}
