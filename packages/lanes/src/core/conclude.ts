import type { HeldClaim, WaitingClaim } from '../document.ts'
import type { Conclusion, LaneOperation } from '../operation.ts'
import type { Answer } from './answer.ts'
import { rememberDone } from './coalesce.ts'
import { type Draft, endHolder, endWaiting, replaceHolder, replaceWaiting } from './draft.ts'

type Conclude = Extract<LaneOperation, { kind: 'conclude' }>

/**
 * Ends what was for something that is over. Whoever saw it says so; the claim itself said beforehand that it ends with
 * that, so nobody's secret is needed. Only what nobody works under: a process hands its lane back itself.
 */
export function conclude(draft: Draft, { claim, token, because }: Conclude): Answer {
  const held = draft.holders.find((holder) => holder.claim === claim && holder.token === token)
  if (held !== undefined && endsWith(held, because)) {
    if (isDone(because)) rememberDone(draft, held)
    endHolder(draft, held, held.state === 'held' ? 'released' : 'left', reasonOf(because))
    return { kind: 'done' }
  }
  const waiting = draft.waiting.find((waiter) => waiter.claim === claim && token === null)
  if (waiting !== undefined && endsWith(waiting, because)) {
    endWaiting(draft, waiting, 'left', reasonOf(because))
    return { kind: 'done' }
  }
  return { kind: 'unchanged' }
}

/** A claim that is asked for again may name the pull request that there was not yet at first. */
export function bindToPullRequest(
  draft: Draft,
  claim: HeldClaim | WaitingClaim,
  untilMerged: string | undefined,
): HeldClaim | WaitingClaim {
  if (untilMerged === undefined || claim.untilMerged === untilMerged || claim.attended) return claim
  draft.touched.add(claim.claim)
  if ('token' in claim) {
    const bound = { ...claim, untilMerged }
    replaceHolder(draft, bound)
    return bound
  }
  const bound = { ...claim, untilMerged }
  replaceWaiting(draft, bound)
  return bound
}

function endsWith(claim: HeldClaim | WaitingClaim, because: Conclusion): boolean {
  if (claim.attended || claim.run !== null) return false
  return because.kind === 'task' ? claim.task === because.task : claim.untilMerged === because.pullRequest
}

function isDone(because: Conclusion): boolean {
  return because.state.toLowerCase() !== 'failed' && because.state !== 'closed'
}

function reasonOf(because: Conclusion): string {
  return because.kind === 'task'
    ? `its task ${because.task} is ${because.state}`
    : `pull request ${because.pullRequest} is ${because.state}`
}
