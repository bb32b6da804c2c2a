import type { Account, AppRecord, Repository, State } from './state.ts'

export interface Asked {
  readonly state: State
  readonly account: Account
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: Readonly<Record<string, unknown>>
  /** Of a route below `/repos/{owner}/{repo}`; visible to the account. */
  readonly repository: Repository
}

export interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Route {
  /** Its name in the slice of GitHub's schemas, which gives method and path. */
  readonly operation: string
  readonly answer: (asked: Asked) => Promise<Answer> | Answer
}

/** A route that an App asks with its own signature. */
export interface AppRoute {
  readonly operation: string
  readonly answerApp: (asked: {
    readonly state: State
    readonly app: AppRecord
    readonly params: Readonly<Record<string, string>>
  }) => Answer
}

export function ok(body: unknown, status = 200): Answer {
  return { status, body }
}

/** @param errors as GitHub lists them on a 422 */
export function refusal(status: number, message: string, errors?: readonly unknown[]): Answer {
  return {
    status,
    body: {
      message,
      ...(errors === undefined ? {} : { errors }),
      documentation_url: 'https://docs.github.com/rest',
      status: String(status),
    },
  }
}

export const notFound = refusal(404, 'Not Found')

export function page<Item>(asked: Pick<Asked, 'query'>, items: readonly Item[]): readonly Item[] {
  const size = Number.parseInt(asked.query.get('per_page') ?? '30', 10)
  const number = Number.parseInt(asked.query.get('page') ?? '1', 10)
  return items.slice((number - 1) * size, number * size)
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

export function mayWrite({ repository, account }: Pick<Asked, 'repository' | 'account'>): boolean {
  const right = repository.access.get(account.login)
  return right === 'write' || right === 'admin'
}

export function htmlUrl(repository: Repository, rest: string): string {
  return `https://github.example/${repository.owner}/${repository.name}/${rest}`
}
