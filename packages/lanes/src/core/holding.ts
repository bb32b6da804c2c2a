import type { HeldClaim, WaitingClaim } from '../document.ts'
import type { LaneOperation } from '../operation.ts'
import { type Answer, deny, proveHolder, wrongSecret } from './answer.ts'
import { rememberDone } from './coalesce.ts'
import { type Draft, endHolder, noteEffect, removeHolder, renewed, replaceHolder } from './draft.ts'
import { insertByPriority } from './line.ts'
import { isReached } from './time.ts'

/** What the holder of a lease may do with it. Each compares the claim, its secret and its token. */
type Operation<Kind extends LaneOperation['kind']> = Extract<LaneOperation, { kind: Kind }>

/** The offered turn is taken: the lease starts with this write. */
export function accept(draft: Draft, operation: Operation<'accept'>): Answer {
  const proof = proveHolder(draft, operation)
  if ('answer' in proof) return proof.answer
  const { held } = proof
  if (held.state === 'held') return renewHeld(draft, held)
  const { ttlMs, marginMs } = draft.definition
  const next = {
    ...held,
    state: 'held',
    grantedAt: draft.now,
    renewedAt: draft.now,
    offeredUntil: null,
  } as const
  replaceHolder(draft, { ...next, ttlMs, marginMs })
  noteEffect(draft, 'accepted', held)
  return { standing: held.claim }
}

export function renew(draft: Draft, operation: Operation<'renew'>): Answer {
  const proof = proveHolder(draft, operation)
  if ('answer' in proof) return proof.answer
  const { held } = proof
  if (held.state === 'offered') return deny('not_found', `${held.claim} is an offer: accept it first`)
  return renewHeld(draft, held)
}

/** The one place where a lease becomes longer. */
export function renewHeld(draft: Draft, held: HeldClaim): Answer {
  const { assigned } = held
  if (assigned?.until != null && isReached(assigned.until, draft.watch, assigned.forMs)) {
    return deny('assignment_over', `${held.claim} was assigned for a time that is over`)
  }
  replaceHolder(draft, renewed(draft, held))
  return { standing: held.claim }
}

export function release(draft: Draft, operation: Operation<'release'>): Answer {
  const proof = proveHolder(draft, operation)
  if ('answer' in proof) return proof.answer
  const { held } = proof
  if (held.state === 'offered') endHolder(draft, held, 'left', 'the offered turn was declined')
  else {
    if (operation.isUndone !== true) rememberDone(draft, held)
    endHolder(draft, held, 'released', null)
  }
  return { kind: 'done' }
}

export function keep(draft: Draft, operation: Operation<'keep'>): Answer {
  const proof = proveHolder(draft, operation)
  if ('answer' in proof) return proof.answer
  const { held } = proof
  if (held.state === 'offered') return deny('not_found', `${held.claim} is an offer: accept it first`)
  const { reason, stopped } = operation
  const isKnown = held.kept !== null && held.kept.reason === reason && held.kept.stopped === stopped
  replaceHolder(draft, { ...renewed(draft, held), kept: { reason, stopped } })
  if (!isKnown) noteEffect(draft, stopped ? 'stopped' : 'kept', held)
  return { standing: held.claim }
}

/** Gives the slots back and keeps a place that blocks nobody until its run resumes. */
export function park(draft: Draft, operation: Operation<'park'>): Answer {
  const parked = draft.waiting.find((waiting) => waiting.claim === operation.claim)
  if (parked?.state === 'parked') {
    return parked.secretHash === operation.secretHash ? { standing: parked.claim } : wrongSecret(parked.claim)
  }
  const proof = proveHolder(draft, operation)
  if ('answer' in proof) return proof.answer
  const { held } = proof
  removeHolder(draft, held.claim)
  noteEffect(draft, 'parked', held)
  const { slots: _s, token: _t, grantedAt: _g, ttlMs: _l, marginMs: _m, renewedAt: _r, ...rest } = held
  const { offeredUntil: _o, kept: _k, ...base } = rest
  const place: WaitingClaim = {
    ...base,
    state: 'parked',
    priority: 0,
    lastSeen: draft.now,
    paused: null,
    overtaken: 0,
    movedByCaptain: false,
  }
  insertByPriority(draft.waiting, place)
  return { standing: held.claim }
}
