import { type Asked, type Route, htmlUrl, mayWrite, notFound, ok, refusal, text } from '../route.ts'
import type { ReleaseRecord } from '../state.ts'

/** Releases, each of one tag. A tag that does not exist is made, at the commit or branch that was named. */
export const releaseRoutes: readonly Route[] = [
  {
    operation: 'release-by-tag',
    answer(asked) {
      const found = asked.repository.releases.find(
        ({ tag, isDraft }) => tag === asked.params['tag'] && !isDraft,
      )
      return found === undefined ? notFound : ok(releaseBody(asked, found))
    },
  },
  {
    operation: 'create-release',
    async answer(asked) {
      const { repository, account, body, state } = asked
      if (!mayWrite(asked)) return notFound
      if (repository.isArchived) return refusal(403, 'Repository was archived so is read-only.')
      const tag = text(body['tag_name'])
      const target = text(body['target_commitish']) || 'main'
      const isDraft = body['draft'] === true
      // Drafts collide with nothing: several of one tag can stand beside what is published of it.
      if (!isDraft && repository.releases.some((one) => one.tag === tag && !one.isDraft)) {
        return invalid('tag_name', 'already_exists')
      }
      if (!isDraft && (await repository.git.tag(tag)) === null) {
        const commit = (await repository.git.head(target)) ?? target
        if (!/^[0-9a-f]{40}$/.test(commit)) return invalid('target_commitish', 'invalid')
        await repository.git.createTag(tag, commit)
      }
      const record: ReleaseRecord = {
        id: state.nextId(),
        tag,
        target,
        author: account.login,
        isDraft,
        at: new Date(state.nowS() * 1_000).toISOString(),
        title: text(body['name']),
        body: text(body['body']),
        isPrerelease: body['prerelease'] === true,
      }
      repository.releases.push(record)
      return ok(releaseBody(asked, record), 201)
    },
  },
  {
    operation: 'update-release',
    answer(asked) {
      const { repository, params, body } = asked
      const record = repository.releases.find(({ id }) => String(id) === params['release_id'])
      if (record === undefined || !mayWrite(asked)) return notFound
      if (body['name'] !== undefined) record.title = text(body['name'])
      if (body['body'] !== undefined) record.body = text(body['body'])
      if (typeof body['prerelease'] === 'boolean') record.isPrerelease = body['prerelease']
      return ok(releaseBody(asked, record))
    },
  },
]

function invalid(field: string, code: string) {
  return refusal(422, 'Validation Failed', [{ resource: 'Release', field, code }])
}

function releaseBody({ repository }: Asked, record: ReleaseRecord): object {
  return {
    id: record.id,
    html_url: htmlUrl(repository, `releases/tag/${record.tag}`),
    tag_name: record.tag,
    target_commitish: record.target,
    name: record.title,
    body: record.body,
    draft: record.isDraft,
    prerelease: record.isPrerelease,
    created_at: record.at,
    author: { login: record.author, type: 'User' },
  }
}
