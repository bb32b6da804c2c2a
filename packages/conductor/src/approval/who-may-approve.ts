import type { ApprovalRule, LanesConfig } from '@conduct/config'
import { ConductError, type Identity, type Plan } from '@conduct/core'

/** What of a plan says who may approve it. */
export interface AskedPlan {
  readonly id: string
  readonly basis: Pick<Plan['basis'], 'lane'>
  readonly requestedBy: string
}

export interface ApproverQuestion {
  readonly config: Pick<LanesConfig, 'people'>
  readonly rule: ApprovalRule
  readonly plan: AskedPlan
}

/** Null: `approval: none` was written, or nothing in this plan needs one. */
export function approvalRuleOf(config: LanesConfig, plan: Plan): ApprovalRule | null {
  if (!plan.steps.some((step) => step.needsApproval)) return null
  return config.lanes.get(plan.basis.lane)?.approval ?? null
}

/** People who may approve this plan, in the order of lanes.yaml. */
export function approversOf(question: ApproverQuestion): readonly string[] {
  return question.rule.by.filter((person) => whyNotApprover(question, person) === null)
}

/** Why this person may not approve this plan, one sentence; null where they may. Pure. */
export function whyNotApprover({ config, rule, plan }: ApproverQuestion, person: string): string | null {
  const known = config.people.get(person)
  if (known === undefined) return `${person} is nobody that lanes.yaml lists`
  if (known.kind === 'agent') return `${person} is an agent, and an agent never approves`
  if (!rule.by.includes(person)) return `${person} may not approve plans of ${plan.basis.lane}`
  if (!rule.requesterMayApprove && personOf(config, plan.requestedBy) === person) {
    return `${person} asked for plan ${plan.id}, so that somebody else has to approve it`
  }
  return null
}

/**
 * Whether this asker may approve this plan.
 *
 * @throws ConductError APPROVAL_REFUSED (6) saying who may
 */
export function refuseUnlessApprover(question: ApproverQuestion, identity: Identity): string {
  const { person } = identity
  const because = whyNotAsker(question, identity)
  if (because === null && person !== null) return person
  throw new ConductError('APPROVAL_REFUSED', `${because ?? 'nobody'}; ${whoMay(question)}`)
}

function whyNotAsker(question: ApproverQuestion, { holder, person }: Identity): string | null {
  if (person === null) return `${holder} is nobody that lanes.yaml lists`
  if (isAgentSurface(holder) && question.config.people.get(person)?.kind !== 'agent') {
    return `${holder} is an agent that works for ${person}, and an agent never approves`
  }
  return whyNotApprover(question, person)
}

function whoMay(question: ApproverQuestion): string {
  const may = approversOf(question)
  return may.length === 0 ? 'nobody may approve it' : `may approve: ${may.join(', ')}`
}

/** Whether it makes sense to tell this asker how to approve the plan. */
export function mayApprove(
  options: { readonly config: LanesConfig; readonly plan: Plan },
  identity: Identity,
): boolean {
  const rule = approvalRuleOf(options.config, options.plan)
  return rule !== null && whyNotAsker({ ...options, rule }, identity) === null
}

/** `agent:ana-3` and a CI job act for ana, but they are not ana. */
function isAgentSurface(holder: string): boolean {
  return /^(?:agent|action):/.test(holder)
}

/** `cli:ana@host#folder` and `agent:ana-3` are `ana`, where people lists her. */
export function personOf(config: Pick<LanesConfig, 'people'>, holder: string): string | null {
  if (config.people.has(holder)) return holder
  const name = holder.slice(holder.indexOf(':') + 1)
  const candidates = [name, name.split('#')[0], name.split(/[@#]/u)[0], name.replace(/-\d+$/u, '')]
  return candidates.find((candidate) => candidate !== undefined && config.people.has(candidate)) ?? null
}
