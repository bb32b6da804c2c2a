import type { BranchRules, MergeMethod, Permission } from '../ports/rules.ts'
import { type BranchRule, parametersOf, requiredChecks } from './required-checks.ts'

/** Classic protection in full, as its owner may read it. */
export interface ClassicProtection {
  readonly required_pull_request_reviews?: { readonly required_approving_review_count?: number }
  readonly required_status_checks?: { readonly strict?: boolean }
  readonly enforce_admins?: { readonly enabled: boolean }
  readonly restrictions?: object
  readonly lock_branch?: { readonly enabled?: boolean }
  readonly required_signatures?: { readonly enabled: boolean }
  readonly required_linear_history?: { readonly enabled?: boolean }
}

export interface RulesInput {
  readonly branch: string
  readonly access: {
    readonly canPush: boolean
    readonly isAdmin: boolean
    readonly isArchived: boolean
    readonly mergeMethods: readonly MergeMethod[]
  }
  readonly summary: {
    readonly protected: boolean
    readonly protection: Parameters<typeof requiredChecks>[0]
  }
  /** Null: the branch is protected, and how is not shown to us. */
  readonly classic: ClassicProtection | null
  readonly rules: readonly (BranchRule & { readonly ruleset_id?: number })[]
  /** What each ruleset says of us, by id; absent: could not be read. */
  readonly bypass: ReadonlyMap<number, string>
}

/** Rules about deleting or rewriting, which conduct never does. */
const harmless = new Set(['deletion', 'non_fast_forward', 'creation'])

export function judgeRules(input: RulesInput): BranchRules {
  const { branch, access, classic, rules, summary } = input
  const types = new Set(rules.map(({ type }) => type ?? ''))
  const required = requiredChecks(summary.protection, rules)
  const needsMergeQueue = types.has('merge_queue')
  const requiredReviews = classic === null ? null : Math.max(classicReviews(classic), rulesetReviews(rules))
  const always = noAccess(branch, access)
  const locked = [
    ...always,
    ...(classic?.lock_branch?.enabled === true ? [`${branch} is locked`] : []),
    ...(types.has('update') ? [`a ruleset lets nobody update ${branch}`] : []),
  ]
  const againstPush = [
    ...locked,
    ...(required.length > 0
      ? [`${required.map(({ name }) => name).join(', ')} must pass before a commit reaches ${branch}`]
      : []),
    ...(classic?.required_pull_request_reviews === undefined ? [] : [`${branch} takes pull requests only`]),
    ...(types.has('pull_request') ? [`a ruleset wants a pull request into ${branch}`] : []),
    ...(needsMergeQueue ? [`${branch} merges through a queue`] : []),
    ...(classic?.restrictions === undefined ? [] : [`only named people, teams and apps push to ${branch}`]),
    ...(classic?.required_signatures?.enabled === true || types.has('required_signatures')
      ? [`${branch} wants signed commits`]
      : []),
    ...(types.has('required_deployments') ? [`${branch} wants deployments before it takes a commit`] : []),
  ]
  const known = new Set([
    ...harmless,
    'update',
    'pull_request',
    'merge_queue',
    'required_signatures',
    'required_deployments',
    'required_status_checks',
    'required_linear_history',
  ])
  const unjudged = [...types].filter((type) => !known.has(type))
  const unseen = [
    ...(classic === null ? [`${branch} is protected, and how is not shown to this identity`] : []),
    ...unjudged.map((type) => `rule ${type} is judged by the forge at the push only`),
  ]
  const isLinear = types.has('required_linear_history') || classic?.required_linear_history?.enabled === true
  return {
    isProtected: summary.protected || rules.length > 0,
    push: permission(againstPush, unseen),
    // How protection is set in detail decides when a pull request merges, not whether one is a way.
    pullRequest: permission(locked, []),
    canBypass: againstPush.length > always.length ? canBypass(input) : null,
    requiredChecks: required,
    requiredReviews,
    needsUpToDateHead: classic?.required_status_checks?.strict === true || isStrict(rules),
    needsMergeQueue,
    mergeMethods: methodsWithin(rules, access.mergeMethods).filter(
      (method) => !isLinear || method !== 'merge',
    ),
    unjudged: [...(classic === null ? ['classic protection in detail'] : []), ...unjudged],
  }
}

function permission(against: readonly string[], unseen: readonly string[]): Permission {
  if (against.length > 0) return { allowed: 'no', because: against }
  return unseen.length > 0 ? { allowed: 'unknown', because: unseen } : { allowed: 'yes' }
}

function noAccess(branch: string, access: RulesInput['access']): readonly string[] {
  return [
    ...(access.isArchived ? ['the repository is archived'] : []),
    ...(access.canPush ? [] : [`this identity may not write, so neither ${branch} nor a branch beside it`]),
  ]
}

/** Null: not known for every set of rules. */
function canBypass(input: RulesInput): boolean | null {
  const rulesets = [...new Set(input.rules.map(({ ruleset_id }) => ruleset_id ?? -1))]
  const says = rulesets.map((id) => input.bypass.get(id))
  if (says.some((say) => say === 'never' || say === 'pull_requests_only')) return false
  if (input.classic === null || says.includes(undefined)) return null
  return !input.summary.protected || (input.access.isAdmin && input.classic.enforce_admins?.enabled === false)
}

function classicReviews(classic: ClassicProtection): number {
  return classic.required_pull_request_reviews?.required_approving_review_count ?? 0
}

function rulesetReviews(rules: RulesInput['rules']): number {
  return Math.max(
    0,
    ...parametersOf(rules, 'pull_request').map((one) => one.required_approving_review_count ?? 0),
  )
}

function isStrict(rules: RulesInput['rules']): boolean {
  return parametersOf(rules, 'required_status_checks').some(
    (one) => one.strict_required_status_checks_policy === true,
  )
}

function methodsWithin(rules: RulesInput['rules'], offered: readonly MergeMethod[]): readonly MergeMethod[] {
  return parametersOf(rules, 'pull_request').reduce<readonly MergeMethod[]>(
    (left, { allowed_merge_methods: allowed }) =>
      allowed === undefined ? left : left.filter((method) => allowed.includes(method)),
    offered,
  )
}
