import { type Clock, ConductError } from '@conduct/core'
import { Octokit } from '@octokit/rest'
import { countRequests } from './count-requests.ts'
import type { TokenSource } from './token-source.ts'
import { type Failure, translateFailure } from './failures.ts'

/** How often a look is repeated when nothing comes back. */
const silentRetriesMax = 3
const silentFirstWaitMs = 1_000
/** How often a call goes again after the forge asked to wait. */
const limitedRetriesMax = 6
/** Items of one page, the most GitHub gives. */
const pageSize = 100
const pagesMax = 30
const rememberedMax = 300

export type Answer<Data> = { readonly kind: 'ok'; readonly data: Data; readonly headers: Headers } | Failure

type Headers = Readonly<Record<string, string | number | undefined>>

interface Response<Data> {
  readonly data: Data
  readonly status: number
  readonly headers: Headers
}

type RequestCounter = ReturnType<typeof countRequests>

export interface ClientOptions {
  readonly host: string
  readonly apiUrl: string
  readonly tokens: TokenSource
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly limitWaitMsMax: number
  readonly requestMsMax: number
}

/** One request at a time becomes one answer; retries, limits and their waits are known here and nowhere else. */
export interface GithubClient {
  readonly host: string
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly calls: ReadonlyMap<string, number>
  readonly counter: RequestCounter
  /** Repeated when nothing comes back. `what` completes "could not read …". */
  look<Data>(what: string, call: (octokit: Octokit) => Promise<Response<Data>>): Promise<Answer<Data>>
  /** Every page, or the first failure. */
  lookAll<Item>(
    what: string,
    page: (
      octokit: Octokit,
      page: { readonly page: number; readonly per_page: number },
    ) => Promise<Response<readonly Item[]>>,
  ): Promise<Answer<readonly Item[]>>
  /** Sent once, unless the forge says it was not even looked at; one change after the other. */
  change<Data>(what: string, call: (octokit: Octokit) => Promise<Response<Data>>): Promise<Answer<Data>>
  graphql<Data>(
    what: string,
    query: string,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<Answer<Data>>
  graphqlChange<Data>(
    what: string,
    query: string,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<Answer<Data>>
}

export function createClient(options: ClientOptions): GithubClient {
  const { clock, signal } = options
  const calls = new Map<string, number>()
  const counter = countRequests()
  const octokit = createOctokit(options, { calls, counter })
  let changes: Promise<unknown> = Promise.resolve()

  const once = async <Data>(
    what: string,
    call: (octokit: Octokit) => Promise<Response<Data>>,
  ): Promise<Answer<Data>> => {
    try {
      const { data, headers, status } = await call(octokit)
      // A body that was cut off arrives as text.
      if (status !== 204 && (typeof data !== 'object' || data === null)) {
        return { kind: 'silent', said: `${what}: ${options.host} sent half an answer` }
      }
      return { kind: 'ok', data, headers }
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof ConductError) return failureFrom(error)
      return translateFailure(error, {
        what,
        host: options.host,
        wallMs: clock.wallMs(),
        secrets: options.tokens.secrets(),
      })
    }
  }

  const send = async <Data>(
    request: { readonly what: string; readonly isChange: boolean },
    call: (octokit: Octokit) => Promise<Response<Data>>,
  ): Promise<Answer<Data>> => {
    let waitedMs = 0
    for (let retries = 0; ; retries += 1) {
      signal.throwIfAborted()
      const answer = await once(request.what, call)
      const waitMs = waitBeforeRetry(answer, { retries, isChange: request.isChange })
      if (waitMs === null || (answer.kind === 'limited' && waitedMs + waitMs > options.limitWaitMsMax))
        return answer
      await clock.sleep(waitMs, signal)
      waitedMs += waitMs
    }
  }

  const client: GithubClient = {
    host: options.host,
    clock,
    signal,
    calls,
    counter,
    look: (what, call) => send({ what, isChange: false }, call),
    async lookAll(what, page) {
      const items: unknown[] = []
      for (let number = 1; number <= pagesMax; number += 1) {
        const answer = await client.look(what, (kit) => page(kit, { page: number, per_page: pageSize }))
        if (answer.kind !== 'ok') return answer
        items.push(...answer.data)
        if (answer.data.length < pageSize) return { ...answer, data: items as typeof answer.data }
      }
      return {
        kind: 'silent',
        said: `${what}: more than ${pagesMax * pageSize} items, which is more than is read`,
      }
    },
    change(what, call) {
      const mine = changes.then(() => send({ what, isChange: true }, call))
      changes = mine.catch(() => undefined)
      return mine
    },
    graphql: (what, query, variables) => client.look(what, graphqlCall(query, variables)),
    graphqlChange: (what, query, variables) => client.change(what, graphqlCall(query, variables)),
  }
  return client
}

/** A token that could not be had: the request did not even leave. */
function failureFrom(error: ConductError): Failure {
  if (error.retryable) return { kind: 'silent', said: error.message }
  return { kind: 'refused', status: error.code === 'FORGE_CREDENTIALS' ? 401 : 403, said: error.message }
}

function graphqlCall<Data>(query: string, variables: Readonly<Record<string, unknown>>) {
  return async (octokit: Octokit): Promise<Response<Data>> => ({
    data: await octokit.graphql<Data>(query, { ...variables }),
    status: 200,
    headers: {},
  })
}

/** Null: this answer stands. */
function waitBeforeRetry(
  answer: Answer<unknown>,
  at: { readonly retries: number; readonly isChange: boolean },
): number | null {
  if (answer.kind === 'silent') {
    return at.isChange || at.retries >= silentRetriesMax ? null : silentFirstWaitMs * 2 ** at.retries
  }
  if (answer.kind !== 'limited' || at.retries >= limitedRetriesMax) return null
  return answer.isToldHowLong ? answer.waitMs : answer.waitMs * 2 ** at.retries
}

function createOctokit(
  options: ClientOptions,
  { calls, counter }: { readonly calls: Map<string, number>; readonly counter: RequestCounter },
): Octokit {
  const silent = () => undefined
  const octokit = new Octokit({
    baseUrl: options.apiUrl,
    userAgent: 'conduct',
    log: { debug: silent, info: silent, warn: silent, error: silent },
  })
  const remembered = new Map<string, { readonly etag: string; readonly response: Response<unknown> }>()
  octokit.hook.wrap('request', async (request, asked) => {
    const endpoint = `${asked.method} ${asked.url.endsWith('/graphql') ? '/graphql' : asked.url}`
    calls.set(endpoint, (calls.get(endpoint) ?? 0) + 1)
    const key = asked.method === 'GET' ? octokit.request.endpoint(asked).url : null
    const known = key === null ? undefined : remembered.get(key)
    const withinMs = AbortSignal.timeout(options.requestMsMax)
    try {
      // Changed in place: hooks that were registered before this one keep the object they were bound to.
      asked.headers['authorization'] = `Bearer ${await options.tokens.token()}`
      // Not modified costs nothing of the hourly budget, which is what makes watching affordable.
      if (known !== undefined) asked.headers['if-none-match'] = known.etag
      asked.request = { ...asked.request, signal: AbortSignal.any([options.signal, withinMs]) }
      counter.sent(asked)
      const response = await request(asked)
      counter.heard(asked, response.headers)
      const { etag } = response.headers
      if (key !== null && etag !== undefined && typeof response.data === 'object') {
        remembered.delete(key)
        remembered.set(key, { etag, response })
        const oldest = remembered.keys().next().value
        if (remembered.size > rememberedMax && oldest !== undefined) remembered.delete(oldest)
      }
      return response
    } catch (error) {
      if (known !== undefined && error instanceof Error && 'status' in error && error.status === 304) {
        counter.unchanged(asked)
        return known.response as Awaited<ReturnType<typeof request>>
      }
      throw error
    }
  })
  return octokit
}
