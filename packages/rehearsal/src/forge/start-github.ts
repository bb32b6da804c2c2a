import { createHash } from 'node:crypto'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBareRepository } from './bare-repository.ts'
import { type ChooseFault, serveFault } from './faults.ts'
import { type RepositoryDouble, repositoryDouble } from './repository-double.ts'
import type { Answer } from './route.ts'
import { findRoute } from './router.ts'
import { completeAnswer } from './shape.ts'
import type { Account, AppRecord, Repository, State } from './state.ts'

export type { RepositoryDouble } from './repository-double.ts'

/**
 * GitHub, as far as a train needs it: a double over real bare repositories. Merges happen in git, heads move, protected
 * branches refuse pushes through a hook. It answers the documented codes and shapes, at the addresses of an own server
 * (`/api/v3`, `/api/graphql`), and misbehaves when told to.
 *
 * Not like GitHub: a protected branch refuses every push, also one of a commit whose checks have passed; rebase merges
 * are turned off; team and organisation rules do not exist.
 */
export interface GithubDouble extends AsyncDisposable {
  /** What `forge: { github: … }` in a lanes.yaml would say. */
  readonly url: string
  readonly apiUrl: string
  readonly state: State
  createRepository(fullName: string): Promise<RepositoryDouble>
  /** A bare repository that is there already; from now on its protected branches refuse pushes. */
  serveRepository(fullName: string, path: string): Promise<RepositoryDouble>
  addToken(token: string, account: Account): void
  addApp(app: AppRecord): void
  /** Decides for each request what happens to it; null: what should. Replaces the one before. */
  misbehave(choose: ChooseFault | null): void
  /** How many requests came, per endpoint as GitHub's documentation writes it. */
  readonly calls: ReadonlyMap<string, number>
  /** How many of them were answered with 304, which costs nothing of the hourly budget. */
  readonly notModified: () => number
  /** Every honest answer. `said` is what the double wrote itself, `body` the whole. */
  readonly answers: readonly RecordedAnswer[]
}

export interface RecordedAnswer {
  readonly operation: string
  readonly status: number
  readonly said: unknown
  readonly body: unknown
}

export async function startGithub(options: { readonly nowS?: () => number } = {}): Promise<GithubDouble> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'github-')))
  const calls = new Map<string, number>()
  const answers: RecordedAnswer[] = []
  const lastAnswers = new Map<string, Answer>()
  let ids = 100
  let choose: ChooseFault = () => null
  let unchanged = 0
  const state: State = {
    repositories: new Map<string, Repository>(),
    accounts: new Map<string, Account>(),
    apps: [],
    nowS: options.nowS ?? (() => Math.floor(Date.now() / 1_000)),
    nextId: () => (ids += 1),
  }

  const answerRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const path = url.pathname === '/api/graphql' ? '/graphql' : url.pathname.replace(/^\/api\/v3(?=\/)/, '')
    const method = request.method ?? 'GET'
    const body = await readBody(request)
    const route = url.pathname.startsWith('/api/') ? findRoute(method, path) : null
    const endpoint = route?.endpoint ?? `${method} ${path}`
    const nth = (calls.get(endpoint) ?? 0) + 1
    calls.set(endpoint, nth)
    const act = async (): Promise<Answer> => {
      if (route === null) return { status: 404, body: { message: 'Not Found' } }
      const authorization = request.headers.authorization ?? ''
      const said = await route.act({ state, authorization, query: url.searchParams, body })
      const whole = { ...said, body: completeAnswer(route.operation, said.status, said.body) }
      answers.push({ operation: route.operation, status: said.status, said: said.body, body: whole.body })
      return whole
    }
    const asked = request.headers['if-none-match']
    const send = (to: ServerResponse, answer: Answer): void => {
      const text = answer.body === null ? '' : JSON.stringify(answer.body)
      const etag = `"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"`
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        'x-ratelimit-limit': '5000',
        'x-ratelimit-remaining': '4999',
        ...(method === 'GET' && answer.status === 200 ? { etag } : {}),
        ...answer.headers,
      }
      if (method === 'GET' && answer.status === 200 && asked === etag) {
        unchanged += 1
        to.writeHead(304, headers).end()
        return
      }
      to.writeHead(answer.status, headers).end(text)
    }
    const key = `${method} ${request.url}`
    const fault = choose({ method, endpoint, path, nth })
    if (fault !== null) {
      await serveFault(fault, response, { act, send, lastAnswer: lastAnswers.get(key) ?? null })
      return
    }
    const answer = await act()
    if (method === 'GET') lastAnswers.set(key, answer)
    send(response, answer)
  }

  const serve = async (fullName: string, path: string): Promise<RepositoryDouble> => {
    const [owner = '', name = ''] = fullName.split('/')
    const git = await createBareRepository(path)
    const double = repositoryDouble({ state, owner, name, git })
    state.repositories.set(fullName, double.records)
    return double
  }

  const server = createServer((request, response) => {
    void answerRequest(request, response).catch((error: unknown) => {
      process.stderr.write(
        `github double: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      )
      response.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    apiUrl: `${url}/api/v3`,
    state,
    calls,
    answers,
    notModified: () => unchanged,
    createRepository: (fullName) => serve(fullName, join(root, `${fullName}.git`)),
    serveRepository: serve,
    addToken: (token, account) => {
      state.accounts.set(token, account)
    },
    addApp: (app) => {
      state.apps.push(app)
    },
    misbehave: (next) => {
      choose = next ?? (() => null)
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(root, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const text = Buffer.concat(parts).toString('utf8')
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}
