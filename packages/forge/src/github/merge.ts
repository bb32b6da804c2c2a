import { ConductError, toCommitId } from '@conduct/core'
import type { MergeOutcome, MergePullRequest, PullRequest } from '../ports/pull-request.ts'
import type { GithubClient } from './client.ts'
import { type Failure, errorFrom } from './failures.ts'
import type { Place } from './place.ts'
import { readPullRequest } from './pull-requests.ts'

/** A base branch that moves under a merge, or a mergeability that is still worked out, is asked again. */
const undecidedTriesMax = 4
const undecidedWaitMs = 2_000
const mergeableStates = new Set(['clean', 'unstable', 'has_hooks', 'unknown'])

/**
 * Merges while the head stands where it was expected: the forge itself compares. Whatever comes instead of a plain
 * yes is settled by reading the pull request.
 *
 * @throws ConductError FORGE_UNREACHABLE  neither the merge nor the pull request afterwards gave an answer
 */
export async function mergePullRequest(
  client: GithubClient,
  place: Place,
  wanted: MergePullRequest,
): Promise<MergeOutcome> {
  const what = `merging pull request ${wanted.number} of ${place.owner}/${place.repo}`
  let said = ''
  for (let tries = 1; ; tries += 1) {
    const answer = await client.change(what, (octokit) =>
      octokit.rest.pulls.merge({
        ...place,
        pull_number: wanted.number,
        sha: wanted.expectedHead,
        merge_method: wanted.method,
        ...(wanted.title === undefined ? {} : { commit_title: wanted.title }),
      }),
    )
    if (answer.kind === 'ok' && answer.data.merged)
      return { outcome: 'merged', commit: toCommitId(answer.data.sha) }
    if (answer.kind === 'ok') said = answer.data.message
    else if (isSettledByReading(answer)) said = answer.said
    else throw errorFrom(answer)

    const now = await readBack(client, place, { number: wanted.number, said })
    const settled = settledOutcome(now, wanted.expectedHead)
    if (settled !== null) return settled
    const isUndecided = mergeableStates.has(now.mergeState)
    if (!isUndecided || tries >= undecidedTriesMax) {
      if (answer.kind === 'silent') throw errorFrom(answer)
      return { outcome: 'blocked', mergeState: now.mergeState, said }
    }
    await client.clock.sleep(undecidedWaitMs, client.signal)
  }
}

/** 405: conditions are not met; 409: the head is another; 422: cannot be merged like this. */
function isSettledByReading(failure: Failure): boolean {
  return failure.kind === 'silent' || (failure.kind === 'refused' && [405, 409, 422].includes(failure.status))
}

export function settledOutcome(now: PullRequest, expectedHead: string): MergeOutcome | null {
  if (now.state === 'merged' && now.mergeCommit !== null && now.head === expectedHead) {
    return { outcome: 'merged', commit: now.mergeCommit }
  }
  if (now.head !== expectedHead) return { outcome: 'head_moved', head: now.head }
  return now.state === 'closed' ? { outcome: 'closed' } : null
}

export async function readBack(
  client: GithubClient,
  place: Place,
  asked: { readonly number: number; readonly said: string },
): Promise<PullRequest> {
  const now = await readPullRequest(client, place, asked.number)
  if (now.state === 'present') return now.value
  throw new ConductError(
    'FORGE_UNREACHABLE',
    now.state === 'unknown'
      ? `${asked.said}; ${now.reason}`
      : `${asked.said}; it is not shown to us any more`,
  )
}
