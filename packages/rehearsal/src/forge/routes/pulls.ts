import { headOf, mergePull, pullState } from '../pull-state.ts'
import { type Asked, type Route, htmlUrl, mayWrite, notFound, ok, page, refusal, text } from '../route.ts'
import type { Pull, Repository } from '../state.ts'

export const pullRoutes: readonly Route[] = [
  {
    operation: 'pulls',
    async answer(asked) {
      const { repository, query } = asked
      const [owner, ...rest] = (query.get('head') ?? '').split(':')
      const wanted = query.get('state') ?? 'open'
      const found = repository.pulls.filter(
        (pull) =>
          (wanted === 'all' || pull.state === wanted) &&
          (query.get('base') === null || pull.base === query.get('base')) &&
          (rest.length === 0 || (owner === repository.owner && pull.headBranch === rest.join(':'))),
      )
      const newestFirst = page(asked, found.toReversed())
      return ok(await Promise.all(newestFirst.map((pull) => rendered(repository, pull))))
    },
  },
  {
    operation: 'create-pull',
    answer: createPull,
  },
  {
    operation: 'pull',
    async answer({ repository, params }) {
      const pull = pullOf(repository, params)
      if (pull === undefined) return notFound
      return ok({ ...(await rendered(repository, pull)), ...(await mergeability(repository, pull)) })
    },
  },
  {
    operation: 'update-pull',
    async answer(asked) {
      const { repository, params, body } = asked
      const pull = pullOf(repository, params)
      if (pull === undefined) return notFound
      if (!mayWrite(asked)) return refusal(403, 'Resource not accessible by integration')
      if (body['state'] === 'open' && pull.mergeCommit !== null) {
        return refusal(422, 'Validation Failed', [
          { resource: 'PullRequest', field: 'state', code: 'invalid' },
        ])
      }
      if (body['state'] === 'closed' && pull.state === 'open') {
        pull.head = await headOf(repository, pull)
        pull.state = 'closed'
        pull.queue = null
      }
      return ok({ ...(await rendered(repository, pull)), ...(await mergeability(repository, pull)) })
    },
  },
  {
    operation: 'merge',
    answer: merge,
  },
]

async function createPull(asked: Asked) {
  const { repository, account, body, state } = asked
  if (!mayWrite(asked)) return refusal(403, 'Resource not accessible by integration')
  const [headBranch, base] = [text(body['head']), text(body['base'])]
  const [head, onto] = await Promise.all([repository.git.head(headBranch), repository.git.head(base)])
  if (head === null || onto === null) {
    const field = head === null ? 'head' : 'base'
    return refusal(422, 'Validation Failed', [{ resource: 'PullRequest', field, code: 'invalid' }])
  }
  if (await repository.git.isAncestor(head, onto)) {
    const message = `No commits between ${base} and ${headBranch}`
    return refusal(422, 'Validation Failed', [{ resource: 'PullRequest', code: 'custom', message }])
  }
  if (
    repository.pulls.some(
      (pull) => pull.state === 'open' && pull.headBranch === headBranch && pull.base === base,
    )
  ) {
    const message = `A pull request already exists for ${repository.owner}:${headBranch}.`
    return refusal(422, 'Validation Failed', [{ resource: 'PullRequest', code: 'custom', message }])
  }
  const pull: Pull = {
    number: state.nextId(),
    base,
    headBranch,
    title: text(body['title']),
    body: text(body['body']),
    author: account.login,
    from: null,
    updatedAt: new Date(state.nowS() * 1_000).toISOString(),
    state: 'open',
    head,
    mergeCommit: null,
    queue: null,
    askedFor: '',
  }
  repository.pulls.push(pull)
  return ok({ ...(await rendered(repository, pull)), mergeable: null, mergeable_state: 'unknown' }, 201)
}

async function merge(asked: Asked) {
  const { repository, params, body } = asked
  const pull = pullOf(repository, params)
  if (pull === undefined || !mayWrite(asked)) return notFound
  if (pull.state === 'closed') return refusal(405, 'Pull Request is not mergeable')
  const now = await pullState(repository, pull)
  if (body['sha'] !== undefined && body['sha'] !== now.head) {
    return refusal(409, 'Head branch was modified. Review and try the merge again.')
  }
  const method = body['merge_method'] ?? 'merge'
  if (method === 'rebase') return refusal(405, 'Rebase merges are not allowed on this repository.')
  if (now.objection !== null) return refusal(405, now.objection)
  const sha = await mergePull(repository, pull, method === 'squash' ? 'squash' : 'merge')
  if (sha === null) return refusal(405, 'Base branch was modified. Review and try the merge again.')
  return ok({ sha, merged: true, message: 'Pull Request successfully merged' })
}

function pullOf(repository: Repository, params: Asked['params']): Pull | undefined {
  return repository.pulls.find(({ number }) => String(number) === params['pull_number'])
}

async function rendered(repository: Repository, pull: Pull): Promise<object> {
  return {
    id: pull.number,
    node_id: `PR_${repository.owner}_${repository.name}_${pull.number}`,
    number: pull.number,
    html_url: htmlUrl(repository, `pull/${pull.number}`),
    state: pull.state,
    title: pull.title,
    body: pull.body,
    user: { login: pull.author },
    updated_at: pull.updatedAt,
    merged_at: pull.mergeCommit === null ? null : '2026-01-01T00:00:00Z',
    // While it is open this is a trial merge, not a commit on the base branch.
    merge_commit_sha: pull.mergeCommit ?? pull.head,
    base: {
      ref: pull.base,
      label: `${repository.owner}:${pull.base}`,
      sha: (await repository.git.head(pull.base)) ?? '',
    },
    head: {
      ref: pull.headBranch,
      label: `${(pull.from ?? repository.owner).replace(/\/.*/, '')}:${pull.headBranch}`,
      sha: await headOf(repository, pull),
      repo: { full_name: pull.from ?? `${repository.owner}/${repository.name}` },
    },
  }
}

/** Worked out after the first question about this pair of commits, as GitHub documents it. */
async function mergeability(repository: Repository, pull: Pull): Promise<object> {
  if (pull.state === 'closed') {
    return { merged: pull.mergeCommit !== null, mergeable: null, mergeable_state: 'unknown' }
  }
  const pair = `${await headOf(repository, pull)} ${await repository.git.head(pull.base)}`
  if (pull.askedFor !== pair) {
    pull.askedFor = pair
    return { merged: false, mergeable: null, mergeable_state: 'unknown' }
  }
  const now = await pullState(repository, pull)
  return { merged: false, mergeable: now.isMergeable, mergeable_state: now.mergeState }
}
