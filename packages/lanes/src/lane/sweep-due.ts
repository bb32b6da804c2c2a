import { isLapsed } from '../core/draft.ts'
import { isOfferOver, isPauseOver, isQuietOver } from '../core/sweep.ts'
import type { Watch } from '../core/time.ts'
import type { LaneDocument } from '../document.ts'
import type { StoreTime } from '../store.ts'

/** True when time has ended something that only a write can make true: somebody in line has to send one. */
export function isSweepDue(document: LaneDocument, watch: Watch): boolean {
  return (
    (watch.firstSeenMs === undefined && isOfAnotherEra(document, watch.now)) ||
    document.holders.some((held) =>
      held.offeredUntil === null ? isLapsed(held, watch) : isOfferOver(held, watch),
    ) ||
    document.cooling.some((cooling) => isQuietOver(cooling, watch)) ||
    isPauseOver(document.paused, watch) ||
    document.waiting.some((waiting) => isPauseOver(waiting.paused, watch))
  )
}

/** Something waits for a time that says nothing any more: the next write starts it over. */
function isOfAnotherEra({ holders, cooling, paused, waiting }: LaneDocument, now: StoreTime): boolean {
  const untils = [
    ...holders.map((held) => held.offeredUntil ?? held.renewedAt),
    ...cooling.map((quiet) => quiet.until),
    paused?.until ?? null,
    ...waiting.map((waiter) => waiter.paused?.until ?? null),
  ]
  return untils.some((until) => until !== null && until.era !== now.era)
}
