import type { CoalescedWith, LaneOperation, LaneResult } from '../operation.ts'
import { type Answer, howItEnded, wrongSecret } from './answer.ts'
import { takeAssigned } from './assign.ts'
import { coalescedText, coalescedWith, triggerKeyMax } from './coalesce.ts'
import { bindToPullRequest } from './conclude.ts'
import { type Draft, endUnheld, noteEffect, tryChange } from './draft.ts'
import { renewHeld } from './holding.ts'
import { blockersOfRequest, insertByPriority } from './line.ts'
import { holderProblem, normalise, type Problem, resourceProblem } from './request.ts'
import { type Former, findFormer, takeLease, takePlace } from './resume.ts'
import { settle } from './settle.ts'
import { covers } from './slots.ts'
import { takeFromTheDead } from './sweep.ts'
import { markSeen, newWaiting } from './waiting.ts'

type Acquire = Extract<LaneOperation, { kind: 'acquire' }>
type Base = Acquire['base']

/** Takes the lane, or a place in its line, or is refused; asking again gives what one has. */
export function acquire(draft: Draft, operation: Acquire): Answer {
  const base = normalise(operation.base)
  const former =
    operation.resumes === null ? null : findFormer(draft, operation.resumes, operation.provedDead)
  // A claim whose process is dead does nobody's work.
  if (base.trigger !== undefined) takeFromTheDead(draft, operation.provedDead)
  const same = coalescedWith(draft, base)
  if (same !== null) return coalesce(draft, base, same)
  const again = askAgain(draft, base)
  if (again !== null) return again
  const problem = requestProblem(draft, base) ?? formerProblem(former, base)
  if (problem !== null) return refuse(draft, base, problem)
  if (former?.kind === 'lease') return takeLease(draft, former.held, base)
  takeFromTheDead(draft, operation.provedDead)
  const assigned = takeAssigned(draft, base)
  if (assigned !== null) return assigned
  const unfit = holderProblem(draft.definition, base)
  if (unfit !== null) return refuse(draft, base, unfit)
  const place = former?.kind === 'place' ? former : null
  return (
    tryChange(draft, () => askForTurn(draft, { ...operation, base }, place)) ??
    refuseHeld(draft, base, operation)
  )
}

/** It stands behind the claim that there is. One that is known by this secret stays what it is. */
function coalesce(draft: Draft, base: Base, same: CoalescedWith): LaneResult {
  const message = coalescedText(same)
  const problem: Problem = { reason: 'coalesced', message }
  if (same.claim === base.claim) return { kind: 'skipped', ...problem, blockers: [], coalescedWith: same }
  return { ...refuse(draft, base, problem, 'skipped'), coalescedWith: same }
}

function requestProblem(draft: Draft, base: Base): Problem | null {
  const key = base.trigger?.key ?? ''
  if (key.length > triggerKeyMax) {
    return { reason: 'bad_request', message: `a key has at most ${triggerKeyMax} characters` }
  }
  return resourceProblem(draft.definition, base.resources)
}

/** Null when the claim would have to wait and may not: then nothing is changed. */
function askForTurn(
  draft: Draft,
  operation: Acquire,
  place: Extract<Former, { kind: 'place' }> | null,
): Answer | null {
  const { base } = operation
  if (place === null) {
    insertByPriority(draft.waiting, newWaiting(draft, base, operation.place === 'first' ? 1 : 0))
  } else {
    takePlace(draft, place.waiting, base)
  }
  draft.isSettled = false
  settle(draft, base.claim)
  const mine = draft.waiting.find((waiting) => waiting.claim === base.claim)
  if (mine === undefined) return { standing: base.claim }
  if (operation.whenHeld !== 'queue' || (place === null && isLineOverfull(draft))) return null
  noteEffect(draft, 'queued', { claim: base.claim, resources: base.resources })
  return { standing: base.claim }
}

/** The same secret proves the same claim: it gets what it has, and a parked place stands first in line. */
function askAgain(draft: Draft, base: Base): Answer | null {
  const held = draft.holders.find((holder) => holder.secretHash === base.secretHash && isProvable(holder))
  const waiting = draft.waiting.find((waiter) => waiter.secretHash === base.secretHash && isProvable(waiter))
  const known = held ?? waiting
  if (known === undefined) {
    const isUsed = [...draft.holders, ...draft.waiting].some((claim) => claim.claim === base.claim)
    if (isUsed) return wrongSecret(base.claim)
    const ended = draft.ended.some((entry) => entry.claim === base.claim)
    return ended ? howItEnded(draft, base.claim) : null
  }
  if (base.trigger !== undefined && known.trigger?.key !== base.trigger.key) {
    const message = `this claim was not asked for by ${base.trigger.key}: release it, or ask with a secret of its own`
    return { kind: 'refused', reason: 'bad_request', message, blockers: [known.claim] }
  }
  if (!covers(known, base.resources)) {
    const message = `this claim is for ${known.resources.join(', ')}: release it before asking for ${base.resources.join(', ')}`
    return { kind: 'refused', reason: 'bad_request', message, blockers: [known.claim] }
  }
  const bound = bindToPullRequest(draft, known, base.untilMerged)
  if (bound.state === 'held') return renewHeld(draft, bound)
  if (bound.state === 'waiting') markSeen(draft, bound)
  if (bound.state === 'parked') {
    draft.waiting = draft.waiting.filter((waiter) => waiter !== bound)
    insertByPriority(draft.waiting, { ...bound, state: 'waiting', priority: 1, lastSeen: draft.now })
    noteEffect(draft, 'queued', { claim: bound.claim, resources: bound.resources })
    draft.isSettled = false
  }
  return { standing: known.claim }
}

/** An assigned claim that nobody has asked for yet has no secret to compare with. */
function isProvable(claim: { readonly assigned: { readonly isTaken: boolean } | null }): boolean {
  return claim.assigned?.isTaken !== false
}

function isLineOverfull(draft: Draft): boolean {
  return draft.waiting.filter((waiting) => waiting.state === 'waiting').length > draft.definition.waitingMax
}

function formerProblem(former: Former | null, base: Base): Problem | null {
  if (former === null || former.kind === 'place') return null
  if (former.kind === 'live') {
    return {
      reason: 'run_is_live',
      message: `run ${former.held.run} holds this lane itself, as ${former.held.holder}`,
    }
  }
  if (covers(former.held, base.resources)) return null
  return {
    reason: 'bad_request',
    message: `run ${former.held.run} holds ${former.held.resources.join(', ')} only`,
  }
}

function refuseHeld(draft: Draft, base: Base, operation: Acquire): LaneResult {
  if (operation.whenHeld === 'queue') {
    return refuse(draft, base, {
      reason: 'line_full',
      message: `the line is full: ${draft.definition.waitingMax} are waiting`,
    })
  }
  const why: Problem =
    draft.paused === null
      ? { reason: 'held', message: `${base.resources.join(', ')}: held, or others wait for it` }
      : { reason: 'paused', message: `${draft.paused.by} paused this lane: ${draft.paused.reason}` }
  return refuse(draft, base, why, operation.whenHeld === 'skip' ? 'skipped' : 'refused')
}

/** A refused claim has ended, with its reason. */
function refuse(
  draft: Draft,
  base: Base,
  problem: Problem,
  kind: 'refused' | 'skipped' = 'refused',
): Extract<LaneResult, { kind: 'refused' | 'skipped' }> {
  const blockers = blockersOfRequest(draft, { resources: base.resources })
  endUnheld(draft, { ...base, since: draft.now }, 'refused', problem.reason)
  return { kind, reason: problem.reason, message: problem.message, blockers }
}
