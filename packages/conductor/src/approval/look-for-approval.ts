import type { ApprovalRule } from '@conduct/config'
import { type Approval, ConductError, type Plan, assertNever } from '@conduct/core'
import type { TrainContext } from '../context.ts'
import { deniedError, readWords } from './approval-store.ts'
import { type Standing, standingOf } from './standing.ts'
import { verifySignature } from './verify-signature.ts'

export interface Looked {
  readonly standing: Standing
  /** Version of the document that was read, to wait for a change of it. */
  readonly version: number
}

type Looking = Pick<TrainContext, 'config' | 'store' | 'runCommand' | 'signal'>

/** Reads what was said about a plan and what it comes to now, by the governing lanes.yaml and the store's clock. */
export async function lookForApproval(
  context: Looking,
  options: { readonly plan: Plan; readonly rule: ApprovalRule },
): Promise<Looked> {
  const { plan, rule } = options
  const [{ words, version }, now] = await Promise.all([
    readWords(context.store, plan),
    context.store.register.now(),
  ])
  const standing = await standingOf({
    config: context.config,
    rule,
    plan,
    words,
    nowMs: now.wallMs,
    whyNotProved: (approval) => whyNotProved(context, plan, approval),
  })
  return { standing, version }
}

async function whyNotProved(context: Looking, plan: Plan, approval: Approval): Promise<string | null> {
  switch (approval.proof) {
    case 'attributed':
      return null
    case 'ssh': {
      const { signature } = approval
      const statement = { ...approval, estate: context.config.estate, train: plan.basis.train }
      const verdict = await verifySignature({ statement, signature }, context)
      return verdict.isGood ? null : verdict.because
    }
    case 'forge':
      return 'approvals at a forge are read at the forge'
    default:
      return assertNever(approval)
  }
}

/**
 * The approval, or null while one may still come.
 *
 * @throws ConductError APPROVAL_DENIED (6)
 */
export function approvalIn(standing: Standing, nextIfDenied: string): Approval | null {
  if (standing.state === 'denied') throw deniedError(standing.approval, nextIfDenied)
  return standing.state === 'approved' ? standing.approval : null
}

/** Why the run waits, as the error it stops with. */
export function missingError(standing: Standing, wait: { readonly sentence: string; readonly hint: string }) {
  const { sentence, hint } = wait
  if (standing.state === 'expired') {
    const { approval, because } = standing
    const message = `the approval of plan ${approval.planId} by ${approval.by} is no longer good: ${because}; ${sentence}`
    return new ConductError('APPROVAL_EXPIRED', message, { hint })
  }
  const notes = standing.state === 'missing' ? standing.notCounted.map((note) => `; ${note}`) : []
  return new ConductError('APPROVAL_MISSING', `${sentence}${notes.join('')}`, { hint })
}
