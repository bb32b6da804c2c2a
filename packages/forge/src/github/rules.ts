import type { RepoAccess } from '../ports/identity.ts'
import type { BlockingItem } from '../ports/records.ts'
import type { BranchRules, MergeMethod } from '../ports/rules.ts'
import { type Reading, absent, present, unknown } from '../reading.ts'
import type { GithubClient } from './client.ts'
import { unknownFrom } from './failures.ts'
import { judgeRules } from './judge-rules.ts'
import type { Place } from './place.ts'
import { readActiveRules } from './required-checks.ts'

interface RepoSettings extends RepoAccess {
  readonly mergeMethods: readonly MergeMethod[]
}

export async function readAccess(client: GithubClient, place: Place): Promise<Reading<RepoSettings>> {
  const answer = await client.look(`reading ${place.owner}/${place.repo}`, (octokit) =>
    octokit.rest.repos.get({ ...place }),
  )
  // A repository that is hidden from us answers as one that is not there.
  if (answer.kind === 'absent') return absent
  if (answer.kind !== 'ok') return unknownFrom(answer)
  const { data } = answer
  const methods = {
    merge: data.allow_merge_commit ?? true,
    squash: data.allow_squash_merge ?? true,
    rebase: data.allow_rebase_merge ?? true,
  }
  return present({
    canRead: true,
    canPush: data.permissions?.push === true,
    isAdmin: data.permissions?.admin === true,
    isArchived: data.archived,
    defaultBranch: data.default_branch,
    mergeMethods: (['squash', 'merge', 'rebase'] as const).filter((method) => methods[method]),
  })
}

/** Classic protection and every active ruleset of one branch; a branch that is not there is absent. */
export async function readRules(
  client: GithubClient,
  place: Place,
  branch: string,
): Promise<Reading<BranchRules>> {
  const what = `reading the protection of ${branch} of ${place.owner}/${place.repo}`
  const access = await readAccess(client, place)
  if (access.state === 'absent')
    return unknown(`${what}: ${client.host} shows no such repository to this identity`)
  if (access.state === 'unknown') return access
  const [summary, rules] = await Promise.all([
    client.look(what, (octokit) => octokit.rest.repos.getBranch({ ...place, branch })),
    readActiveRules(client, place, { what, branch }),
  ])
  if (summary.kind === 'absent') return absent
  if (summary.kind !== 'ok') return unknownFrom(summary)
  if (rules.kind !== 'ok') return unknownFrom(rules)

  const isClassic = summary.data.protected && summary.data.protection.enabled !== false
  const classic = isClassic
    ? await client.look(what, (octokit) => octokit.rest.repos.getBranchProtection({ ...place, branch }))
    : null
  if (classic?.kind === 'silent' || classic?.kind === 'limited') return unknownFrom(classic)
  const bypass = new Map<number, string>()
  for (const id of new Set(rules.data.map(({ ruleset_id }) => ruleset_id ?? -1))) {
    const ruleset = await client.look(what, (octokit) =>
      octokit.rest.repos.getRepoRuleset({ ...place, ruleset_id: id, includes_parents: true }),
    )
    const says = ruleset.kind === 'ok' ? ruleset.data.current_user_can_bypass : undefined
    if (says !== undefined) bypass.set(id, says)
  }
  return present(
    judgeRules({
      branch,
      access: access.value,
      summary: { protected: isClassic, protection: summary.data.protection },
      classic: classic === null ? {} : classic.kind === 'ok' ? classic.data : null,
      rules: rules.data,
      bypass,
    }),
  )
}

/** Open issues and pull requests with the label. */
export async function readBlocking(
  client: GithubClient,
  place: Place,
  label: string,
): Promise<Reading<readonly BlockingItem[]>> {
  const what = `looking for ${label} in ${place.owner}/${place.repo}`
  const answer = await client.lookAll(what, (octokit, page) =>
    octokit.rest.issues.listForRepo({ ...place, ...page, labels: quotedLabel(label), state: 'open' }),
  )
  if (answer.kind !== 'ok') return unknownFrom(answer)
  return present(
    answer.data.map((item) => ({
      number: item.number,
      title: item.title,
      url: item.html_url,
      kind: item.pull_request === undefined ? ('issue' as const) : ('pull_request' as const),
    })),
  )
}

/** A comma separates labels in this parameter, and a quoted label may hold one. */
function quotedLabel(label: string): string {
  return label.includes(',') ? `"${label}"` : label
}
