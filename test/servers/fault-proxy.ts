import { once } from 'node:events'
import { createServer, type IncomingMessage, request as send, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'

/** What happens to a request instead of what should. */
export type HttpFault =
  /** The connection dies; nothing reached the server. */
  | { readonly fault: 'unreachable' }
  /** Nothing reached the server and nobody answers. */
  | { readonly fault: 'hang' }
  /** Answered here; nothing reached the server. */
  | {
      readonly fault: 'status'
      readonly status: number
      readonly body?: string
      readonly headers?: Readonly<Record<string, string>>
    }
  /** The server acts; its answer is lost, or replaced by a failure. */
  | { readonly fault: 'acts_unanswered' }
  | { readonly fault: 'acts_then_status'; readonly status: number }
  /** The server acts; half of its answer arrives. */
  | { readonly fault: 'half' }
  /** The server acts; half of its answer arrives, and is said to be the whole. */
  | { readonly fault: 'half_unnoticed' }
  /** The server acts and answers, late. */
  | { readonly fault: 'late'; readonly afterMs: number }
  /** What the same question was answered first. */
  | { readonly fault: 'stale' }

export interface HttpCall {
  readonly method: string
  /** Decoded, without the query. */
  readonly path: string
  /** 1 for the first of this method and path. */
  readonly nth: number
}

export interface FaultProxy extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Decides for each request; null: it passes. Replaces the decision before. */
  misbehave(choose: ((call: HttpCall) => HttpFault | null) | null): void
  readonly calls: readonly HttpCall[]
}

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** Stands in front of a server and lets tests play the network and a server on a bad day. */
export async function startFaultProxy(
  targetPort: number,
  options: {
    /** Told of each answer that the server itself gave, whatever becomes of it, and of what it was asked with. */
    readonly onAnswer?: (seen: {
      readonly method: string
      readonly status: number
      readonly body: Buffer
    }) => void
  } = {},
): Promise<FaultProxy> {
  const calls: HttpCall[] = []
  const counts = new Map<string, number>()
  const firstAnswers = new Map<string, Answer>()
  let choose: (call: HttpCall) => HttpFault | null = () => null

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET'
    const path = decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/')
    const key = `${method} ${path}`
    const nth = (counts.get(key) ?? 0) + 1
    counts.set(key, nth)
    const call = { method, path, nth }
    calls.push(call)
    const body = await readAll(request)
    const pass = async (): Promise<Answer> => {
      const answer = await forward({ request, body, targetPort })
      options.onAnswer?.({ method, status: answer.status, body })
      if (!firstAnswers.has(key)) firstAnswers.set(key, answer)
      return answer
    }
    const fault = choose(call)
    switch (fault?.fault) {
      case undefined:
        return reply(response, await pass())
      case 'unreachable':
        request.socket.destroy()
        return undefined
      case 'hang':
        return undefined
      case 'status':
        response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers })
        response.end(fault.body ?? '{"error":"a bad day"}')
        return undefined
      case 'acts_unanswered':
        await pass()
        request.socket.destroy()
        return undefined
      case 'acts_then_status':
        await pass()
        response.writeHead(fault.status, { 'content-type': 'application/json' }).end('{"error":"a bad day"}')
        return undefined
      case 'half': {
        const { status, headers, body: whole } = await pass()
        response.writeHead(status, { ...withoutFraming(headers), 'content-length': String(whole.length) })
        response.write(whole.subarray(0, Math.floor(whole.length / 2)), () => request.socket.destroy())
        return undefined
      }
      case 'half_unnoticed': {
        const whole = await pass()
        return reply(response, { ...whole, body: whole.body.subarray(0, Math.floor(whole.body.length / 2)) })
      }
      case 'late':
        await setTimeout(fault.afterMs)
        return reply(response, await pass())
      case 'stale':
        return reply(response, firstAnswers.get(key) ?? (await pass()))
    }
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    calls,
    misbehave: (next) => {
      choose = next ?? (() => null)
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function readAll(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function forward(options: {
  readonly request: IncomingMessage
  readonly body: Buffer
  readonly targetPort: number
}): Promise<Answer> {
  const { request, body, targetPort } = options
  const { method, url: path, headers } = request
  return new Promise((resolve, reject) => {
    const onward = send(
      // Compressed answers cannot be cut or kept by their text.
      {
        host: '127.0.0.1',
        port: targetPort,
        method,
        path,
        headers: { ...headers, 'accept-encoding': 'identity', 'content-length': String(body.length) },
      },
      (answer) => {
        readAll(answer).then(
          (whole) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: whole }),
          reject,
        )
      },
    )
    onward.on('error', reject).end(body)
  })
}

function reply(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...withoutFraming(headers), 'content-length': String(body.length) }).end(body)
}

function withoutFraming(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const { 'transfer-encoding': _chunked, 'content-length': _length, connection: _kept, ...rest } = headers
  return rest
}
