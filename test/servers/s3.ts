import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request as send, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { Miniflare } from 'miniflare'

/**
 * A real S3 on loopback: the R2 endpoint of `miniflare`, whose conditional PUT is atomic and whose signatures are
 * checked. Nothing is written to disk; buckets are those it was started with. Alone of all services it leaves the time
 * out of its answers, by which clients with a wrong clock find out: something in front of it adds that.
 */
export interface S3Server extends AsyncDisposable {
  /** Where its API answers; carries a path. */
  readonly endpoint: string
  readonly bucket: string
  readonly credentials: S3Credentials
  /** The credentials as the client's own chain finds them. */
  readonly env: Readonly<Record<string, string>>
  /** An address for `store:` in lanes.yaml, with a prefix that nobody else uses. */
  freshUrl(prefix?: string): string
}

export interface S3Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

const region = 'auto'

export async function startS3(options: { readonly bucket?: string } = {}): Promise<S3Server> {
  const bucket = options.bucket ?? 'lanes'
  const credentials = { accessKeyId: 'conduct-tests', secretAccessKey: randomUUID() }
  const server = new Miniflare({
    modules: true,
    script: 'export default { fetch: () => new Response(null, { status: 404 }) }',
    host: '127.0.0.1',
    port: 0,
    r2Buckets: { BUCKET: { id: bucket, s3Credentials: credentials } },
  })
  const front = await startFront(await server.ready)
  const endpoint = `${front.url}/cdn-cgi/local/r2/s3`
  return {
    endpoint,
    bucket,
    credentials,
    env: s3Environment(credentials),
    freshUrl: (prefix = randomUUID()) => s3Url({ bucket, prefix, endpoint }),
    [Symbol.asyncDispose]: async () => {
      await front.close()
      await server.dispose()
    },
  }
}

/** Passes everything on as it is; Node's server dates its answers. */
async function startFront(to: URL): Promise<{ readonly url: string; close(): Promise<void> }> {
  const agent = new Agent({ keepAlive: true })
  const forward = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, url: path, headers } = incoming
    const body = await buffer(incoming)
    const pass = (isAgain: boolean): void => {
      const outgoing = send({ host: to.hostname, port: to.port, method, path, headers, agent }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
      // A connection that was kept may be closed from there just as it is used again: nobody has read the request.
      outgoing.on('error', () => (outgoing.reusedSocket && !isAgain ? pass(true) : response.destroy()))
      outgoing.end(body)
    }
    pass(false)
  }
  const front = createServer((incoming, response) => {
    forward(incoming, response).catch(() => response.destroy())
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  return {
    url: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    close: async () => {
      front.closeAllConnections()
      agent.destroy()
      await new Promise((resolve) => {
        front.close(resolve)
      })
    },
  }
}

export function s3Url(place: { bucket: string; prefix: string; endpoint: string }): string {
  const query = new URLSearchParams({ region, endpoint: place.endpoint })
  return `s3://${place.bucket}/${place.prefix}?${query.toString()}`
}

/** Nothing of the machine that runs the tests takes part: no profile, no metadata service. */
export function s3Environment(credentials: S3Credentials): Readonly<Record<string, string>> {
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  }
}
