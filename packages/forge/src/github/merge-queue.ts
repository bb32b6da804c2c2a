import type { MergeOutcome, MergePullRequest } from '../ports/pull-request.ts'
import { type Reading, absent, present } from '../reading.ts'
import type { GithubClient } from './client.ts'
import { errorFrom, unknownFrom } from './failures.ts'
import { readBack, settledOutcome } from './merge.ts'
import type { Place } from './place.ts'
import { readPullRequest } from './pull-requests.ts'

/** The queue exists in GraphQL only. */
const readEntry = `query ($id: ID!) {
  node(id: $id) { ... on PullRequest { mergeQueueEntry { position state } } }
}`
const enqueue = `mutation ($id: ID!, $head: GitObjectID!) {
  enqueuePullRequest(input: {pullRequestId: $id, expectedHeadOid: $head}) { mergeQueueEntry { position state } }
}`

export interface QueueEntry {
  readonly position: number | null
  readonly state: string
}

interface EntryAnswer {
  readonly node: { readonly mergeQueueEntry?: QueueEntry | null } | null
}

export async function readQueueEntry(client: GithubClient, nodeId: string): Promise<Reading<QueueEntry>> {
  const answer = await client.graphql<EntryAnswer>('reading the merge queue', readEntry, { id: nodeId })
  if (answer.kind !== 'ok') return unknownFrom(answer)
  const entry = answer.data.node?.mergeQueueEntry ?? null
  return entry === null ? absent : present(entry)
}

/**
 * Puts a pull request into the queue of its base branch, while its head stands where it was expected. One that is
 * already in it, or merged, stays as it is.
 *
 * @throws ConductError FORGE_UNREACHABLE, FORGE_REFUSED (no queue, not ours to enqueue), FORGE_LIMITED
 */
export async function enqueuePullRequest(
  client: GithubClient,
  place: Place,
  wanted: Omit<MergePullRequest, 'method' | 'title'>,
): Promise<MergeOutcome> {
  const what = `queueing pull request ${wanted.number} of ${place.owner}/${place.repo}`
  const before = await readBack(client, place, { number: wanted.number, said: what })
  const settled = settledOutcome(before, wanted.expectedHead)
  if (settled !== null) return settled
  const entry = await readQueueEntry(client, before.nodeId)
  if (entry.state === 'present') return { outcome: 'queued', position: entry.value.position }

  const answer = await client.graphqlChange<{
    readonly enqueuePullRequest: { readonly mergeQueueEntry: QueueEntry | null }
  }>(what, enqueue, { id: before.nodeId, head: wanted.expectedHead })
  if (answer.kind === 'ok') {
    return { outcome: 'queued', position: answer.data.enqueuePullRequest.mergeQueueEntry?.position ?? null }
  }
  const now = await readPullRequest(client, place, wanted.number)
  const after = now.state === 'present' ? settledOutcome(now.value, wanted.expectedHead) : null
  if (after !== null) return after
  const queued = await readQueueEntry(client, before.nodeId)
  if (queued.state === 'present') return { outcome: 'queued', position: queued.value.position }
  if (answer.kind === 'refused' && answer.status === 422 && now.state === 'present') {
    return { outcome: 'blocked', mergeState: now.value.mergeState, said: answer.said }
  }
  throw errorFrom(answer)
}
