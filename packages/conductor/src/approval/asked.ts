import type { ApprovalRule, LanesConfig } from '@conduct/config'
import type { ApprovalAsked, Plan } from '@conduct/core'
import { proofOf } from './standing.ts'
import { approversOf } from './who-may-approve.ts'

/** What a run waits for, as data. Pure. */
export function askedOf(options: {
  readonly config: LanesConfig
  readonly rule: ApprovalRule
  readonly plan: Plan
  readonly place: string | null
}): ApprovalAsked {
  const { rule, plan, place } = options
  return {
    planId: plan.id,
    planHash: plan.hash,
    by: approversOf(options),
    proof: proofOf(rule),
    place,
    until: plan.expiresAt,
    isHeld: rule.whileWaiting === 'hold',
  }
}
