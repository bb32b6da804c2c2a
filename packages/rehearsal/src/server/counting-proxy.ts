import { type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import { recordAttempt } from '../attempts.ts'
import { type Listening, listen, readBody } from './http.ts'
import { attachedVersion } from './publish-document.ts'

export interface ProxyOptions {
  readonly targetPort: number
  readonly attempts: string
}

/** Stands in front of the registry, changes nothing, and notes each try to publish a version. */
export function startCountingProxy(options: ProxyOptions): Promise<Listening> {
  return listen(async (request, response) => {
    const body = await readBody(request)
    const published = request.method === 'PUT' ? attachedVersion(body) : null
    await forward({ request, response, body, targetPort: options.targetPort }, (status) => {
      if (published === null) return
      recordAttempt(options.attempts, {
        kind: 'publish',
        package: published.document.name,
        version: published.version,
        status,
        at: new Date().toISOString(),
      })
    })
  })
}

interface Forwarded {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: Buffer
  readonly targetPort: number
}

/** Calls `answered` before a byte of the answer reaches the client, so that whoever has it finds the note. */
export function forward(
  { request, response, body, targetPort }: Forwarded,
  answered: (status: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const { method, url: path, headers } = request
    const onward = send(
      {
        host: '127.0.0.1',
        port: targetPort,
        method,
        path,
        headers: { ...headers, 'content-length': body.length },
      },
      (upstream) => {
        answered(upstream.statusCode ?? 0)
        response.writeHead(upstream.statusCode ?? 502, upstream.headers)
        upstream.pipe(response).on('close', resolve)
      },
    )
    onward.on('error', reject).end(body)
  })
}
