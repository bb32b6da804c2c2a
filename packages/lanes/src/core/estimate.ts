import type { ClaimId } from '@conduct/core'
import type { Estimate } from '../lane-views.ts'
import type { HeldClaim, LaneDocument } from '../document.ts'
import type { StoreTime } from '../store.ts'
import { holdBasis, holdTimes, samplesMin } from './ended-holds.ts'
import { blockersOf, positionOf } from './line.ts'
import { shownMs } from './time.ts'

/**
 * How long until a waiting claim has its turn: what the holder in the way still needs (by its own estimate, else
 * by the median of recent holds), and one median hold per waiter ahead, divided by the lane's limit.
 *
 * The holds are the tail of the history that the document carries: looking at a lane reads one document and no log.
 * `laneStats` computes the same figures from as much of the history as it is given.
 *
 * @returns null when unknown: fewer than 5 holds have run their course, or the claim is not in line.
 */
export function estimate(document: LaneDocument, claim: ClaimId, now: StoreTime): Estimate | null {
  const position = positionOf(document, claim)
  const holds = holdTimes(document.ended)
  if (position === null || holds === null || holds.count < samplesMin) return null
  const medianMs = holds.p50Ms
  const blockers = new Set(blockersOf(document, claim))
  const remaining = document.holders
    .filter((held) => blockers.has(held.claim))
    .map((held) => remainingMs(held, { medianMs, now }))
    .sort((one, other) => one - other)
  const { limit } = document.definition
  const ownEta = document.holders.some((held) => blockers.has(held.claim) && held.etaMs !== null)
  // With one place everybody in the way must end; with more, the first to end makes room.
  const firstMs = (limit === 1 ? remaining.at(-1) : remaining[0]) ?? 0
  const ms = Math.round(firstMs + ((position - 1) * medianMs) / limit)
  const basis = [
    holdBasis(holds, now),
    ...(position > 1 ? [`${position - 1} ahead in line`] : []),
    ...(ownEta ? ["the holder's own estimate"] : []),
  ].join(', ')
  return { ms, basis }
}

function remainingMs(held: HeldClaim, known: { readonly medianMs: number; readonly now: StoreTime }): number {
  if (held.state === 'offered') return held.etaMs ?? known.medianMs
  return Math.max(0, (held.etaMs ?? known.medianMs) - shownMs(held.grantedAt, known.now))
}
