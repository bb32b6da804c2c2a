import type { ApprovalRule } from '@conduct/config'
import { type Approval, type ApprovalAsked, askedHint, askedSentence, isConductError } from '@conduct/core'
import { askStep } from '../approval/ask-step.ts'
import { approvalDocumentId } from '../approval/approval-store.ts'
import { closeRequest } from '../approval/close-request.ts'
import { askedOf } from '../approval/asked.ts'
import { giveApproval } from '../approval/give-approval.ts'
import { type Looked, approvalIn, lookForApproval, missingError } from '../approval/look-for-approval.ts'
import type { Standing } from '../approval/standing.ts'
import { approvalRuleOf } from '../approval/who-may-approve.ts'
import { runEffect } from '../crash-points.ts'
import { type Journey, type PhaseOutcome, type TrainPhase, noteLooked, planOf, travelOf } from '../journey.ts'
import { stepId } from '../step-id.ts'
import { takeStep } from '../step.ts'

/** A lane kept while waiting (`while_waiting: hold`) is not kept for ever. */
const holdMsMax = 24 * 3_600_000
/** Longest time between two looks for an approval. */
const lookAgainMs = 2000
/** At a forge every look is a few requests, and forges count them. */
const lookAgainAtForgeMs = 15_000

/** Somebody who may has approved exactly this plan; without that the run waits and the lane is handed back. */
export const approve: TrainPhase = {
  name: 'approve',
  per: 'train',
  run: async (journey) => {
    const { context } = journey
    const startedAtMs = context.clock.wallMs()
    const plan = planOf(journey)
    const rule = approvalRuleOf(context.config, plan)
    if (rule === null) {
      sayPlanned(journey, null)
      return noApprovalNeeded(journey, startedAtMs)
    }
    const before = approvedBefore(journey)
    if (before !== null) {
      sayPlanned(journey, before.by)
      return { outcome: 'done', summary: `plan ${plan.id} was approved by ${before.by}` }
    }
    const approval = await runEffect(context.hit, 'approve', {
      act: async () => {
        const { approve: proving } = journey.ask
        if (proving !== null) await giveApproval(context, { plan, rule }, { note: null, proving })
        return await findApproval(journey, rule)
      },
      prove: async (found) => {
        if ('approval' in found) await journey.journal.append({ type: 'approved', approval: found.approval })
      },
    })
    if (!('approval' in approval)) return stopWaiting(journey, approval)
    const { by, proof } = approval.approval
    journey.luggage.confirmApproval = () => confirm(journey, rule)
    if (rule.via === 'forge') await closeRequest(context, { plan, rule })
    sayPlanned(journey, by)
    const summary = `plan ${plan.id} approved by ${by} (${proof})`
    await note(journey, startedAtMs, { state: 'done', evidence: summary })
    return { outcome: 'done', summary }
  },
}

function sayPlanned(journey: Journey, approvedBy: string | null): void {
  const { id, basis } = planOf(journey)
  journey.context.emit({
    type: 'run_planned',
    run: journey.run,
    planId: id,
    packages: basis.packages.length,
    consumers: basis.consumers.length,
    approvedBy,
  })
}

/** Once something irreversible was begun under an approval, finishing it needs no fresh one. */
function approvedBefore(journey: Journey): Approval | null {
  if (journey.luggage.begun === null) return null
  const { hash } = planOf(journey)
  const seen = journey.journal
    .records()
    .findLast((record) => record.type === 'approved' && record.approval.planHash === hash)
  return seen?.type === 'approved' ? seen.approval : null
}

type Found = { readonly approval: Approval } | { readonly standing: Standing; readonly asked: ApprovalAsked }

/** Looks once, asks where that has to be done, and looks again and again while the lane is held for it. */
async function findApproval(journey: Journey, rule: ApprovalRule): Promise<Found> {
  const { context } = journey
  const plan = planOf(journey)
  const isHeld = rule.whileWaiting === 'hold'
  const until = context.clock.monotonicMs() + (isHeld ? holdMsMax : 0)
  let asked: ApprovalAsked | null = null
  for (;;) {
    travelOf(journey).throwIfStopped()
    const mayLookAgain = asked !== null && context.clock.monotonicMs() < until
    const looked = await lookPatiently(journey, rule, mayLookAgain)
    if (looked === null) continue
    const { standing, version, place } = looked
    const approval = await journalled(journey, rule, standing)
    if (approval !== null) return { approval }
    if (asked === null) {
      asked = askedFor(journey, rule, rule.via === 'forge' ? await askThere(journey, rule, place) : null)
      if (isHeld) await sayWaiting(journey, asked)
    }
    if (context.clock.monotonicMs() >= until) return { standing, asked }
    await context.store.register.changed(approvalDocumentId(plan.id), {
      version,
      timeoutMs: rule.via === 'forge' ? lookAgainAtForgeMs : lookAgainMs,
      signal: travelOf(journey).signal,
    })
  }
}

/** While the lane is held a forge may be silent for a while: null, it is looked again. */
async function lookPatiently(
  journey: Journey,
  rule: ApprovalRule,
  mayLookAgain: boolean,
): Promise<Looked | null> {
  const { context } = journey
  try {
    return await lookForApproval(context, { plan: planOf(journey), rule })
  } catch (error) {
    if (!mayLookAgain || !isConductError(error) || !error.retryable) throw error
    context.emit({ type: 'progress', message: error.message })
    await context.clock.sleep(lookAgainAtForgeMs, travelOf(journey).signal)
    return null
  }
}

/** @returns the address where it is asked for; asking again changes nothing. */
async function askThere(journey: Journey, rule: ApprovalRule, place: string | null): Promise<string | null> {
  const { facts } = await takeStep(travelOf(journey), askStep(journey, rule))
  return typeof facts['url'] === 'string' ? facts['url'] : place
}

/** A denial is written down before the run stops for it: who said no belongs to the run's story. */
async function journalled(
  journey: Journey,
  rule: ApprovalRule,
  standing: Standing,
): Promise<Approval | null> {
  const next = `${journey.context.launcher} resume ${journey.run} --replan`
  try {
    return approvalIn(standing, next)
  } catch (error) {
    if (isConductError(error, 'APPROVAL_DENIED') && standing.state === 'denied') {
      await journey.journal.append({ type: 'denied', approval: standing.approval })
      if (rule.via === 'forge') await closeRequest(journey.context, { plan: planOf(journey), rule })
    }
    throw error
  }
}

/** Right before the first irreversible effect: nobody has taken it back and it has not expired meanwhile. */
async function confirm(journey: Journey, rule: ApprovalRule): Promise<void> {
  const { standing, place } = await lookForApproval(journey.context, { plan: planOf(journey), rule })
  if ((await journalled(journey, rule, standing)) !== null) return
  const asked = askedFor(journey, rule, place)
  throw missingError(standing, { sentence: askedSentence(asked), hint: askedHint(asked) })
}

function askedFor(journey: Journey, rule: ApprovalRule, place: string | null): ApprovalAsked {
  return askedOf({ config: journey.context.config, rule, plan: planOf(journey), place })
}

async function sayWaiting(journey: Journey, asked: ApprovalAsked): Promise<void> {
  await journey.journal.append({ type: 'asked', asked })
  journey.context.emit({ type: 'approval_asked', run: journey.run, asked })
}

async function stopWaiting(
  journey: Journey,
  waiting: { readonly standing: Standing; readonly asked: ApprovalAsked },
): Promise<PhaseOutcome> {
  sayPlanned(journey, null)
  const asked = { ...waiting.asked, isHeld: false }
  await sayWaiting(journey, asked)
  const sentence = askedSentence(asked)
  const error = missingError(waiting.standing, { sentence, hint: askedHint(asked) })
  return { outcome: 'waiting', summary: sentence, error }
}

async function noApprovalNeeded(journey: Journey, startedAtMs: number): Promise<PhaseOutcome> {
  const summary = 'no approval is needed for this plan'
  await note(journey, startedAtMs, { state: 'skipped', evidence: summary })
  return { outcome: 'skipped', summary }
}

function note(
  journey: Journey,
  startedAtMs: number,
  seen: { readonly state: 'done' | 'skipped'; readonly evidence: string },
): Promise<void> {
  return noteLooked(journey, startedAtMs, [
    {
      step: {
        id: stepId.approve(),
        phase: 'approve',
        kind: 'approve',
        repo: null,
        action: `an approval of plan ${planOf(journey).id}`,
        irreversible: false,
      },
      ...seen,
      facts: {},
    },
  ])
}
