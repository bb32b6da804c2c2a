import type { ClaimBase, HeldClaim } from '../document.ts'
import type { CoalescedWith } from '../operation.ts'
import type { Draft } from './draft.ts'

/**
 * Triggers that come more than once: the first with a key has the claim, whoever comes while it waits or is held, or after
 * its lane was handed back, is told so and gets none. A claim that ended otherwise (lapsed, forced, expired, left) did not
 * get its work done: the next trigger with that key takes it up.
 */

/** Keys of done work that a document remembers; what is older may come again. */
export const doneTriggersMax = 100
export const triggerKeyMax = 200

/** Null: nobody has asked for this, or it was this very request. */
export function coalescedWith(draft: Draft, { trigger }: Pick<ClaimBase, 'trigger'>): CoalescedWith | null {
  if (trigger === undefined) return null
  const { key, request } = trigger
  const live = [...draft.holders, ...draft.waiting].find((claim) => claim.trigger?.key === key)
  if (live !== undefined) {
    if (live.trigger?.request === request) return null
    const { claim, holder, state, since } = live
    return { key, claim, holder, state, at: since }
  }
  const done = draft.triggers?.findLast((each) => each.key === key)
  return done === undefined ? null : { ...done, state: 'done' }
}

export function rememberDone(draft: Draft, { trigger, claim, holder, state }: HeldClaim): void {
  if (trigger === undefined || state !== 'held') return
  const done = { key: trigger.key, claim, holder, at: draft.now }
  draft.triggers = [...(draft.triggers ?? []), done].slice(-doneTriggersMax)
}

export function coalescedText({ key, claim, holder, state }: CoalescedWith): string {
  const standing = {
    held: 'holds it',
    offered: 'is offered it',
    waiting: 'stands in its line',
    parked: 'waits for it',
  }
  const said = state === 'done' ? 'has done that and handed it back' : standing[state]
  return `${key} was asked for before: ${holder} ${said} (claim ${claim})`
}
