import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request as send, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type S3Server, s3Url } from './s3.ts'
import { signS3 } from './s3-signature.ts'

/**
 * Stands in front of a real S3 and forwards to it, except where a test tells it to lie or to fail. It holds the
 * credentials itself, so that it can change a condition; signatures of its clients are not looked at.
 */
export interface S3Proxy extends AsyncDisposable {
  readonly endpoint: string
  /** Every request that came in, in order. */
  readonly requests: readonly SeenRequest[]
  freshUrl(prefix?: string): string
  /** From now on. */
  behave(behaviour: Behaviour): void
  /** Sends what acts late and has not been sent yet; the statuses it was answered with. */
  landLate(): Promise<readonly number[]>
}

export interface SeenRequest {
  readonly method: string
  /** `null` for a request of the whole bucket. */
  readonly key: string | null
  /** A write that must find nothing there. */
  readonly isCreation: boolean
  /** 0-based, among all requests. */
  readonly index: number
}

export type Behaviour = (request: SeenRequest) => Act

export type Act =
  | 'forward'
  /** Writes whatever stands there. */
  | 'ignore_condition'
  /** Writes exactly when it must not. */
  | 'invert_condition'
  /** Says 200 and writes nothing. */
  | 'pretend_written'
  /** Reads what stood there before the last write. */
  | 'stale_read'
  /** Compares expected ETags in the form without quotes only. */
  | 'bare_etags'
  /** Acts, and leaves the ETag out of the answer. */
  | 'no_etag'
  /** Acts, then cuts the connection. */
  | 'lose_answer'
  /** Cuts the connection without acting. */
  | 'cut'
  /** Neither acts nor answers. */
  | 'hang'
  /** Answers so without acting; `page`: as something that stands in between would, not as S3 does. */
  | { readonly status: number; readonly code?: string; readonly page?: true }
  /** Acts, and answers so. */
  | { readonly actsAndSays: number }
  /** Cuts the connection now and acts when so many more requests have been answered, or at `landLate`. */
  | { readonly lateBy: number }

interface Forwarded {
  readonly method: string
  readonly target: string
  readonly headers: Record<string, string>
  readonly body: Buffer
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

const passedOn = ['content-type', 'if-match', 'if-none-match', 'range']
const passedBack = ['content-type', 'etag', 'date', 'last-modified']

export async function startS3Proxy(real: S3Server): Promise<S3Proxy> {
  const target = new URL(real.endpoint)
  const agent = new Agent({ keepAlive: true })
  const requests: SeenRequest[] = []
  const late: { left: number; forwarded: Forwarded }[] = []
  const before = new Map<string, Answer>()
  let behaviour: Behaviour = () => 'forward'

  const forward = (forwarded: Forwarded): Promise<Answer> => ask(forwarded, { real, target, agent })

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = incoming.method ?? 'GET'
    const forwarded: Forwarded = {
      method,
      target: incoming.url ?? '/',
      headers: Object.fromEntries(
        passedOn.flatMap((name) => {
          const value = incoming.headers[name]
          return typeof value === 'string' ? [[name, value]] : []
        }),
      ),
      body: await buffer(incoming),
    }
    const seen = describe(forwarded, { prefix: `${target.pathname}/${real.bucket}`, index: requests.length })
    requests.push(seen)
    const act = behaviour(seen)
    if (act === 'hang') return
    if (act === 'cut') return void response.destroy()
    if (typeof act === 'object' && 'lateBy' in act) {
      late.push({ left: act.lateBy, forwarded })
      return void response.destroy()
    }
    if (typeof act === 'object' && 'status' in act) return reply(response, made(act.status, act))
    const older = method === 'PUT' ? await forward(bare(forwarded, 'GET')) : null
    const answer = await answerTo(act, forwarded)
    if (older !== null && answer.status === 200) before.set(pathOf(forwarded), older)
    await landDue()
    if (act === 'lose_answer') return void response.destroy()
    reply(response, typeof act === 'object' && 'actsAndSays' in act ? made(act.actsAndSays) : answer)
  }

  const answerTo = async (act: Act, forwarded: Forwarded): Promise<Answer> => {
    if (act === 'ignore_condition') return forward({ ...forwarded, headers: unconditional(forwarded) })
    if (act === 'pretend_written' && forwarded.method === 'PUT') {
      return { ...made(200), headers: { etag: '"00000000000000000000000000000000"' } }
    }
    if (act === 'stale_read' && forwarded.method === 'GET') {
      return before.get(pathOf(forwarded)) ?? forward(forwarded)
    }
    if (act === 'invert_condition' && forwarded.method === 'PUT') {
      const found = await forward(bare(forwarded, 'GET'))
      const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = forwarded.headers
      const holds =
        (ifMatch === undefined || found.headers['etag'] === ifMatch) &&
        (ifNoneMatch === undefined || found.status === 404)
      return holds ? made(412) : forward({ ...forwarded, headers: unconditional(forwarded) })
    }
    const expected = forwarded.headers['if-match']
    if (act === 'bare_etags' && forwarded.method === 'PUT' && expected !== undefined) {
      if (expected.includes('"')) return made(412)
      return forward({ ...forwarded, headers: { ...forwarded.headers, 'if-match': `"${expected}"` } })
    }
    const answer = await forward(forwarded)
    if (act !== 'no_etag') return answer
    const { etag: _left, ...headers } = answer.headers
    return { ...answer, headers }
  }

  const landDue = async (): Promise<void> => {
    for (const waiting of late) waiting.left -= 1
    for (const due of late.filter((waiting) => waiting.left <= 0)) {
      late.splice(late.indexOf(due), 1)
      await forward(due.forwarded)
    }
  }

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch((error: unknown) => response.destroy(error as Error))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const endpoint = `http://127.0.0.1:${port}${target.pathname}`
  return {
    endpoint,
    requests,
    freshUrl: (prefix = crypto.randomUUID()) => s3Url({ bucket: real.bucket, prefix, endpoint }),
    behave: (next) => {
      behaviour = next
    },
    landLate: async () => {
      const answers: Answer[] = []
      for (const { forwarded } of late.splice(0)) answers.push(await forward(forwarded))
      return answers.map(({ status }) => status)
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      agent.destroy()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

function describe(
  { method, target, headers }: Forwarded,
  at: { prefix: string; index: number },
): SeenRequest {
  const path = target.split('?')[0] ?? ''
  const key = path.slice(at.prefix.length + 1)
  return {
    method,
    key: key === '' ? null : decodeURIComponent(key),
    isCreation: method === 'PUT' && headers['if-none-match'] === '*',
    index: at.index,
  }
}

async function ask(
  { method, target, headers, body }: Forwarded,
  to: { readonly real: S3Server; readonly target: URL; readonly agent: Agent },
): Promise<Answer> {
  const signed = signS3(
    { method, target, headers: { ...headers, host: to.target.host } },
    { credentials: to.real.credentials, region: 'auto', at: new Date() },
  )
  const outgoing = send({
    host: to.target.hostname,
    port: to.target.port,
    method,
    path: target,
    headers: { ...signed, ...(body.length > 0 ? { 'content-length': String(body.length) } : {}) },
    agent: to.agent,
  })
  outgoing.end(body)
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
  return {
    status: incoming.statusCode ?? 0,
    headers: Object.fromEntries(
      passedBack.flatMap((name) => {
        const value = incoming.headers[name]
        return typeof value === 'string' ? [[name, value]] : []
      }),
    ),
    body: await buffer(incoming),
  }
}

function reply(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers)
  response.end(body)
}

const names: Readonly<Record<number, string>> = {
  200: 'OK',
  403: 'AccessDenied',
  404: 'NoSuchKey',
  409: 'ConditionalRequestConflict',
  412: 'PreconditionFailed',
  500: 'InternalError',
  503: 'SlowDown',
}

function made(status: number, { code, page }: { readonly code?: string; readonly page?: true } = {}): Answer {
  const error =
    page === true
      ? '<html><body>made up by the test</body></html>'
      : `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code ?? names[status] ?? 'Unknown'}</Code><Message>made up by the test</Message></Error>`
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: Buffer.from(status === 200 ? '' : error),
  }
}

function bare({ target }: Forwarded, method: string): Forwarded {
  return { method, target: target.split('?')[0] ?? '', headers: {}, body: Buffer.alloc(0) }
}

function unconditional({ headers }: Forwarded): Record<string, string> {
  const { 'if-match': _match, 'if-none-match': _noneMatch, ...others } = headers
  return others
}

function pathOf({ target }: Forwarded): string {
  return target.split('?')[0] ?? ''
}
