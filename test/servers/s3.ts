import { randomUUID } from 'node:crypto'
import { Miniflare } from 'miniflare'

/**
 * A real S3 on loopback: the R2 endpoint of `miniflare`, whose conditional PUT is atomic and whose signatures are
 * checked. Nothing is written to disk; buckets are those it was started with.
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
  const endpoint = `${(await server.ready).href}cdn-cgi/local/r2/s3`
  return {
    endpoint,
    bucket,
    credentials,
    env: s3Environment(credentials),
    freshUrl: (prefix = randomUUID()) => s3Url({ bucket, prefix, endpoint }),
    [Symbol.asyncDispose]: () => server.dispose(),
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
