import type { ApprovalRule } from '@conduct/config'
import { type Approval, type ApprovalAsked, askedHint, askedSentence, isConductError } from '@conduct/core'
import { approvalDocumentId } from '../approval/approval-store.ts'
import { askedOf } from '../approval/asked.ts'
import { giveApproval } from '../approval/give-approval.ts'
import { approvalIn, lookForApproval, missingError } from '../approval/look-for-approval.ts'
import type { Standing } from '../approval/standing.ts'
import { approvalRuleOf } from '../approval/who-may-approve.ts'
import { runEffect } from '../crash-points.ts'
import { type Journey, type PhaseOutcome, type TrainPhase, noteLooked, planOf, travelOf } from '../journey.ts'
import { stepId } from '../step-id.ts'

/** A lane kept while waiting (`while_waiting: hold`) is not kept for ever. */
const holdMsMax = 24 * 3_600_000
/** Longest time between two looks for an approval. */
const lookAgainMs = 2000

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
    if (!('approval' in approval)) return stopWaiting(journey, rule, approval.standing)
    const { by, proof } = approval.approval
    journey.luggage.confirmApproval = () => confirm(journey, rule)
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

type Found = { readonly approval: Approval } | { readonly standing: Standing }

/** Looks once, or again and again while the lane is held for it. */
async function findApproval(journey: Journey, rule: ApprovalRule): Promise<Found> {
  const { context } = journey
  const plan = planOf(journey)
  const isHeld = rule.whileWaiting === 'hold'
  const until = context.clock.monotonicMs() + (isHeld ? holdMsMax : 0)
  let isSaid = false
  for (;;) {
    travelOf(journey).throwIfStopped()
    const { standing, version } = await lookForApproval(context, { plan, rule })
    const approval = await journalled(journey, standing)
    if (approval !== null) return { approval }
    if (context.clock.monotonicMs() >= until) return { standing }
    if (!isSaid) await sayWaiting(journey, askedFor(journey, rule))
    isSaid = true
    await context.store.register.changed(approvalDocumentId(plan.id), {
      version,
      timeoutMs: lookAgainMs,
      signal: travelOf(journey).signal,
    })
  }
}

/** A denial is written down before the run stops for it: who said no belongs to the run's story. */
async function journalled(journey: Journey, standing: Standing): Promise<Approval | null> {
  const next = `${journey.context.launcher} resume ${journey.run} --replan`
  try {
    return approvalIn(standing, next)
  } catch (error) {
    if (isConductError(error, 'APPROVAL_DENIED') && standing.state === 'denied') {
      await journey.journal.append({ type: 'denied', approval: standing.approval })
    }
    throw error
  }
}

/** Right before the first irreversible effect: nobody has taken it back and it has not expired meanwhile. */
async function confirm(journey: Journey, rule: ApprovalRule): Promise<void> {
  const { standing } = await lookForApproval(journey.context, { plan: planOf(journey), rule })
  if ((await journalled(journey, standing)) !== null) return
  const asked = askedFor(journey, rule)
  throw missingError(standing, { sentence: askedSentence(asked), hint: askedHint(asked) })
}

function askedFor(journey: Journey, rule: ApprovalRule): ApprovalAsked {
  return askedOf({ config: journey.context.config, rule, plan: planOf(journey), place: null })
}

async function sayWaiting(journey: Journey, asked: ApprovalAsked): Promise<void> {
  await journey.journal.append({ type: 'asked', asked })
  journey.context.emit({ type: 'approval_asked', run: journey.run, asked })
}

async function stopWaiting(journey: Journey, rule: ApprovalRule, standing: Standing): Promise<PhaseOutcome> {
  sayPlanned(journey, null)
  const asked = { ...askedFor(journey, rule), isHeld: false }
  await sayWaiting(journey, asked)
  const error = missingError(standing, { sentence: askedSentence(asked), hint: askedHint(asked) })
  return { outcome: 'waiting', summary: askedSentence(asked), error }
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
