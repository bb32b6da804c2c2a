import type { ClaimBase, WaitingClaim } from '../document.ts'
import type { LaneOperation } from '../operation.ts'
import { type Answer, deny, howItEnded, wrongSecret } from './answer.ts'
import { type Draft, endHolder, endWaiting, replaceWaiting } from './draft.ts'
import { renewHeld } from './holding.ts'
import { elapsedMs } from './time.ts'

type Operation<Kind extends LaneOperation['kind']> = Extract<LaneOperation, { kind: Kind }>

/** A sign of life is written at most this often, or every twentieth of a shorter waiting ttl. */
const seenEveryMs = 60_000

/** A waiter is still there. A lease that its holder asks for this way is renewed. */
export function seen(draft: Draft, operation: Operation<'seen'>): Answer {
  if (operation.claim === null) return { kind: 'unchanged' }
  const { claim, secretHash } = operation
  const held = draft.holders.find((holder) => holder.claim === claim)
  const waiting = draft.waiting.find((waiter) => waiter.claim === claim)
  const known = held ?? waiting
  if (known === undefined) return howItEnded(draft, claim)
  if (known.secretHash !== secretHash) return wrongSecret(claim)
  if (held?.state === 'held') return renewHeld(draft, held)
  if (waiting !== undefined) markSeen(draft, waiting)
  return { standing: claim }
}

export function markSeen(draft: Draft, waiting: Draft['waiting'][number]): void {
  const everyMs = Math.min(seenEveryMs, draft.definition.waitingTtlMs / 20)
  if (elapsedMs(waiting.lastSeen, draft.watch) < everyMs) return
  replaceWaiting(draft, { ...waiting, lastSeen: draft.now })
  draft.isRenewed = true
}

export function leave(draft: Draft, operation: Operation<'leave'>): Answer {
  const { claim, secretHash } = operation
  const held = draft.holders.find((holder) => holder.claim === claim)
  const waiting = draft.waiting.find((waiter) => waiter.claim === claim)
  const known = held ?? waiting
  if (known === undefined) return howItEnded(draft, claim)
  if (known.secretHash !== secretHash) return wrongSecret(claim)
  if (held?.state === 'held') return deny('not_found', `${claim} holds: release it`)
  if (held !== undefined) endHolder(draft, held, 'left', 'the offered turn was declined')
  if (waiting !== undefined) endWaiting(draft, waiting, 'left', null)
  return { kind: 'done' }
}

export function newWaiting(draft: Draft, base: Omit<ClaimBase, 'since'>, priority: number): WaitingClaim {
  return {
    ...base,
    since: draft.now,
    state: 'waiting',
    priority,
    lastSeen: draft.now,
    paused: null,
    overtaken: 0,
    movedByCaptain: false,
    assigned: null,
  }
}
