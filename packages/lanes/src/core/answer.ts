import { type ClaimId, invariant } from '@conduct/core'
import type { HeldClaim, LaneDocument } from '../document.ts'
import type { DenialReason, LaneResult } from '../operation.ts'
import type { Draft } from './draft.ts'
import { blockersOf, positionOf } from './line.ts'

/** What an operation answers: a result, or "wherever this claim stands once everything is settled". */
export type Answer = LaneResult | { readonly standing: ClaimId }

export function deny(reason: DenialReason, message: string): LaneResult {
  return { kind: 'denied', reason, message }
}

/** How a claim ended that is neither held nor in line. */
export function howItEnded(draft: Draft, claim: ClaimId): LaneResult {
  const ended = draft.ended.findLast((entry) => entry.claim === claim)
  if (ended === undefined) return deny('not_found', `this lane knows no claim ${claim}`)
  return { kind: 'ended', claim, outcome: ended.outcome, reason: ended.reason }
}

export function standingOf(draft: Draft, claim: ClaimId): LaneResult {
  const held = draft.holders.find((holder) => holder.claim === claim)
  if (held !== undefined) return { kind: held.state, claim: held }
  const waiting = draft.waiting.find((waiter) => waiter.claim === claim)
  if (waiting === undefined) return howItEnded(draft, claim)
  const lane: Pick<LaneDocument, 'definition' | 'holders' | 'waiting' | 'cooling'> = draft
  const position = positionOf(lane, claim)
  invariant(position !== null, 'a waiting claim has a position')
  return { kind: 'waiting', claim: waiting, position, blockers: blockersOf(lane, claim) }
}

/** The holder of a claim, proved by its secret and, where given, by its exact token. */
export function proveHolder(
  draft: Draft,
  proof: { readonly claim: ClaimId; readonly secretHash: string; readonly token?: number },
): { readonly held: HeldClaim } | { readonly answer: LaneResult } {
  const held = draft.holders.find((holder) => holder.claim === proof.claim)
  if (held === undefined) {
    const isWaiting = draft.waiting.some((waiting) => waiting.claim === proof.claim)
    if (isWaiting) return { answer: deny('not_found', `${proof.claim} is in line and does not hold`) }
    return { answer: howItEnded(draft, proof.claim) }
  }
  if (held.secretHash !== proof.secretHash) return { answer: wrongSecret(proof.claim) }
  if (proof.token !== undefined && held.token !== proof.token) {
    return {
      answer: deny('stale_token', `${proof.claim} holds with token ${held.token}, not ${proof.token}`),
    }
  }
  return { held }
}

export function wrongSecret(claim: ClaimId): LaneResult {
  return deny('wrong_secret', `the secret does not prove claim ${claim}`)
}
