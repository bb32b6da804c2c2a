import type { ApprovalRule, LanesConfig } from '@conduct/config'
import { ConductError, type Identity, type Plan, isConductError } from '@conduct/core'

/** Null: `approval: none` was written, or nothing in this plan needs one. */
export function approvalRuleOf(config: LanesConfig, plan: Plan): ApprovalRule | null {
  if (!plan.steps.some((step) => step.needsApproval)) return null
  return config.lanes.get(plan.basis.lane)?.approval ?? null
}

/**
 * Whether this asker may approve this plan.
 *
 * @throws ConductError APPROVAL_REFUSED (6) saying who may
 */
export function refuseUnlessApprover(
  options: { readonly config: LanesConfig; readonly rule: ApprovalRule; readonly plan: Plan },
  identity: Identity,
): string {
  const { config, rule, plan } = options
  const { person } = identity
  const may = `may approve: ${rule.by.join(', ')}`
  if (person === null) {
    throw new ConductError('APPROVAL_REFUSED', `${identity.holder} is nobody that lanes.yaml lists; ${may}`)
  }
  if (config.people.get(person)?.kind === 'agent') {
    throw new ConductError('APPROVAL_REFUSED', `${person} is an agent, and an agent never approves; ${may}`)
  }
  if (!rule.by.includes(person)) {
    throw new ConductError(
      'APPROVAL_REFUSED',
      `${person} may not approve plans of ${plan.basis.lane}; ${may}`,
    )
  }
  if (!rule.requesterMayApprove && personOf(config, plan.requestedBy) === person) {
    throw new ConductError(
      'APPROVAL_REFUSED',
      `${person} asked for plan ${plan.id}, so that somebody else has to approve it; ${may}`,
    )
  }
  return person
}

/** Whether it makes sense to tell this asker how to approve the plan. */
export function mayApprove(
  options: { readonly config: LanesConfig; readonly plan: Plan },
  identity: Identity,
): boolean {
  const rule = approvalRuleOf(options.config, options.plan)
  if (rule === null) return false
  try {
    refuseUnlessApprover({ ...options, rule }, identity)
    return true
  } catch (error) {
    if (isConductError(error) && error.code === 'APPROVAL_REFUSED') return false
    throw error
  }
}

/** `cli:ana@host#folder` and `agent:ana-3` are `ana`, where people lists her. */
export function personOf(config: LanesConfig, holder: string): string | null {
  if (config.people.has(holder)) return holder
  const name = holder.slice(holder.indexOf(':') + 1)
  const candidates = [name, name.split('#')[0], name.split(/[@#]/u)[0], name.replace(/-\d+$/u, '')]
  return candidates.find((candidate) => candidate !== undefined && config.people.has(candidate)) ?? null
}
