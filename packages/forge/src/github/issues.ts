import { toCommitId } from '@conduct/core'
import type { AddComment, OpenIssue, Request, Thread } from '../ports/issue.ts'
import { type Reading, absent, present } from '../reading.ts'
import type { GithubClient } from './client.ts'
import { errorFrom, unknownFrom } from './failures.ts'
import type { Place } from './place.ts'

/** Issues looked through for a marker, newest first; older ones would be of a plan that is long over. */
const issuesLookedMax = 300
const pageSize = 100

interface RawIssue {
  readonly number: number
  readonly html_url: string
  readonly created_at: string
  readonly state: string
  readonly body?: string | null
  readonly pull_request?: object
}

interface RawComment {
  readonly html_url: string
  readonly created_at: string
  readonly body?: string
}

/** The newest issue that carries the marker, open or closed. */
export async function findIssue(
  client: GithubClient,
  place: Place,
  marker: string,
): Promise<Reading<Thread>> {
  const what = `looking for an issue of ${place.owner}/${place.repo}`
  for (let page = 1; page <= issuesLookedMax / pageSize; page += 1) {
    const answer = await client.look<readonly RawIssue[]>(what, (octokit) =>
      octokit.rest.issues.listForRepo({
        ...place,
        state: 'all',
        sort: 'created',
        direction: 'desc',
        per_page: pageSize,
        page,
      }),
    )
    if (answer.kind !== 'ok') return unknownFrom(answer)
    const ours = answer.data.find(({ body }) => body?.includes(marker) === true)
    if (ours !== undefined) return present(toThread(ours, null))
    if (answer.data.length < pageSize) break
  }
  return absent
}

/** The issue that carries the marker, or a new one. */
export async function openIssue(client: GithubClient, place: Place, wanted: OpenIssue): Promise<Thread> {
  const what = `opening an issue of ${place.owner}/${place.repo}`
  const before = await findIssue(client, place, wanted.marker)
  if (before.state === 'present') return before.value
  const answer = await client.change<RawIssue>(what, (octokit) =>
    octokit.rest.issues.create({
      ...place,
      title: wanted.title,
      body: `${wanted.body}\n\n${wanted.marker}\n`,
    }),
  )
  if (answer.kind === 'ok') return toThread(answer.data, null)
  const after = answer.kind === 'silent' ? await findIssue(client, place, wanted.marker) : absent
  if (after.state === 'present') return after.value
  throw errorFrom(answer)
}

/** An issue or a pull request by its number; a pull request with the head it has now. */
export async function readThread(
  client: GithubClient,
  place: Place,
  number: number,
): Promise<Reading<Thread>> {
  const what = `reading ${number} of ${place.owner}/${place.repo}`
  const answer = await client.look<RawIssue>(what, (octokit) =>
    octokit.rest.issues.get({ ...place, issue_number: number }),
  )
  if (answer.kind === 'absent') return absent
  if (answer.kind !== 'ok') return unknownFrom(answer)
  if (answer.data.pull_request === undefined) return present(toThread(answer.data, null))
  const pull = await client.look(what, (octokit) => octokit.rest.pulls.get({ ...place, pull_number: number }))
  if (pull.kind !== 'ok') return unknownFrom(pull)
  return present(toThread(answer.data, pull.data.head.sha))
}

export async function findComment(
  client: GithubClient,
  place: Place,
  wanted: Pick<AddComment, 'number' | 'marker'>,
): Promise<Reading<Request>> {
  const { number, marker } = wanted
  const what = `reading what was said on ${number} of ${place.owner}/${place.repo}`
  const comments = await client.lookAll<RawComment>(what, (octokit, page) =>
    octokit.rest.issues.listComments({ ...place, ...page, issue_number: number }),
  )
  if (comments.kind !== 'ok') return unknownFrom(comments)
  const ours = comments.data.find(({ body }) => body?.includes(marker) === true)
  return ours === undefined ? absent : present(toRequest(ours))
}

/** The comment that carries the marker, or a new one. */
export async function addComment(client: GithubClient, place: Place, wanted: AddComment): Promise<Request> {
  const { number, marker, body } = wanted
  const before = await findComment(client, place, wanted)
  if (before.state === 'present') return before.value
  const what = `commenting on ${number} of ${place.owner}/${place.repo}`
  const answer = await client.change<RawComment>(what, (octokit) =>
    octokit.rest.issues.createComment({ ...place, issue_number: number, body: `${body}\n\n${marker}\n` }),
  )
  if (answer.kind === 'ok') return toRequest(answer.data)
  const after = answer.kind === 'silent' ? await findComment(client, place, wanted) : absent
  if (after.state === 'present') return after.value
  throw errorFrom(answer)
}

/** Closing one that is closed changes nothing. */
export async function closeIssue(client: GithubClient, place: Place, number: number): Promise<void> {
  const what = `closing ${number} of ${place.owner}/${place.repo}`
  const answer = await client.change<RawIssue>(what, (octokit) =>
    octokit.rest.issues.update({ ...place, issue_number: number, state: 'closed' }),
  )
  if (answer.kind !== 'ok') throw errorFrom(answer)
}

function toThread(raw: RawIssue, head: string | null): Thread {
  return {
    number: raw.number,
    kind: raw.pull_request === undefined ? 'issue' : 'pull_request',
    url: raw.html_url,
    at: raw.created_at,
    isOpen: raw.state === 'open',
    head: head === null ? null : toCommitId(head),
  }
}

function toRequest({ html_url: url, created_at: at }: RawComment): Request {
  return { url, at }
}
