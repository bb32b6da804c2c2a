import type { MergeMethod } from '../ports/rules.ts'
import type { RequiredCheck } from '../ports/verdict.ts'
import type { Answer, GithubClient } from './client.ts'
import type { Place } from './place.ts'

/** Of classic protection and of rulesets together, readable by whoever may read the repository. */
export async function readRequiredChecks(
  client: GithubClient,
  place: Place,
  branch: string,
): Promise<Answer<readonly RequiredCheck[]>> {
  const what = `reading what ${branch} of ${place.owner}/${place.repo} requires`
  const [classic, rules] = await Promise.all([
    client.look(what, (octokit) => octokit.rest.repos.getBranch({ ...place, branch })),
    readActiveRules(client, place, { what, branch }),
  ])
  if (classic.kind !== 'ok') return classic
  if (rules.kind !== 'ok') return rules
  return { ...rules, data: requiredChecks(classic.data.protection, rules.data) }
}

interface ClassicChecks {
  readonly required_status_checks?: {
    readonly contexts: readonly string[]
    readonly checks?: readonly { readonly context: string; readonly app_id: number | null }[]
  }
}

/** How GitHub says, with a 403, that the plan of a private repository has no rulesets at all; nothing enforces any. */
const planWithoutRules = /\bupgrade to github\b/i

/** Of every active ruleset, the repository's own and those above it. */
export async function readActiveRules(
  client: GithubClient,
  place: Place,
  { what, branch }: { readonly what: string; readonly branch: string },
): Promise<Answer<readonly (BranchRule & { readonly ruleset_id?: number })[]>> {
  const rules = await client.lookAll(what, (octokit, page) =>
    octokit.rest.repos.getBranchRules({ ...place, ...page, branch }),
  )
  // Only words tell this refusal from one of our identity.
  const hasNone = rules.kind === 'refused' && rules.status === 403 && planWithoutRules.test(rules.said)
  return hasNone ? { kind: 'ok', data: [], headers: {} } : rules
}

/** Of a rule's parameters, those that are read; each type of rule has some of them. */
export interface RuleParameters {
  readonly required_status_checks?: readonly {
    readonly context: string
    readonly integration_id?: number
  }[]
  readonly strict_required_status_checks_policy?: boolean
  readonly required_approving_review_count?: number
  readonly allowed_merge_methods?: readonly MergeMethod[]
}

export interface BranchRule {
  readonly type?: string
  readonly parameters?: object
}

export function parametersOf(rules: readonly BranchRule[], type: string): readonly RuleParameters[] {
  return rules.filter((rule) => rule.type === type).map(({ parameters }) => parameters ?? {})
}

export function requiredChecks(
  classic: ClassicChecks,
  rules: readonly BranchRule[],
): readonly RequiredCheck[] {
  const { contexts = [], checks = [] } = classic.required_status_checks ?? {}
  const named = new Map<string, RequiredCheck>()
  const add = (name: string, appId: number | null | undefined) => {
    // -1 is GitHub's way of saying "any app".
    const wanted = appId === undefined || appId === -1 ? null : appId
    const known = named.get(name)
    if (known === undefined || known.appId === null) named.set(name, { name, appId: wanted })
  }
  for (const { context, app_id } of checks) add(context, app_id)
  for (const context of contexts) add(context, null)
  for (const { required_status_checks: wanted = [] } of parametersOf(rules, 'required_status_checks')) {
    for (const { context, integration_id } of wanted) add(context, integration_id)
  }
  return [...named.values()]
}
