import type { ClaimId, RunId } from '@conduct/core'
import type { HeldClaim, WaitingClaim } from '../document.ts'
import type { LaneOperation } from '../operation.ts'
import type { Answer } from './answer.ts'
import { type Draft, endHolder, endWaiting, noteEffect } from './draft.ts'
import { takenUpReason } from './ended-holds.ts'
import { insertByPriority } from './line.ts'
import { takeToken } from './slots.ts'
import { isProvablyMortal } from './sweep.ts'
import { newWaiting } from './waiting.ts'

type Base = Extract<LaneOperation, { kind: 'acquire' }>['base']

/** What a run that is being resumed still has in this lane. */
export type Former =
  /** Its lease, which its own process may still be using. */
  | { readonly kind: 'live'; readonly held: HeldClaim }
  /** Its lease or its offered turn, free to be taken up: stopped, proved dead, or not begun. */
  | { readonly kind: 'lease'; readonly held: HeldClaim }
  | { readonly kind: 'place'; readonly waiting: WaitingClaim }

export function findFormer(draft: Draft, run: RunId, provedDead: readonly ClaimId[]): Former | null {
  const held = draft.holders.find((holder) => holder.run === run)
  if (held !== undefined) {
    const isDead = isProvablyMortal(held) && provedDead.includes(held.claim)
    const isFree = held.state === 'offered' || held.kept?.stopped === true || isDead
    return { kind: isFree ? 'lease' : 'live', held }
  }
  const waiting = draft.waiting.find((waiter) => waiter.run === run)
  return waiting === undefined ? null : { kind: 'place', waiting }
}

/** The run goes on under a new claim and a higher token; what was kept stays kept. */
export function takeLease(draft: Draft, former: HeldClaim, base: Base): Answer {
  const outcome = former.state === 'offered' ? 'left' : former.kept?.stopped === true ? 'released' : 'lapsed'
  endHolder(draft, former, outcome, takenUpReason(base.claim))
  const slots = former.slots.filter((_slot, index) => base.resources.includes(former.resources[index] ?? ''))
  const { now, definition } = draft
  const held: HeldClaim = {
    ...base,
    since: now,
    state: 'held',
    slots,
    token: takeToken(draft, slots),
    grantedAt: now,
    ttlMs: definition.ttlMs,
    marginMs: definition.marginMs,
    renewedAt: now,
    offeredUntil: null,
    kept: former.kept === null ? null : { ...former.kept, stopped: false },
    assigned: former.assigned,
  }
  draft.holders.push(held)
  noteEffect(draft, 'taken_up', held)
  return { standing: base.claim }
}

/** A parked place stands first in line; a place in line stays where it is. */
export function takePlace(draft: Draft, former: WaitingClaim, base: Base): void {
  const index = draft.waiting.indexOf(former)
  const { since, assigned } = former
  endWaiting(draft, former, 'left', takenUpReason(base.claim))
  if (former.state === 'parked') {
    insertByPriority(draft.waiting, { ...newWaiting(draft, base, 1), since, assigned })
  } else {
    const { priority, paused, overtaken, movedByCaptain } = former
    const place = { ...newWaiting(draft, base, priority), since, assigned, paused, overtaken, movedByCaptain }
    draft.waiting.splice(index, 0, place)
  }
}
