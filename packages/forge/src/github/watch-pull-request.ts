import type { PullRequest, PullRequestWatch, WatchPullRequest } from '../ports/pull-request.ts'
import type { Reading } from '../reading.ts'
import type { GithubClient } from './client.ts'
import { readQueueEntry } from './merge-queue.ts'
import type { Place } from './place.ts'
import { readPullRequest } from './pull-requests.ts'
import { watch } from './watch.ts'

/** One look between a queue letting go and the merge showing says nothing yet. */
const outOfQueueLooksMax = 3

interface Seen {
  readonly pullRequest: Reading<PullRequest>
  readonly hasLeftQueue: boolean
}

/** Watches by asking; the failure of one look, or of the last, is no verdict about the pull request. */
export async function watchPullRequest(
  client: GithubClient,
  place: Place,
  options: WatchPullRequest,
): Promise<PullRequestWatch> {
  let wasQueued = false
  let looksOutside = 0
  const look = async (): Promise<Seen> => {
    options.beforeLook?.()
    const pullRequest = await readPullRequest(client, place, options.number)
    if (options.until === 'ready' || pullRequest.state !== 'present' || pullRequest.value.state !== 'open') {
      return { pullRequest, hasLeftQueue: false }
    }
    const entry = await readQueueEntry(client, pullRequest.value.nodeId)
    if (entry.state === 'present') wasQueued = true
    looksOutside = wasQueued && entry.state === 'absent' ? looksOutside + 1 : 0
    return { pullRequest, hasLeftQueue: looksOutside >= outOfQueueLooksMax }
  }
  const { last } = await watch(client, {
    withinMs: options.withinMs,
    look,
    isSettled: (seen) => outcomeOf(seen, options) !== null,
  })
  const settled = outcomeOf(last, options)
  if (settled !== null) return settled
  if (last.pullRequest.state === 'unknown') return { outcome: 'unknown', reason: last.pullRequest.reason }
  if (last.pullRequest.state === 'absent') {
    return { outcome: 'unknown', reason: `pull request ${options.number} is not shown to us` }
  }
  const waitingFor = wasQueued ? 'its turn in the merge queue' : last.pullRequest.value.waitsFor
  return { outcome: 'waiting', waitingFor: waitingFor ?? 'somebody to merge it' }
}

function outcomeOf(seen: Seen, options: WatchPullRequest): PullRequestWatch | null {
  if (seen.pullRequest.state !== 'present') return null
  const now = seen.pullRequest.value
  if (now.head !== options.expectedHead) return { outcome: 'head_moved', head: now.head }
  if (now.state === 'merged')
    return now.mergeCommit === null ? null : { outcome: 'merged', commit: now.mergeCommit }
  if (now.state === 'closed') return { outcome: 'closed' }
  if (seen.hasLeftQueue) return { outcome: 'left_queue' }
  return options.until === 'ready' && now.waitsFor === null ? { outcome: 'ready' } : null
}
