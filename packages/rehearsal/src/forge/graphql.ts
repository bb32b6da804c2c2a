import { headOf, pullState } from './pull-state.ts'
import { type Answer, htmlUrl, ok } from './route.ts'
import { type Account, type Pull, type Repository, type State, needsQueue } from './state.ts'

interface Asked {
  readonly state: State
  readonly account: Account
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** The few questions that only GraphQL answers; told apart by the field they ask for. */
export async function answerGraphql(asked: Asked): Promise<Answer> {
  if (asked.query.includes('viewer')) {
    const { login, kind } = asked.account
    return ok({ data: { viewer: { login: kind === 'workflow' ? 'github-actions[bot]' : login } } })
  }
  if (asked.query.includes('reviews(')) return reviews(asked)
  const place = findNode(asked)
  if (place === null)
    return errors(
      'NOT_FOUND',
      `Could not resolve to a node with the global id of '${String(asked.variables['id'])}'`,
    )
  if (!asked.query.includes('enqueuePullRequest')) {
    return ok({ data: { node: { mergeQueueEntry: entry(place.repository, place.pull) } } })
  }
  return enqueue(place, asked.variables['head'])
}

async function enqueue({ repository, pull }: Place, expected: unknown): Promise<Answer> {
  if (!needsQueue(repository, pull.base)) return errors('UNPROCESSABLE', 'The base branch has no merge queue')
  const now = await pullState(repository, pull)
  if (expected !== undefined && expected !== now.head) {
    return errors('UNPROCESSABLE', 'The head of the pull request is not what was expected')
  }
  if (pull.state === 'closed' || now.mergeState === 'blocked' || now.mergeState === 'dirty') {
    return errors('UNPROCESSABLE', now.objection ?? 'Pull request is closed')
  }
  pull.queue = { state: 'QUEUED', head: await headOf(repository, pull) }
  return ok({ data: { enqueuePullRequest: { mergeQueueEntry: entry(repository, pull) } } })
}

function reviews({ state, account, variables }: Asked): Answer {
  const repository = state.repositories.get(`${String(variables['owner'])}/${String(variables['repo'])}`)
  if (repository?.access.has(account.login) !== true)
    return errors('NOT_FOUND', 'Could not resolve to a Repository')
  const nodes = repository.reviews
    .filter(({ number }) => number === variables['number'])
    .map((review) => ({
      databaseId: review.id,
      author: { login: review.login, kind: review.isBot ? 'Bot' : 'User' },
      body: review.body,
      state: review.state,
      submittedAt: review.at,
      lastEditedAt: review.editedAt,
      commit: review.commit === null ? null : { oid: review.commit },
      url: htmlUrl(repository, `pull/${review.number}#pullrequestreview-${review.id}`),
    }))
  const from = typeof variables['after'] === 'string' ? Number.parseInt(variables['after'], 10) : 0
  const pageInfo = { hasNextPage: from + 100 < nodes.length, endCursor: String(from + 100) }
  return ok({
    data: { repository: { pullRequest: { reviews: { pageInfo, nodes: nodes.slice(from, from + 100) } } } },
  })
}

interface Place {
  readonly repository: Repository
  readonly pull: Pull
}

function findNode({ state, account, variables }: Asked): Place | null {
  for (const repository of state.repositories.values()) {
    if (!repository.access.has(account.login)) continue
    const prefix = `PR_${repository.owner}_${repository.name}_`
    const pull = repository.pulls.find(({ number }) => `${prefix}${number}` === variables['id'])
    if (pull !== undefined) return { repository, pull }
  }
  return null
}

function entry(repository: Repository, pull: Pull): object | null {
  if (pull.queue === null) return null
  const line = repository.pulls.filter((one) => one.queue !== null && one.base === pull.base)
  return { position: line.indexOf(pull) + 1, state: pull.queue.state }
}

/** GraphQL refuses with status 200. */
function errors(type: string, message: string): Answer {
  return ok({ data: null, errors: [{ type, message, path: [] }] })
}
