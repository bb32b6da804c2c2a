import { ConductError, toCommitId } from '@conduct/core'
import type { OpenOutcome, OpenPullRequest, PullRequest, PullRequestIdentity } from '../ports/pull-request.ts'
import { type Reading, absent, mapReading, present } from '../reading.ts'
import type { GithubClient } from './client.ts'
import { errorFrom, unknownFrom } from './failures.ts'
import type { Place } from './place.ts'
import { waitsFor } from './waits-for.ts'

/** What both forms of a pull request, listed and single, say. */
interface RawPull {
  readonly number: number
  readonly html_url: string
  readonly state: string
  readonly merged_at: string | null
  readonly merge_commit_sha?: string | null
  readonly body?: string | null
  readonly base: { readonly ref: string }
  readonly head: { readonly ref: string; readonly sha: string }
  readonly user: { readonly login: string } | null
  readonly node_id: string
  readonly mergeable?: boolean | null
  readonly mergeable_state?: string
}

export async function readPullRequest(
  client: GithubClient,
  place: Place,
  number: number,
): Promise<Reading<PullRequest>> {
  const what = `reading pull request ${number} of ${place.owner}/${place.repo}`
  const answer = await client.look(what, (octokit) =>
    octokit.rest.pulls.get({ ...place, pull_number: number }),
  )
  if (answer.kind === 'absent') return absent
  return answer.kind === 'ok' ? present(toPullRequest(answer.data)) : unknownFrom(answer)
}

/** Ours by head branch and marker: the open one, else the newest that was merged or closed. */
export async function findPullRequest(
  client: GithubClient,
  place: Place,
  identity: PullRequestIdentity,
): Promise<Reading<PullRequest>> {
  const pulls = await listPulls(client, place, identity)
  if (pulls.state !== 'present') return pulls
  const ours = pulls.value.filter((pull) => hasMarker(pull, identity.marker))
  const best = ours.find(({ state }) => state === 'open') ?? ours.toSorted((a, b) => b.number - a.number)[0]
  return best === undefined ? absent : present(toPullRequest(best))
}

/**
 * Finds ours, or opens it: looked for before, and after a request whose outcome nobody saw.
 *
 * @throws ConductError FORGE_UNREACHABLE, FORGE_REFUSED (no such branch, nothing between the two), FORGE_LIMITED
 */
export async function openPullRequest(
  client: GithubClient,
  place: Place,
  wanted: OpenPullRequest,
): Promise<OpenOutcome> {
  requireMarker(wanted)
  const before = await existing(client, place, wanted)
  if (before !== null) return before
  const what = `opening a pull request from ${wanted.headBranch} in ${place.owner}/${place.repo}`
  const answer = await client.change(what, (octokit) =>
    octokit.rest.pulls.create({
      ...place,
      base: wanted.base,
      head: wanted.headBranch,
      title: wanted.title,
      body: `${wanted.body}\n\n${wanted.marker}\n`,
      maintainer_can_modify: false,
    }),
  )
  if (answer.kind === 'ok') return settle(toPullRequest(answer.data), 'opened', wanted)
  // 422 is also how a pull request that somebody opened a moment ago is reported.
  if (answer.kind === 'silent' || (answer.kind === 'refused' && answer.status === 422)) {
    const after = await existing(client, place, wanted)
    if (after !== null) return after
  }
  throw errorFrom(answer)
}

export async function closePullRequest(client: GithubClient, place: Place, number: number): Promise<void> {
  const what = `closing pull request ${number} of ${place.owner}/${place.repo}`
  const answer = await client.change(what, (octokit) =>
    octokit.rest.pulls.update({ ...place, pull_number: number, state: 'closed' }),
  )
  if (answer.kind !== 'ok') throw errorFrom(answer)
}

async function existing(
  client: GithubClient,
  place: Place,
  wanted: OpenPullRequest,
): Promise<OpenOutcome | null> {
  const pulls = await listPulls(client, place, wanted)
  if (pulls.state === 'unknown') throw new ConductError('FORGE_UNREACHABLE', pulls.reason)
  if (pulls.state === 'absent') return null
  const ours = pulls.value.filter((pull) => hasMarker(pull, wanted.marker))
  const open = ours.find(({ state }) => state === 'open')
  if (open !== undefined) return settle(toPullRequest(open), 'found', wanted)
  const foreign = pulls.value.find(({ state }) => state === 'open')
  if (foreign !== undefined) return { outcome: 'foreign', url: foreign.html_url }
  // One that ended with this very commit is the answer to this very question; older ones had another.
  const ended = ours.find(({ head }) => head.sha === wanted.head)
  if (ended === undefined) return null
  const pullRequest = toPullRequest(ended)
  return { outcome: pullRequest.state === 'merged' ? 'found' : 'closed', pullRequest }
}

function settle(pullRequest: PullRequest, outcome: 'opened' | 'found', wanted: OpenPullRequest): OpenOutcome {
  return pullRequest.head === wanted.head ? { outcome, pullRequest } : { outcome: 'head_moved', pullRequest }
}

async function listPulls(
  client: GithubClient,
  place: Place,
  { base, headBranch }: Pick<PullRequestIdentity, 'base' | 'headBranch'>,
): Promise<Reading<readonly RawPull[]>> {
  const what = `looking for pull requests from ${headBranch} in ${place.owner}/${place.repo}`
  const answer = await client.lookAll(what, (octokit, page) =>
    octokit.rest.pulls.list({ ...place, ...page, state: 'all', base, head: `${place.owner}:${headBranch}` }),
  )
  if (answer.kind !== 'ok') return unknownFrom(answer)
  // A server that does not know the filter answers with everything.
  return mapReading(present(answer.data), (pulls) =>
    pulls.filter((pull) => pull.head.ref === headBranch && pull.base.ref === base),
  )
}

function hasMarker(pull: RawPull, marker: string): boolean {
  return (pull.body ?? '').split(/\r?\n/).some((line) => line.trim() === marker)
}

function requireMarker({ marker }: OpenPullRequest): void {
  if (marker.trim() !== marker || marker.length < 8 || /[\r\n]/.test(marker)) {
    throw new Error(
      `invariant broken: a marker is one line of at least 8 characters: ${JSON.stringify(marker)}`,
    )
  }
}

export function toPullRequest(raw: RawPull): PullRequest {
  const isMerged = raw.merged_at !== null
  return {
    number: raw.number,
    url: raw.html_url,
    state: isMerged ? 'merged' : raw.state === 'open' ? 'open' : 'closed',
    base: raw.base.ref,
    headBranch: raw.head.ref,
    head: toCommitId(raw.head.sha),
    // Until it is merged, this field names a trial merge.
    mergeCommit: isMerged && raw.merge_commit_sha ? toCommitId(raw.merge_commit_sha) : null,
    author: raw.user?.login ?? null,
    isMergeable: raw.mergeable ?? null,
    mergeState: raw.mergeable_state ?? 'unknown',
    waitsFor:
      isMerged || raw.state !== 'open' ? null : waitsFor(raw.mergeable_state ?? 'unknown', raw.base.ref),
    nodeId: raw.node_id,
  }
}
