import { ConductError, exitCodes } from '@conduct/core'
import { isSameName, laneQueued, type MoveAnswer, type TaskStanding } from '@conduct/tasks'
import type { CommandContext, CommandOutcome } from '../command.ts'
import { openEstate } from '../estate/open-estate.ts'
import { giveBackLanes, lookAtWork, openWork } from './open-work.ts'

export interface MoveWish {
  readonly task: string
  readonly to: string
  readonly from?: string
  readonly isOnlyIfMoved: boolean
}

/**
 * One guarded move, and what follows from it: a task that ends gives back its lanes.
 *
 * The lanes are looked at before the move is decided: what waits in a line at that moment is `lane_queued`, whatever the
 * item itself says. A claim that joins or leaves the line meanwhile has done so before, or after.
 */
export async function moveItem(context: CommandContext, asked: MoveWish): Promise<CommandOutcome> {
  if (isSameName(asked.to, laneQueued)) {
    throw new ConductError('USAGE', `${laneQueued} is what a task is while a claim for it stands in line`, {
      hint: 'Queue for it: conduct lane acquire LANE --task TASK',
    })
  }
  await using estate = await openEstate(context)
  const { tasks, idOf } = openWork(estate, context)
  const wish = { ...asked, task: idOf(asked.task) }
  const { standing } = await lookAtWork({ estate, context })
  const stands = standing(wish.task)
  const blocked = await refuseQueued(wish, stands, async () => tasks.read(wish.task))
  if (blocked !== null) return toOutcome(wish, blocked, { stands, released: [], working: [] })
  const isFromQueued = wish.from !== undefined && isSameName(wish.from, laneQueued)
  const behind = isFromQueued ? (await tasks.read(wish.task))?.state : undefined
  const from = isFromQueued && stands.waits.length > 0 ? behind : wish.from
  const { to } = wish
  const by = estate.identity.holder
  const answer = await tasks.move(wish.task, { to, by, ...(from === undefined ? {} : { from }) })
  const given = await giveBackLanes(estate, answer.task, standing(wish.task))
  return toOutcome(wish, answer, { stands, ...given })
}

/** Null: it does not wait, or nobody expects it not to. */
async function refuseQueued(
  { from, to, task }: MoveWish,
  { waits }: TaskStanding,
  read: () => Promise<MoveAnswer['task'] | null>,
): Promise<MoveAnswer | null> {
  if (waits.length === 0 || from === undefined || isSameName(from, laneQueued)) return null
  const present = await read()
  if (present === null) return null
  const outcome = isSameName(present.state, to) ? 'already' : 'refused'
  return { outcome, task: { ...present, id: task }, from: laneQueued, to, isGuarded: true }
}

function toOutcome(
  wish: MoveWish,
  answer: MoveAnswer,
  after: {
    readonly stands: TaskStanding
    readonly released: readonly string[]
    readonly working: readonly string[]
  },
): CommandOutcome {
  const { task, to } = wish
  const { outcome, task: now, isGuarded } = answer
  const { moved } = now
  const isRefused = outcome === 'refused' || (outcome === 'already' && wish.isOnlyIfMoved)
  const [waiter] = after.stands.waits
  return {
    exit: isRefused ? exitCodes.expectedState : exitCodes.done,
    ok: !isRefused,
    data: {
      task,
      outcome,
      from: answer.from,
      to,
      ...(moved === null ? {} : { moved_by: moved.by, moved_at: moved.at }),
      guarded: isGuarded,
      ...(after.released.length === 0 ? {} : { released: after.released }),
      ...(after.working.length === 0 ? {} : { still_working: after.working }),
    },
    text: (style) => {
      const who = moved === null ? 'nobody has moved it' : `${moved.by} moved it at ${moved.at}`
      const lanes = [
        ...after.released.map((lane) => `Gave back ${lane}.\n`),
        ...after.working.map((lane) => `A process still works under ${lane}; it hands that back itself.\n`),
      ].join('')
      switch (outcome) {
        case 'moved':
          return `${style.green('✔')} ${task} is ${to}; it was ${answer.from}${isGuarded ? '' : ' (nothing was expected of it: --from would)'}.\n${lanes}`
        case 'already':
          return `${task} is ${now.state} already: ${who}.\n${lanes}`
        case 'refused':
          return answer.from === laneQueued && waiter !== undefined
            ? `${style.red('✖')} ${task} is ${laneQueued}, not ${wish.from ?? ''}: ${waiter.holder} waits for ${waiter.lane} with it. It stays.\n`
            : `${style.red('✖')} ${task} is ${now.state}, not ${wish.from ?? ''}: ${who}. It stays.\n`
        default:
          return outcome satisfies never
      }
    },
  }
}
