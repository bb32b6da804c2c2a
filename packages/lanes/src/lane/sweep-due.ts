import { isLapsed } from '../core/draft.ts'
import { isReached } from '../core/time.ts'
import type { LaneDocument } from '../document.ts'
import type { StoreTime } from '../store.ts'

/** True when time has ended something that only a write can make true: somebody in line has to send one. */
export function isSweepDue(document: LaneDocument, now: StoreTime): boolean {
  const isOver = (until: StoreTime | null | undefined): boolean =>
    until !== null && until !== undefined && (until.era !== now.era || isReached(until, now))
  return (
    document.holders.some((held) =>
      held.offeredUntil === null
        ? held.renewedAt.era !== now.era || isLapsed(held, now)
        : isOver(held.offeredUntil),
    ) ||
    document.cooling.some((cooling) => isOver(cooling.until)) ||
    isOver(document.paused?.until) ||
    document.waiting.some((waiting) => isOver(waiting.paused?.until))
  )
}
