import type { WorkItem, WriteWorkItem } from '../ports/work-item.ts'
import { absent, present, type Reading } from '../reading.ts'
import type { GithubClient } from './client.ts'
import { errorFrom, unknownFrom } from './failures.ts'
import type { Place } from './place.ts'

interface RawIssue {
  readonly number: number
  readonly html_url: string
  readonly title: string
  readonly created_at: string
  readonly state: string
  readonly state_reason?: string | null
  readonly labels: readonly (string | { readonly name?: string | null })[]
  readonly user: { readonly login: string } | null
  readonly pull_request?: object
}

/** Absent: there is none of that number, or it is a pull request. */
export async function readWorkItem(
  client: GithubClient,
  place: Place,
  number: number,
): Promise<Reading<WorkItem>> {
  const answer = await client.look<RawIssue>(whatOf(place, `issue ${number}`), (octokit) =>
    octokit.rest.issues.get({ ...place, issue_number: number }),
  )
  if (answer.kind === 'absent') return absent
  if (answer.kind !== 'ok') return unknownFrom(answer)
  return answer.data.pull_request === undefined ? present(toWorkItem(answer.data)) : absent
}

/** Those that are open, pull requests left out. */
export async function readOpenWorkItems(
  client: GithubClient,
  place: Place,
): Promise<Reading<readonly WorkItem[]>> {
  const answer = await client.lookAll<RawIssue>(whatOf(place, 'open issues'), (octokit, page) =>
    octokit.rest.issues.listForRepo({ ...place, ...page, state: 'open' }),
  )
  if (answer.kind !== 'ok') return unknownFrom(answer)
  return present(answer.data.filter((issue) => issue.pull_request === undefined).map(toWorkItem))
}

/** What came of it is what the forge says afterwards; after silence it is read again. */
export async function writeWorkItem(
  client: GithubClient,
  place: Place,
  { number, labels, state }: WriteWorkItem,
): Promise<WorkItem> {
  const what = `writing issue ${number} of ${place.owner}/${place.repo}`
  const closed = state === 'completed' ? 'completed' : 'not_planned'
  const answer = await client.change<RawIssue>(what, (octokit) =>
    octokit.rest.issues.update({
      ...place,
      issue_number: number,
      labels: [...labels],
      ...(state === 'open' ? { state: 'open' } : { state: 'closed', state_reason: closed }),
    }),
  )
  if (answer.kind === 'ok') return toWorkItem(answer.data)
  if (answer.kind === 'silent') {
    const after = await readWorkItem(client, place, number)
    const isWritten =
      after.state === 'present' &&
      after.value.state === state &&
      after.value.labels.toSorted().join('\n') === [...labels].toSorted().join('\n')
    if (isWritten) return after.value
  }
  throw errorFrom(answer)
}

function whatOf({ owner, repo }: Place, what: string): string {
  return `reading ${what} of ${owner}/${repo}`
}

function toWorkItem(raw: RawIssue): WorkItem {
  const isDropped = raw.state_reason === 'not_planned' || raw.state_reason === 'duplicate'
  return {
    number: raw.number,
    url: raw.html_url,
    title: raw.title,
    labels: raw.labels.flatMap((label) => (typeof label === 'string' ? label : (label.name ?? []))),
    state: raw.state === 'open' ? 'open' : isDropped ? 'dropped' : 'completed',
    at: raw.created_at,
    author: raw.user?.login ?? null,
  }
}
