import {
  type Answer,
  type Asked,
  type Route,
  htmlUrl,
  mayWrite,
  notFound,
  ok,
  page,
  refusal,
  text,
} from '../route.ts'
import type { Comment, Issue, Repository } from '../state.ts'

export const issueRoutes: readonly Route[] = [
  {
    operation: 'issues',
    answer(asked) {
      const { repository, query } = asked
      const label = (query.get('labels') ?? '').replaceAll('"', '')
      const state = query.get('state') ?? 'open'
      const found = repository.issues.filter(
        (issue) =>
          (state === 'all' || issue.state === state) && (label === '' || issue.labels.includes(label)),
      )
      const isReversed = query.get('direction') === 'desc'
      return ok(
        page(asked, isReversed ? found.toReversed() : found).map((issue) => issueBody(repository, issue)),
      )
    },
  },
  {
    operation: 'issue',
    answer({ repository, params }) {
      const number = Number.parseInt(params['issue_number'] ?? '', 10)
      const pull = repository.pulls.find((one) => one.number === number)
      const issue =
        repository.issues.find((one) => one.number === number) ??
        (pull === undefined
          ? undefined
          : { ...pull, labels: [], login: pull.author, at: '2026-01-01T00:00:00Z' })
      return issue === undefined ? notFound : ok(issueBody(repository, issue))
    },
  },
  {
    operation: 'create-issue',
    answer({ state, repository, account, body }) {
      if (repository.isArchived) return refusal(403, 'Repository was archived so is read-only.')
      const issue: Issue = {
        number: state.nextId(),
        title: text(body['title']),
        labels: [],
        state: 'open',
        body: text(body['body']),
        login: account.login,
        at: new Date(state.nowS() * 1_000).toISOString(),
      }
      repository.issues.push(issue)
      return ok(issueBody(repository, issue), 201)
    },
  },
  {
    operation: 'update-issue',
    answer({ repository, params, body }) {
      const issue = repository.issues.find(({ number }) => String(number) === params['issue_number'])
      if (issue === undefined) return notFound
      if (body['state'] === 'closed' || body['state'] === 'open') {
        issue.state = body['state']
        issue.reason = body['state'] === 'open' ? null : text(body['state_reason']) || 'completed'
      }
      const { labels } = body
      if (Array.isArray(labels)) issue.labels = labels.map((label) => text(label))
      return ok(issueBody(repository, issue))
    },
  },
  {
    operation: 'comments',
    answer(asked) {
      const { repository } = asked
      const number = threadNumber(asked)
      if (number === null) return notFound
      const comments = repository.comments.filter((comment) => comment.number === number)
      return ok(page(asked, comments).map((comment) => commentBody(repository, comment)))
    },
  },
  {
    operation: 'create-comment',
    answer(asked) {
      const { state, repository, account, body } = asked
      const number = threadNumber(asked)
      if (number === null) return notFound
      // Anybody who sees it may comment; a token of a workflow only with the right that its job was given.
      if (account.kind !== 'user' && !mayWrite(asked)) return notAccessible
      const refused = tooLong(asked)
      if (refused !== null) return refused
      const comment: Comment = {
        id: state.nextId(),
        number,
        login: account.login,
        isBot: account.kind !== 'user',
        body: text(body['body']),
        at: new Date(state.nowS() * 1_000).toISOString(),
        editedAt: null,
      }
      repository.comments.push(comment)
      return ok(commentBody(repository, comment), 201)
    },
  },
  {
    operation: 'update-comment',
    answer(asked) {
      const { state, repository, account, params, body } = asked
      const comment = repository.comments.find(({ id }) => String(id) === params['comment_id'])
      if (comment === undefined) return notFound
      if (!mayWrite(asked) && (comment.login !== account.login || account.kind !== 'user'))
        return notAccessible
      const refused = tooLong(asked)
      if (refused !== null) return refused
      comment.body = text(body['body'])
      comment.editedAt = new Date(state.nowS() * 1_000).toISOString()
      return ok(commentBody(repository, comment))
    },
  },
]

const notAccessible = refusal(403, 'Resource not accessible by integration')
const commentLengthMax = 65_536

function tooLong({ body }: Asked): Answer | null {
  if (text(body['body']).length <= commentLengthMax) return null
  const message = `body is too long (maximum is ${commentLengthMax} characters)`
  return refusal(422, 'Validation Failed', [
    { resource: 'IssueComment', code: 'unprocessable', field: 'data', message },
  ])
}

function threadNumber({ repository, params }: Asked): number | null {
  const number = Number.parseInt(params['issue_number'] ?? '', 10)
  return [...repository.issues, ...repository.pulls].some((one) => one.number === number) ? number : null
}

function issueBody(repository: Repository, issue: Issue): object {
  const { number } = issue
  return {
    id: number,
    number,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    created_at: issue.at,
    user: { login: issue.login, type: 'User' },
    html_url: htmlUrl(repository, `issues/${number}`),
    labels: issue.labels,
    state_reason: issue.reason ?? null,
    ...(repository.pulls.some((pull) => pull.number === number)
      ? { pull_request: { url: null, html_url: null, diff_url: null, patch_url: null } }
      : {}),
  }
}

function commentBody(repository: Repository, comment: Comment): object {
  return {
    id: comment.id,
    user: { login: comment.login, type: comment.isBot ? 'Bot' : 'User' },
    body: comment.body,
    created_at: comment.at,
    updated_at: comment.editedAt ?? comment.at,
    html_url: htmlUrl(repository, `issues/${comment.number}#issuecomment-${comment.id}`),
    ...(comment.viaApp === true ? { performed_via_github_app: { slug: 'helper' } } : {}),
  }
}
