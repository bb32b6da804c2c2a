import type { PullRequestFromElsewhere } from '../ports/pull-request.ts'
import { type Reading, present } from '../reading.ts'
import type { GithubClient } from './client.ts'
import { unknownFrom } from './failures.ts'
import type { Place } from './place.ts'

/** Those of branches here are found among the branches; a fork that is gone has left its commits behind. */
export async function readPullRequestsFromElsewhere(
  client: GithubClient,
  place: Place,
): Promise<Reading<readonly PullRequestFromElsewhere[]>> {
  const what = `listing open pull requests of ${place.owner}/${place.repo}`
  const answer = await client.lookAll(what, (octokit, page) =>
    octokit.rest.pulls.list({ ...place, ...page, state: 'open' }),
  )
  if (answer.kind !== 'ok') return unknownFrom(answer)
  const here = `${place.owner}/${place.repo}`.toLowerCase()
  return present(
    answer.data
      // GitHub says null of a fork that was deleted, whatever its schema says.
      .filter(({ head }) => (head.repo as { full_name: string } | null)?.full_name.toLowerCase() !== here)
      .map((pull) => ({
        number: pull.number,
        url: pull.html_url,
        label: pull.head.label,
        headRef: `refs/pull/${pull.number}/head`,
        updatedAt: pull.updated_at,
      })),
  )
}
