import { createHash, createHmac } from 'node:crypto'
import type { S3Credentials } from './s3.ts'

export interface UnsignedRequest {
  readonly method: string
  /** As it goes over the wire: percent-encoded, with the query. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Signs a request to S3 anew, its body left out: a proxy that changes a condition has to.
 *
 * Source: AWS Signature Version 4, "Authenticating Requests (AWS Signature Version 4)" in the S3 API reference.
 */
export function signS3(
  request: UnsignedRequest,
  options: { readonly credentials: S3Credentials; readonly region: string; readonly at: Date },
): Record<string, string> {
  const { credentials, region } = options
  const time = options.at.toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const day = time.slice(0, 8)
  const scope = `${day}/${region}/s3/aws4_request`
  const headers: Record<string, string> = {
    ...request.headers,
    'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
    'x-amz-date': time,
  }
  const names = Object.keys(headers).sort()
  const [path = '', query = ''] = request.target.split('?')
  const canonical = [
    request.method,
    path,
    query
      .split('&')
      .filter((part) => part !== '')
      .map((part) => (part.includes('=') ? part : `${part}=`))
      .sort()
      .join('&'),
    ...names.map((name) => `${name}:${(headers[name] ?? '').trim()}`),
    '',
    names.join(';'),
    'UNSIGNED-PAYLOAD',
  ].join('\n')
  const text = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(canonical).digest('hex')].join(
    '\n',
  )
  let key: Buffer | string = `AWS4${credentials.secretAccessKey}`
  for (const part of [day, region, 's3', 'aws4_request'])
    key = createHmac('sha256', key).update(part).digest()
  const signature = createHmac('sha256', key).update(text).digest('hex')
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  }
}
