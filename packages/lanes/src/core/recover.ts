import type { HeldClaim, Pause } from '../document.ts'
import type { LaneOperation } from '../operation.ts'
import type { Answer } from './answer.ts'
import { isCaptain, notCaptain } from './assign.ts'
import { type Draft, endHolder } from './draft.ts'
import { leaveNote } from './sweep.ts'
import { later } from './time.ts'

/**
 * The store went back, so that nobody can tell any more what was granted since. Everything held or offered is ended
 * by force, the line stays, and tokens go on in an epoch above all that were ever granted.
 *
 * The lane stays quiet for its takeover delay: a holder whom the lane has forgotten finds out at its next renewal.
 */
export function recover(draft: Draft, operation: Extract<LaneOperation, { kind: 'recover' }>): Answer {
  if (!isCaptain(draft.definition, operation.by)) return notCaptain(draft.definition, operation.by)
  const { now } = draft
  const until = later(now, draft.definition.takeoverDelayMs)
  const reason = `the store went back: ${operation.reason}`
  for (const held of draft.holders) {
    quiet(draft, held)
    leaveNote(draft, held)
    endHolder(draft, held, 'forced', `${operation.by}: ${reason}`)
  }
  draft.epoch = Math.max(draft.epoch + 1, operation.epoch)
  if (draft.paused === null || draft.paused.until !== null) {
    draft.paused = { by: operation.by, reason, at: now, until } satisfies Pause
  }
  // Its caller knows that it had come back since it was sealed.
  const { moved } = draft
  if (moved?.kind === 'to')
    draft.moved = { kind: 'from', address: moved.address, file: '', by: operation.by, at: now }
  // Their signs of life may be among what was lost.
  draft.waiting = draft.waiting.map((waiting) => ({ ...waiting, lastSeen: now }))
  return { kind: 'done' }
}

/** Quiet time for what a claim held; its holder ends it by acknowledging. */
export function quiet(draft: Draft, held: HeldClaim): void {
  const { claim, secretHash } = held
  const delayMs = draft.definition.takeoverDelayMs
  const until = later(draft.now, delayMs)
  const cooling = held.slots.map((slot, index) => {
    return { resource: held.resources[index] ?? slot, slot, claim, secretHash, until, delayMs }
  })
  draft.cooling = [...draft.cooling, ...cooling]
}
