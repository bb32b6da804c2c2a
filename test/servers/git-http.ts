import { execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Bare repositories over smart HTTP on loopback: `git http-backend` behind a small server, with basic auth when asked
 * for, and misbehaviour on demand.
 */
export interface GitHttpServer extends AsyncDisposable {
  readonly origin: string
  readonly credentials: { readonly user: string; readonly password: string } | null
  /** A bare repository that nobody else uses. */
  createRepository(): Promise<{ readonly bare: string; readonly url: string }>
  /** What was asked of it since the start, in order. */
  readonly seen: readonly GitRequest[]
  /** Decides for each request what happens to it; null: what should. Replaces the one before. */
  misbehave(choose: ((request: GitRequest) => GitFault | null) | null): void
  /** Lets the requests that were kept back by `late` go on; resolves when they are done. */
  release(): Promise<void>
}

export interface GitRequest {
  /** `look`: refs are advertised before a fetch or a push. */
  readonly kind: 'look' | 'fetch' | 'push'
  readonly path: string
}

/**
 * - `unanswered`: the request is carried out, then the connection dies without a word;
 * - `500`: an error instead of carrying it out;
 * - `late`: a gateway loses its patience at once (504); the request is carried out after `release`;
 * - `hang`: neither carried out nor answered.
 */
export type GitFault = 'unanswered' | '500' | 'late' | 'hang'

export async function startGitHttp(options: { readonly auth?: boolean } = {}): Promise<GitHttpServer> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'git-http-')))
  const credentials = options.auth === true ? { user: 'ana', password: randomUUID() } : null
  const expected =
    credentials === null
      ? null
      : `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`
  const seen: GitRequest[] = []
  const kept: (() => Promise<unknown>)[] = []
  let choose: (request: GitRequest) => GitFault | null = () => null

  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined)
    })
  })
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request)
    if (expected !== null && request.headers.authorization !== expected) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
      return
    }
    const known = describe(request)
    seen.push(known)
    switch (choose(known)) {
      case null: {
        const { status, headers, content } = await backend(root, request, body)
        response.writeHead(status, headers).end(content)
        return
      }
      case 'unanswered':
        await backend(root, request, body)
        response.destroy()
        return
      case '500':
        response.writeHead(500).end('the server stumbled')
        return
      case 'late':
        kept.push(() => backend(root, request, body))
        response.writeHead(504).end('no answer in time')
        return
      case 'hang':
        return
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const user = credentials === null ? '' : `${credentials.user}:${credentials.password}@`
  return {
    origin: `http://127.0.0.1:${port}`,
    credentials,
    seen,
    createRepository: async () => {
      const name = `${randomUUID()}.git`
      const bare = join(root, name)
      await run('git', ['init', '--quiet', '--bare', bare])
      await run('git', ['-C', bare, 'config', 'http.receivepack', 'true'])
      return { bare, url: `http://${user}127.0.0.1:${port}/${name}` }
    },
    misbehave: (next) => {
      choose = next ?? (() => null)
    },
    release: async () => {
      for (const carryOut of kept.splice(0)) await carryOut()
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(root, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

function describe(request: IncomingMessage): GitRequest {
  const path = request.url ?? ''
  if (request.method === 'GET') return { kind: 'look', path }
  return { kind: path.endsWith('/git-receive-pack') ? 'push' : 'fetch', path }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly content: Buffer
}

/** Runs `git http-backend` as CGI, see git-http-backend(1). */
async function backend(root: string, request: IncomingMessage, body: Buffer): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const header = (name: string): string => String(request.headers[name] ?? '')
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: root,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: header('git-protocol'),
      REQUEST_METHOD: request.method ?? 'GET',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: header('content-type'),
      CONTENT_LENGTH: String(body.length),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      REMOTE_ADDR: '127.0.0.1',
      REMOTE_USER: 'ana',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  child.stdin.on('error', () => undefined)
  child.stdin.end(body)
  const parts: Buffer[] = []
  for await (const part of child.stdout) parts.push(part as Buffer)
  return parseCgi(Buffer.concat(parts))
}

function parseCgi(output: Buffer): Answer {
  const end = output.indexOf('\r\n\r\n')
  const headers: Record<string, string> = {}
  for (const line of output.toString('latin1', 0, Math.max(0, end)).split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  const { status = '200', ...rest } = headers
  return { status: Number.parseInt(status, 10), headers: rest, content: output.subarray(end + 4) }
}
