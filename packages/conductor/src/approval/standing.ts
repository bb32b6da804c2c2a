import type { ApprovalRule, LanesConfig } from '@conduct/config'
import type { Approval, Plan } from '@conduct/core'
import { denialOf } from './approval-store.ts'
import { freshnessOf } from './freshness.ts'
import { whyNotApprover } from './who-may-approve.ts'

/** Where a plan stands: what everything that was said about it comes to now. */
export type Standing =
  | { readonly state: 'approved'; readonly approval: Approval }
  | { readonly state: 'denied'; readonly approval: Approval }
  | { readonly state: 'expired'; readonly approval: Approval; readonly because: string }
  /** `notCounted`: why each approval that was given is none, for people. */
  | { readonly state: 'missing'; readonly notCounted: readonly string[] }

export interface StandingQuestion {
  readonly config: Pick<LanesConfig, 'people' | 'estate'>
  readonly rule: ApprovalRule
  readonly plan: Pick<Plan, 'id' | 'hash' | 'basis' | 'requestedBy'>
  readonly words: readonly Approval[]
  /** Time of day of the store. */
  readonly nowMs: number
  /** Why the proof of an approval proves nothing; null where it does. Asked anew each time: a record is no proof. */
  readonly whyNotProved: (approval: Approval) => Promise<string | null>
}

/** A denial ends the plan; else the first approval that counts, newest first. Nothing that was recorded is believed. */
export async function standingOf(question: StandingQuestion): Promise<Standing> {
  const { words, plan } = question
  const ours = words.filter(({ planId, planHash }) => planId === plan.id && planHash === plan.hash)
  const denial = denialOf(ours)
  if (denial !== null) return { state: 'denied', approval: denial }
  const notCounted: string[] = []
  let expired: Standing | null = null
  for (const approval of ours.toReversed()) {
    const because =
      whyNotApprover(question, approval.by) ??
      whyWrongProof(approval, question.rule) ??
      (await question.whyNotProved(approval))
    if (because !== null) {
      notCounted.push(`the approval by ${approval.by} does not count: ${because}`)
      continue
    }
    const freshness = freshnessOf(approval, { expiresMs: question.rule.expiresMs, nowMs: question.nowMs })
    if (freshness.isFresh) return { state: 'approved', approval }
    expired ??= { state: 'expired', approval, because: freshness.because }
  }
  return expired ?? { state: 'missing', notCounted }
}

/** Which kind of proof lanes.yaml asks for. */
export function proofOf(rule: ApprovalRule): Approval['proof'] {
  if (rule.via === 'forge') return 'forge'
  return rule.signed ? 'ssh' : 'attributed'
}

function whyWrongProof({ proof }: Approval, rule: ApprovalRule): string | null {
  const wanted = proofOf(rule)
  if (proof === wanted || wanted === 'attributed') return null
  return wanted === 'ssh'
    ? 'it is not signed, and lanes.yaml asks for an SSH signature'
    : 'it was not given at the forge, where lanes.yaml asks for it'
}
