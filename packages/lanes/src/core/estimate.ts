import { type ClaimId, formatDuration } from '@conduct/core'
import type { Estimate } from '../api.ts'
import type { HeldClaim, LaneDocument } from '../document.ts'
import type { StoreTime } from '../store.ts'
import { blockersOf, positionOf } from './line.ts'
import { shownMs } from './time.ts'

/** Fewer ended holds than this say nothing: the estimate is unknown. */
export const samplesMin = 5

/**
 * How long until a waiting claim has its turn: what the holder in the way still needs (by its own estimate, else
 * by the median of recent holds), and one median hold per waiter ahead, divided by the lane's limit.
 *
 * @returns null when unknown: fewer than 5 holds have ended, or the claim is not in line.
 */
export function estimate(document: LaneDocument, claim: ClaimId, now: StoreTime): Estimate | null {
  const position = positionOf(document, claim)
  const holds = recentHoldsMs(document)
  if (position === null || holds.length < samplesMin) return null
  const medianMs = median(holds)
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
    `median of ${holds.length} holds is ${formatDuration(medianMs)}`,
    ...(position > 1 ? [`${position - 1} ahead in line`] : []),
    ...(ownEta ? ["the holder's own estimate"] : []),
  ].join(', ')
  return { ms, basis }
}

/** Holds that ran their course; a lapsed or forced one lasted as long as the rules, not as the work. */
export function recentHoldsMs(document: Pick<LaneDocument, 'ended'>): readonly number[] {
  return document.ended.filter((ended) => ended.outcome === 'released').map((ended) => ended.heldMs)
}

function remainingMs(held: HeldClaim, known: { readonly medianMs: number; readonly now: StoreTime }): number {
  if (held.state === 'offered') return held.etaMs ?? known.medianMs
  return Math.max(0, (held.etaMs ?? known.medianMs) - shownMs(held.grantedAt, known.now))
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}
