import type { WriteComment, WrittenComment } from '../ports/issue.ts'
import type { Reading } from '../reading.ts'
import type { GithubClient } from './client.ts'
import { errorFrom } from './failures.ts'
import type { Place } from './place.ts'

interface RawComment {
  readonly id: number
  readonly html_url: string
  readonly body?: string
  readonly user?: { readonly login: string; readonly type?: string } | null
}

/**
 * The one comment with this marker says what it says now: written anew, changed, or left as it is. Only a comment of our own is
 * taken for it: whoever wrote another may put any words, and any marker, into it later.
 *
 * @throws ConductError FORGE_REFUSED (a token that may not), FORGE_CREDENTIALS, FORGE_LIMITED, FORGE_UNREACHABLE
 */
export async function writeComment(
  client: GithubClient,
  place: Place,
  wanted: WriteComment & { readonly ownLogin: () => Promise<Reading<{ readonly login: string }>> },
): Promise<WrittenComment> {
  const { number, marker } = wanted
  const what = `commenting on ${number} of ${place.owner}/${place.repo}`
  const body = `${wanted.body}\n\n${marker}\n`
  const ours = await findOurs(client, place, wanted)
  if (ours !== undefined) {
    if (ours.body === body) return { outcome: 'unchanged', url: ours.html_url }
    const answer = await client.change<RawComment>(what, (octokit) =>
      octokit.rest.issues.updateComment({ ...place, comment_id: ours.id, body }),
    )
    if (answer.kind !== 'ok') throw errorFrom(answer)
    return { outcome: 'updated', url: answer.data.html_url }
  }
  if (!wanted.isNewWanted) return { outcome: 'none', url: null }
  const answer = await client.change<RawComment>(what, (octokit) =>
    octokit.rest.issues.createComment({ ...place, issue_number: number, body }),
  )
  if (answer.kind === 'ok') return { outcome: 'created', url: answer.data.html_url }
  const after = answer.kind === 'silent' ? await findOurs(client, place, wanted) : undefined
  if (after?.body === body) return { outcome: 'created', url: after.html_url }
  throw errorFrom(answer)
}

/** The oldest, where two jobs at once wrote one each. */
async function findOurs(
  client: GithubClient,
  place: Place,
  { number, marker, ownLogin }: Parameters<typeof writeComment>[2],
): Promise<RawComment | undefined> {
  const what = `reading what was said on ${number} of ${place.owner}/${place.repo}`
  const comments = await client.lookAll<RawComment>(what, (octokit, page) =>
    octokit.rest.issues.listComments({ ...place, ...page, issue_number: number }),
  )
  if (comments.kind !== 'ok') throw errorFrom(comments)
  const marked = comments.data.filter(({ body }) => body?.includes(marker) === true)
  if (marked.length === 0) return undefined
  const self = await ownLogin()
  return marked.find(({ user }) =>
    self.state === 'present' ? user?.login === self.value.login : user?.type === 'Bot',
  )
}
