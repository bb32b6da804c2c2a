import type { CommitId } from '@conduct/core'
import type { AwaitedVerdict, CommitVerdict, Judgeable, Report } from '../ports/verdict.ts'
import { ownStatusPrefix } from '../ports/records.ts'
import type { GithubClient, Answer } from './client.ts'
import { type Failure, unknownFrom } from './failures.ts'
import { checkRunState, judgeVerdict, statusState } from './judge-verdict.ts'
import { readRequiredChecks } from './required-checks.ts'
import type { Place } from './place.ts'
import { watch } from './watch.ts'

/** How far back the history of a branch is asked whether anything ever judged it. */
const judgedCommitsMax = 5

interface VerdictOptions {
  readonly commit: CommitId
  readonly branch: string
}

/** Check runs and statuses of exactly this commit, against what the branch requires. */
export async function readVerdict(
  client: GithubClient,
  place: Place,
  options: VerdictOptions,
): Promise<CommitVerdict> {
  const [reports, required] = await Promise.all([
    readReports(client, place, options.commit),
    readRequiredChecks(client, place, options.branch),
  ])
  if (reports.kind !== 'ok') return withoutVerdict(reports)
  if (required.kind !== 'ok') return withoutVerdict(required)
  const judgeable =
    reports.data.length > 0
      ? ({ can: 'yes', because: 'it has reports' } as const)
      : await readJudgeable(client, place, { ...options, required: required.data.map(({ name }) => name) })
  return judgeVerdict({ commit: options.commit, reports: reports.data, required: required.data, judgeable })
}

export async function awaitVerdict(
  client: GithubClient,
  place: Place,
  options: VerdictOptions & { readonly withinMs: number },
): Promise<AwaitedVerdict> {
  const { last, isLate } = await watch(client, {
    withinMs: options.withinMs,
    look: () => readVerdict(client, place, options),
    isSettled: ({ verdict }) => verdict === 'green' || verdict === 'red',
  })
  return { ...last, isLate }
}

async function readReports(
  client: GithubClient,
  place: Place,
  commit: CommitId,
): Promise<Answer<readonly Report[]>> {
  const what = `reading the checks of ${place.owner}/${place.repo} at ${commit.slice(0, 7)}`
  let announced = 0
  const runs = await client.lookAll(what, async (octokit, page) => {
    const response = await octokit.rest.checks.listForRef({
      ...place,
      ...page,
      ref: commit,
      filter: 'latest',
    })
    announced = response.data.total_count
    return { ...response, data: response.data.check_runs }
  })
  if (runs.kind !== 'ok') return runs
  const statuses = await client.lookAll(what, async (octokit, page) => {
    const response = await octokit.rest.repos.getCombinedStatusForRef({ ...place, ...page, ref: commit })
    return { ...response, data: response.data.statuses }
  })
  if (statuses.kind !== 'ok') return statuses
  if (runs.data.length < announced) {
    return { kind: 'silent', said: `${what}: ${runs.data.length} of ${announced} check runs were shown` }
  }
  const strange = runs.data.find(({ head_sha }) => head_sha !== commit)
  if (strange !== undefined) {
    return { kind: 'silent', said: `${what}: ${strange.name} is about ${strange.head_sha.slice(0, 7)}` }
  }
  return {
    ...statuses,
    data: [
      ...runs.data.map((run) => ({
        name: run.name,
        kind: 'check_run' as const,
        ...checkRunState(run.status, run.conclusion),
        url: run.html_url,
        appId: run.app?.id ?? null,
      })),
      ...statuses.data.filter(isVerdict).map((status) => ({
        name: status.context,
        kind: 'status' as const,
        ...statusState(status.state),
        url: status.target_url,
        appId: null,
      })),
    ],
  }
}

/** What runs of our own noted is no verdict of CI. */
function isVerdict({ context }: { readonly context: string }): boolean {
  return !context.startsWith(ownStatusPrefix)
}

/** Nothing has reported: could anything, ever? */
async function readJudgeable(
  client: GithubClient,
  place: Place,
  options: VerdictOptions & { readonly required: readonly string[] },
): Promise<Judgeable> {
  if (options.required.length > 0) {
    return { can: 'yes', because: `${options.required.join(', ')} must report on ${options.branch}` }
  }
  const what = `asking what judges ${options.branch} of ${place.owner}/${place.repo}`
  const commits = await client.look(what, (octokit) =>
    octokit.rest.repos.listCommits({ ...place, sha: options.branch, per_page: judgedCommitsMax }),
  )
  if (commits.kind !== 'ok') return { can: 'unknown', because: commits.said }
  for (const { sha } of commits.data) {
    if (sha === options.commit) continue
    const reports = await readReports(client, place, sha as CommitId)
    if (reports.kind !== 'ok') return { can: 'unknown', because: reports.said }
    const [first] = reports.data
    if (first !== undefined)
      return { can: 'yes', because: `${first.name} judged ${sha.slice(0, 7)} before it` }
  }
  const workflows = await client.look(what, (octokit) =>
    octokit.rest.actions.listRepoWorkflows({ ...place, per_page: 100 }),
  )
  if (workflows.kind !== 'ok') return { can: 'unknown', because: workflows.said }
  const active = workflows.data.workflows.filter(({ state }) => state === 'active').length
  return active > 0
    ? {
        can: 'unknown',
        because: `${active} workflows are active, and none has judged the last ${judgedCommitsMax} commits`,
      }
    : {
        can: 'no',
        because: `no check is required, no workflow is active, and nothing judged the last ${judgedCommitsMax} commits`,
      }
}

function withoutVerdict(failure: Failure): CommitVerdict {
  const { reason, isRetryable } = unknownFrom(failure)
  return { verdict: 'unknown', reason, isRetryable }
}
