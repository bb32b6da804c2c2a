import { type Approval, ConductError, type Plan, isConductError, toTimestamp } from '@conduct/core'
import { writeApproval } from '../approval/approval-store.ts'
import { approvalRuleOf, refuseUnlessApprover } from '../approval/who-may-approve.ts'
import type { ConductorOptions } from '../api.ts'
import { openTrain } from '../open-train.ts'
import { isPlanExpired, readSavedPlan } from '../plan/plan-store.ts'
import { readRun } from './read-run.ts'

/**
 * An approval of exactly this plan, bound to its hash.
 *
 * @throws ConductError PLAN_UNKNOWN (4), APPROVAL_REFUSED (6), APPROVAL_EXPIRED (6), STORE_MOVED (2), STORE_BEHIND (2)
 */
export async function approvePlan(
  conductor: ConductorOptions,
  options: { readonly plan: string; readonly note?: string },
): Promise<Approval> {
  return judgePlan(conductor, { name: options.plan, verdict: 'approved', note: options.note ?? null })
}

/** A denial: the runs that wait for this plan stop waiting. Whoever may approve may deny, their own plan too. */
export async function denyPlan(
  conductor: ConductorOptions,
  options: { readonly plan: string; readonly reason: string },
): Promise<Approval> {
  return judgePlan(conductor, { name: options.plan, verdict: 'denied', note: options.reason })
}

interface Judgement {
  readonly name: string
  readonly verdict: Approval['verdict']
  readonly note: string | null
}

async function judgePlan(conductor: ConductorOptions, judgement: Judgement): Promise<Approval> {
  const plan = await findPlan(conductor, judgement.name)
  const { config } = await openTrain(conductor, plan.basis.train)
  const { clock, identity, store } = conductor
  if (isPlanExpired(plan, clock)) {
    throw new ConductError('APPROVAL_EXPIRED', `plan ${plan.id} expired at ${plan.expiresAt}`, {
      hint: 'Resume the run, or plan again: the same plan comes back with a new date.',
    })
  }
  const declared = approvalRuleOf(config, plan)
  if (declared === null) throw new ConductError('APPROVAL_REFUSED', `plan ${plan.id} needs no approval`)
  const rule = judgement.verdict === 'denied' ? { ...declared, requesterMayApprove: true } : declared
  const by = refuseUnlessApprover({ config, rule, plan }, identity)
  // A store that was left behind, or went back, is no place for a decision: nobody would find it.
  await conductor.lanes.lane(plan.basis.lane).inspect()
  const now = clock.wallMs()
  return writeApproval(store, {
    format: 1,
    planHash: plan.hash,
    by,
    proof: 'attributed',
    at: toTimestamp(now),
    expiresAt: toTimestamp(now + declared.expiresMs),
    note: judgement.note,
    verdict: judgement.verdict,
  })
}

/** By the id of a plan, a prefix of it, or the run that waits for it. */
async function findPlan(conductor: ConductorOptions, name: string): Promise<Plan> {
  try {
    return await readSavedPlan(conductor.store, name)
  } catch (error) {
    if (!isConductError(error, 'PLAN_UNKNOWN')) throw error
    const run = await readRun(conductor, name).catch((second: unknown) => {
      if (isConductError(second, 'RUN_UNKNOWN')) return null
      throw second
    })
    if (run === null || run.planId === null) throw error
    return readSavedPlan(conductor.store, run.planId)
  }
}
