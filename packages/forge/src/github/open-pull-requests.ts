import type { OfferedPullRequest } from '../ports/pull-request.ts'
import { type Reading, present } from '../reading.ts'
import type { GithubClient } from './client.ts'
import { unknownFrom } from './failures.ts'
import type { Place } from './place.ts'

/** Open ones from branches of this repository whose name begins so. */
export async function readOpenPullRequests(
  client: GithubClient,
  place: Place,
  headPrefix: string,
): Promise<Reading<readonly OfferedPullRequest[]>> {
  const what = `listing open pull requests of ${place.owner}/${place.repo}`
  const answer = await client.lookAll(what, (octokit, page) =>
    octokit.rest.pulls.list({ ...place, ...page, state: 'open' }),
  )
  if (answer.kind !== 'ok') return unknownFrom(answer)
  const label = `${place.owner}:${headPrefix}`.toLowerCase()
  return present(
    answer.data
      .filter(({ head }) => head.label.toLowerCase().startsWith(label))
      .map(({ number, html_url: url, title, head, base }) => ({
        number,
        url,
        title,
        headBranch: head.ref,
        base: base.ref,
      })),
  )
}
