import type { ClaimId } from '@conduct/core'
import type { LaneDocument, WaitingClaim } from '../document.ts'
import { isInLine } from './settle.ts'
import { conflictKeys, countBusy } from './slots.ts'

type Lane = Pick<LaneDocument, 'definition' | 'holders' | 'waiting' | 'cooling'>

/** Puts a claim at the end of those of its own or a higher priority. */
export function insertByPriority(line: WaitingClaim[], claim: WaitingClaim): void {
  const before = line.findIndex((waiting) => waiting.priority < claim.priority)
  line.splice(before === -1 ? line.length : before, 0, claim)
}

/**
 * Place in line, from 1: one more than the waiters ahead that want something of the same. Parked and paused
 * claims do not count. Null when the claim is not in line.
 */
export function positionOf(lane: Lane, claim: ClaimId): number | null {
  const index = lane.waiting.findIndex((waiting) => waiting.claim === claim)
  const mine = lane.waiting[index]
  if (mine === undefined) return null
  return waitersAhead(lane, { resources: mine.resources, index }).length + 1
}

/** Who must end, accept or move on before this claim can have its turn: holders first, then waiters ahead. */
export function blockersOf(lane: Lane, claim: ClaimId): readonly ClaimId[] {
  const index = lane.waiting.findIndex((waiting) => waiting.claim === claim)
  const mine = lane.waiting[index]
  return mine === undefined ? [] : blockersOfRequest(lane, { resources: mine.resources, index })
}

/** As `blockersOf`, for a request that is not in the document: it would stand at `index` of the line. */
export function blockersOfRequest(
  lane: Lane,
  request: { readonly resources: readonly string[]; readonly index?: number },
): readonly ClaimId[] {
  const keysOf = conflictKeys(lane)
  const busy = countBusy(lane, keysOf)
  const full = new Set(keysOf(request).filter((key) => (busy.get(key) ?? 0) >= lane.definition.limit))
  const isInTheWay = (claim: { readonly resources: readonly string[] }): boolean =>
    keysOf(claim).some((key) => full.has(key))
  const index = request.index ?? lane.waiting.length
  return [
    ...lane.holders.filter(isInTheWay).map((held) => held.claim),
    ...new Set(
      lane.cooling
        .filter((cooling) => isInTheWay({ resources: [cooling.resource] }))
        .map((cooling) => cooling.claim),
    ),
    ...waitersAhead(lane, { resources: request.resources, index }).map((waiting) => waiting.claim),
  ]
}

function waitersAhead(
  lane: Lane,
  request: { readonly resources: readonly string[]; readonly index: number },
): readonly WaitingClaim[] {
  const keysOf = conflictKeys(lane)
  const mine = new Set(keysOf(request))
  return lane.waiting
    .slice(0, request.index)
    .filter((waiting) => isInLine(waiting) && keysOf(waiting).some((key) => mine.has(key)))
}
