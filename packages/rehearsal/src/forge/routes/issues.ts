import { type Route, htmlUrl, notFound, ok, page } from '../route.ts'

export const issueRoutes: readonly Route[] = [
  {
    operation: 'issues',
    answer(asked) {
      const { repository, query } = asked
      const label = (query.get('labels') ?? '').replaceAll('"', '')
      const found = repository.issues.filter(
        (issue) => issue.state === 'open' && (label === '' || issue.labels.includes(label)),
      )
      return ok(
        page(asked, found).map((issue) => ({
          id: issue.number,
          number: issue.number,
          title: issue.title,
          state: issue.state,
          html_url: htmlUrl(repository, `issues/${issue.number}`),
          labels: issue.labels,
          ...(repository.pulls.some(({ number }) => number === issue.number)
            ? { pull_request: { url: null, html_url: null, diff_url: null, patch_url: null } }
            : {}),
        })),
      )
    },
  },
  {
    operation: 'comments',
    answer(asked) {
      const { repository, params } = asked
      const number = Number.parseInt(params['issue_number'] ?? '', 10)
      const exists = [...repository.issues, ...repository.pulls].some((one) => one.number === number)
      if (!exists) return notFound
      const comments = repository.comments.filter((comment) => comment.number === number)
      return ok(
        page(asked, comments).map((comment) => ({
          id: comment.id,
          user: { login: comment.login, type: comment.isBot ? 'Bot' : 'User' },
          body: comment.body,
          created_at: comment.at,
          updated_at: comment.editedAt ?? comment.at,
          html_url: htmlUrl(repository, `issues/${number}#issuecomment-${comment.id}`),
        })),
      )
    },
  },
]
