import type { AmendRelease, CreateRelease, Release, ReleaseOutcome } from '../ports/release.ts'
import { ConductError } from '@conduct/core'
import { type Reading, absent, present } from '../reading.ts'
import type { GithubClient } from './client.ts'
import { errorFrom, unknownFrom } from './failures.ts'
import type { Place } from './place.ts'

interface RawRelease {
  readonly id: number
  readonly html_url: string
  readonly tag_name: string
  readonly name: string | null
  readonly body?: string | null
  readonly prerelease: boolean
  readonly created_at: string
}

/** The published release of a tag; a draft has no tag yet and is not found. */
export async function readRelease(
  client: GithubClient,
  place: Place,
  tag: string,
): Promise<Reading<Release>> {
  const what = `reading the release of ${tag} in ${place.owner}/${place.repo}`
  const answer = await client.look<RawRelease>(what, (octokit) =>
    octokit.rest.repos.getReleaseByTag({ ...place, tag }),
  )
  if (answer.kind === 'absent') return absent
  return answer.kind === 'ok' ? present(toRelease(answer.data)) : unknownFrom(answer)
}

/**
 * The release of the tag, found or made: looked for before, and after a request whose outcome nobody saw.
 *
 * @throws ConductError FORGE_UNREACHABLE, FORGE_REFUSED, FORGE_CREDENTIALS, FORGE_LIMITED
 */
export async function createRelease(
  client: GithubClient,
  place: Place,
  wanted: CreateRelease,
): Promise<ReleaseOutcome> {
  const before = await existing(client, place, wanted)
  if (before !== null) return before
  const what = `creating the release of ${wanted.tag} in ${place.owner}/${place.repo}`
  const answer = await client.change<RawRelease>(what, (octokit) =>
    octokit.rest.repos.createRelease({
      ...place,
      tag_name: wanted.tag,
      target_commitish: wanted.commit,
      name: wanted.title,
      body: `${wanted.body}\n\n${wanted.marker}\n`,
      draft: false,
      prerelease: wanted.isPrerelease,
      // By version and date: a fix of an older line does not become the latest.
      make_latest: 'legacy',
    }),
  )
  if (answer.kind === 'ok') return { outcome: 'created', release: toRelease(answer.data) }
  // 422 is also how a release is reported that somebody made a moment ago.
  if (answer.kind === 'silent' || (answer.kind === 'refused' && answer.status === 422)) {
    const after = await existing(client, place, wanted)
    if (after !== null) return after
  }
  throw errorFrom(answer)
}

/** Says something else of a release; saying it again changes nothing. */
export async function amendRelease(
  client: GithubClient,
  place: Place,
  wanted: AmendRelease,
): Promise<Release> {
  const what = `changing release ${wanted.id} of ${place.owner}/${place.repo}`
  const answer = await client.change<RawRelease>(what, (octokit) =>
    octokit.rest.repos.updateRelease({
      ...place,
      release_id: wanted.id,
      name: wanted.title,
      body: wanted.body,
      prerelease: wanted.isPrerelease,
    }),
  )
  if (answer.kind !== 'ok') throw errorFrom(answer)
  return toRelease(answer.data)
}

async function existing(
  client: GithubClient,
  place: Place,
  { tag, marker }: CreateRelease,
): Promise<ReleaseOutcome | null> {
  const found = await readRelease(client, place, tag)
  if (found.state === 'unknown') throw new ConductError('FORGE_UNREACHABLE', found.reason)
  if (found.state === 'absent') return null
  return { outcome: found.value.body.includes(marker) ? 'found' : 'foreign', release: found.value }
}

function toRelease(raw: RawRelease): Release {
  return {
    id: raw.id,
    tag: raw.tag_name,
    url: raw.html_url,
    title: raw.name ?? raw.tag_name,
    body: raw.body ?? '',
    isPrerelease: raw.prerelease,
    at: raw.created_at,
  }
}
