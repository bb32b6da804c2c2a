import type { EndedClaim } from '../document.ts'

/**
 * Outcomes kept in the document; the history keeps all of them. One too many drops a quarter at once, so that most
 * decisions only add to the end of the list.
 */
const endedMax = 64
const endedKept = 48
/** Of these, at most so many that never held: a storm of refusals must not push out the samples of estimates. */
const endedUnheldMax = 32

export function appendEnded(list: readonly EndedClaim[], entry: EndedClaim): readonly EndedClaim[] {
  const next = [...list, entry]
  const unheld = next.filter((ended) => ended.token === null)
  const oldestUnheld = unheld.length > endedUnheldMax ? unheld[0] : undefined
  const kept = oldestUnheld === undefined ? next : next.filter((ended) => ended !== oldestUnheld)
  return kept.length > endedMax ? kept.slice(-endedKept) : kept
}
