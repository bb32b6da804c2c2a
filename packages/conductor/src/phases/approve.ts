import { type Approval, ConductError, toTimestamp } from '@conduct/core'
import type { ApprovalRule } from '@conduct/config'
import { approvalId, readApproval, writeApproval } from '../approval/approval-store.ts'
import { approvalRuleOf, refuseUnlessApprover } from '../approval/who-may-approve.ts'
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
    if (journey.ask.approve) await approveMyself(journey, rule)

    const approval = await findApproval(journey, rule)

    if (approval === null) {
      sayPlanned(journey, null)
      return waiting(journey, rule)
    }
    await runEffect(context.hit, 'approve', {
      act: () => Promise.resolve(),
      prove: () => journey.journal.append({ type: 'approved', approval }),
    })
    sayPlanned(journey, approval.by)
    const summary = `plan ${plan.id} approved by ${approval.by} (${approval.proof})`
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

async function approveMyself(journey: Journey, rule: ApprovalRule): Promise<void> {
  const { context } = journey
  const plan = planOf(journey)
  const by = refuseUnlessApprover({ config: context.config, rule, plan }, context.identity)
  const now = context.clock.wallMs()
  await writeApproval(context.store, {
    format: 1,
    planHash: plan.hash,
    by,
    proof: 'attributed',
    at: toTimestamp(now),
    expiresAt: toTimestamp(now + rule.expiresMs),
    note: null,
    verdict: 'approved',
  })
}

async function findApproval(journey: Journey, rule: ApprovalRule): Promise<Approval | null> {
  const { context } = journey
  const { register } = context.store
  const plan = planOf(journey)
  const until = context.clock.monotonicMs() + (rule.whileWaiting === 'hold' ? holdMsMax : 0)
  for (;;) {
    travelOf(journey).throwIfStopped()
    const approval = await readApproval(context.store, plan.hash)
    if (approval !== null) return judged(journey, approval)
    if (context.clock.monotonicMs() >= until) return null
    context.emit({
      type: 'progress',
      message: `waiting for ${rule.by.join(' or ')} to approve plan ${plan.id}`,
    })
    const stored = await register.read(approvalId(plan.hash))
    await register.changed(approvalId(plan.hash), {
      version: stored?.version ?? 0,
      timeoutMs: lookAgainMs,
      signal: travelOf(journey).signal,
    })
  }
}

function judged(journey: Journey, approval: Approval): Approval {
  const { context } = journey
  const plan = planOf(journey)
  if (approval.verdict === 'denied') {
    throw new ConductError(
      'APPROVAL_DENIED',
      `${approval.by} denied plan ${plan.id}: ${approval.note ?? ''}`,
      {
        next: `${context.launcher} run ${context.trainName}`,
      },
    )
  }
  if (Date.parse(approval.expiresAt) <= context.clock.wallMs()) {
    throw new ConductError(
      'APPROVAL_EXPIRED',
      `the approval of plan ${plan.id} by ${approval.by} expired at ${approval.expiresAt}`,
      { next: `${context.launcher} approve ${plan.id} && ${context.launcher} resume ${journey.run}` },
    )
  }
  return approval
}

function waiting(journey: Journey, rule: ApprovalRule): PhaseOutcome {
  const plan = planOf(journey)
  const summary = `waiting for ${rule.by.join(' or ')} to approve plan ${plan.id}`
  return { outcome: 'waiting', summary, error: new ConductError('APPROVAL_MISSING', summary) }
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
