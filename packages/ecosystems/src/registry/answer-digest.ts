import { createHash } from 'node:crypto'

/**
 * Whether an answer is the one that the server meant to give: by `Repr-Digest` (RFC 9530), by the older `Digest`, or,
 * where a server uses the MD5 of a file as its ETag, by that. An ETag may be anything, so that another one says nothing.
 */
export type AnswerDigest = 'same' | 'other' | 'untold' | 'perhaps_other'

export function compareDigest(body: Buffer, headers: Headers): AnswerDigest {
  // What is compressed on the way has the digest of one or the other.
  if (headers.get('content-encoding') !== null) return 'untold'
  const given = ['sha-512', 'sha-256'].flatMap((algorithm) => {
    const value = digestIn(headers, algorithm)
    return value === null ? [] : [{ algorithm: algorithm.replace('-', ''), value }]
  })[0]
  if (given !== undefined) return hashed(body, given.algorithm, 'base64') === given.value ? 'same' : 'other'
  const etag = /^(?:W\/)?"?([0-9a-f]{32})"?$/.exec(headers.get('etag') ?? '')?.[1]
  if (etag === undefined) return 'untold'
  return hashed(body, 'md5', 'hex') === etag ? 'same' : 'perhaps_other'
}

/** `sha-256=:<base64>:` of the one header, `sha-256=<base64>` of the other. */
function digestIn(headers: Headers, algorithm: string): string | null {
  const found = [headers.get('repr-digest'), headers.get('digest')].flatMap((header) =>
    (header ?? '').split(',').flatMap((part) => {
      const [, name = '', value = ''] = /^\s*([\w-]+)=:?([A-Za-z0-9+/]+=*):?/.exec(part) ?? []
      return name.toLowerCase() === algorithm ? [value] : []
    }),
  )
  return found[0] ?? null
}

function hashed(body: Buffer, algorithm: string, encoding: 'hex' | 'base64'): string {
  return createHash(algorithm).update(body).digest(encoding)
}
