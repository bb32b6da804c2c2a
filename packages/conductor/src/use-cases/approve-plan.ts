import { type Approval, ConductError, type Plan, toTimestamp } from '@conduct/core'
import type { ApprovalRule } from '@conduct/config'
import { addWord, deniedError, denialOf, readWords } from '../approval/approval-store.ts'
import { closeRequest } from '../approval/close-request.ts'
import { type Proving, giveApproval, statementOf } from '../approval/give-approval.ts'
import { renderStatement } from '../approval/statement.ts'
import { approvalRuleOf, refuseUnlessApprover } from '../approval/who-may-approve.ts'
import type { ConductorOptions } from '../api.ts'
import type { TrainContext } from '../context.ts'
import { openTrain } from '../open-train.ts'
import { findPlan } from './find-plan.ts'

/**
 * An approval of exactly this plan, bound to its hash.
 *
 * @throws ConductError PLAN_UNKNOWN (4), APPROVAL_REFUSED (6), APPROVAL_DENIED (6), APPROVAL_EXPIRED (6),
 *   APPROVAL_VOID (6), STORE_MOVED (2), STORE_BEHIND (2), and as `giveApproval`
 */
export async function approvePlan(
  conductor: ConductorOptions,
  options: { readonly plan: string; readonly note?: string; readonly proving?: Proving },
): Promise<Approval> {
  const judged = await openJudgement(conductor, options.plan)
  await refuseUnlessOpen(conductor, judged)
  return await giveApproval(judged.context, judged, {
    note: options.note ?? null,
    proving: options.proving ?? { kind: 'none' },
  })
}

/** The text that the asker would sign now; handed in later with its signature. Writes nothing. */
export async function approvalStatement(
  conductor: ConductorOptions,
  options: { readonly plan: string; readonly note?: string },
): Promise<string> {
  const judged = await openJudgement(conductor, options.plan)
  await refuseUnlessOpen(conductor, judged)
  const by = refuseUnlessApprover({ ...judged, config: judged.context.config }, conductor.identity)
  return renderStatement(await statementOf(judged.context, judged, { by, note: options.note ?? null }))
}

/**
 * A denial ends the plan: the runs that wait for it stop waiting, and nothing approves it any more. Whoever may approve
 * may deny, their own plan too. It needs no signature: saying no does no harm that asking anew does not mend.
 */
export async function denyPlan(
  conductor: ConductorOptions,
  options: { readonly plan: string; readonly reason: string },
): Promise<Approval> {
  const { context, plan, rule } = await openJudgement(conductor, options.plan)
  const own = { ...rule, requesterMayApprove: true }
  const by = refuseUnlessApprover({ config: context.config, rule: own, plan }, conductor.identity)
  await refuseMovedStore(conductor, plan)
  const { wallMs } = await conductor.store.register.now()
  const denial = await addWord(conductor.store, {
    format: 1,
    planId: plan.id,
    planHash: plan.hash,
    by,
    proof: 'attributed',
    at: toTimestamp(wallMs),
    expiresAt: toTimestamp(wallMs + rule.expiresMs),
    note: options.reason,
    verdict: 'denied',
  })
  if (rule.via === 'forge') await closeRequest(context, { plan, rule })
  return denial
}

interface Judged {
  readonly context: TrainContext
  readonly plan: Plan
  readonly rule: ApprovalRule
}

async function openJudgement(conductor: ConductorOptions, name: string): Promise<Judged> {
  const plan = await findPlan(conductor, name)
  const context = await openTrain(conductor, plan.basis.train)
  const rule = approvalRuleOf(context.config, plan)
  if (rule === null) throw new ConductError('APPROVAL_REFUSED', `plan ${plan.id} needs no approval`)
  return { context, plan, rule }
}

async function refuseUnlessOpen(conductor: ConductorOptions, { context, plan }: Judged): Promise<void> {
  const { wallMs } = await conductor.store.register.now()
  if (Date.parse(plan.expiresAt) <= wallMs) {
    throw new ConductError('APPROVAL_EXPIRED', `plan ${plan.id} expired at ${plan.expiresAt}`, {
      hint: 'Resume the run, or plan again: the same plan comes back with a new date.',
    })
  }
  if (plan.basis.configHash !== context.configHash) {
    throw new ConductError(
      'APPROVAL_VOID',
      `lanes.yaml has changed since plan ${plan.id} was made: it would be approved by other rules`,
    )
  }
  const denial = denialOf((await readWords(conductor.store, plan)).words)
  if (denial !== null) throw deniedError(denial)
  await refuseMovedStore(conductor, plan)
}

/** A store that was left behind, or went back, is no place for a decision: nobody would find it. */
async function refuseMovedStore({ lanes }: ConductorOptions, plan: Plan): Promise<void> {
  await lanes.lane(plan.basis.lane).inspect()
}
