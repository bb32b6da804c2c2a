import { isProvedDead, type LaneView, type StoreTime } from '@conduct/lanes/engine'
import { laneQueued, type Task } from './task.ts'

/** A claim for a task, in the line of a lane or holding it. */
export interface TaskClaim {
  readonly lane: string
  readonly claim: LaneView['holders'][number]['claim']
  readonly holder: string
  /** Null in line. */
  readonly token: number | null
  /** A process works under it, which hands it back itself. */
  readonly isAttended: boolean
}

export interface TaskStanding {
  readonly waits: readonly TaskClaim[]
  readonly holds: readonly TaskClaim[]
}

/**
 * What the lanes say about a task. That it waits is written down nowhere else, so that nothing has to be put back when
 * its place in line ends, whichever way: granted, left, expired, forced out, or its process killed.
 */
export function standingOf(task: string, views: readonly LaneView[], now: StoreTime | null): TaskStanding {
  const waits: TaskClaim[] = []
  const holds: TaskClaim[] = []
  for (const { lane, document } of views) {
    for (const held of document.holders.filter((each) => each.task === task)) {
      const { claim, holder, token, attended: isAttended } = held
      const isOffer = held.state === 'offered'
      if (isOffer && isGone(held)) continue
      ;(isOffer ? waits : holds).push({ lane, claim, holder, token, isAttended })
    }
    for (const waiting of document.waiting.filter((each) => each.task === task)) {
      const { lastSeen, claim, holder, attended: isAttended } = waiting
      const isUnseen =
        now !== null && lastSeen.era === now.era && now.ms - lastSeen.ms >= document.definition.waitingTtlMs
      if (waiting.state === 'waiting' && !isUnseen && !isGone(waiting)) {
        waits.push({ lane, claim, holder, token: null, isAttended })
      }
    }
  }
  return { waits, holds }
}

/** As people and commands see it. */
export function shownState(task: Task, { waits }: TaskStanding): string {
  return waits.length > 0 ? laneQueued : task.state
}

/** Its process is dead, as is proved on this host: nobody waits there any more. */
function isGone({
  attended,
  process,
}: LaneView['document']['waiting'][number] | LaneView['document']['holders'][number]): boolean {
  return attended && process !== null && isProvedDead(process)
}
