import { ConductError } from '@conduct/core'
import type { S3Address } from './s3-address.ts'

/** What is asked of the policy of the bucket; nothing is ever deleted. */
export const neededPermissions =
  's3:GetObject and s3:PutObject on the objects below the prefix, s3:ListBucket on the bucket'

/** Status of an answer; null: none came. */
export function statusOf(error: unknown): number | null {
  const status = fieldOf(fieldOf(error, '$metadata'), 'httpStatusCode')
  return typeof status === 'number' ? status : null
}

/** The service says itself that it did nothing, for the reason that our clock is off; the client then corrects it. */
export function isClockSkewed(error: unknown): boolean {
  return codeOf(error) === 'RequestTimeTooSkewed' || codeOf(error) === 'RequestInTheFuture'
}

/** No byte of the request left this machine. */
export function isNeverSent(error: unknown): boolean {
  const code = fieldOf(error, 'code')
  return typeof code === 'string' && neverSent.has(code)
}

/**
 * The one place where errors of the client become ours. What somebody must grant or correct is STORE_REFUSED; all the
 * rest says nothing about any lane: STORE_UNREACHABLE.
 */
export function translateS3(error: unknown, { bucket, shown }: S3Address): ConductError {
  const code = codeOf(error)
  const said = error instanceof Error && error.message !== '' ? error.message : code
  const hint = refusalHint({ code, status: statusOf(error), bucket })
  if (hint !== null) {
    return new ConductError('STORE_REFUSED', `The store ${shown} refuses us: ${said}`, { hint, cause: error })
  }
  return new ConductError('STORE_UNREACHABLE', `The store ${shown} did not answer: ${said}`, { cause: error })
}

function refusalHint(found: { code: string; status: number | null; bucket: string }): string | null {
  const { code, status, bucket } = found
  switch (code) {
    case 'NoSuchBucket':
      return `Make the bucket ${bucket}, or correct the address in lanes.yaml.`
    case 'InvalidBucketName':
    case 'PermanentRedirect':
    case 'AuthorizationHeaderMalformed':
      return 'Correct the bucket, the region= or the endpoint= of the address in lanes.yaml.'
    case 'CredentialsProviderError':
      return 'Give the credentials of S3 the usual way: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or a role.'
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
    case 'ExpiredToken':
    case 'InvalidToken':
      return 'The credentials are wrong or have expired: renew those that the environment or the profile gives.'
    case 'RequestTimeTooSkewed':
    case 'RequestInTheFuture':
      return 'The clock of this machine is wrong by more than the service accepts: correct it.'
    case 'NotImplemented':
      return 'This service has no conditional writes: use an S3 that has, or another kind of store.'
    default:
  }
  if (status === 401 || status === 403) {
    return `Grant ${neededPermissions} (${bucket}). Without s3:ListBucket a missing object reads as forbidden.`
  }
  return /Region is missing/i.test(code)
    ? 'Add region= to the address in lanes.yaml, or set AWS_REGION.'
    : null
}

function codeOf(error: unknown): string {
  if (error instanceof Error && error.message === 'Region is missing') return error.message
  const code = fieldOf(error, 'Code') ?? fieldOf(error, 'name')
  return typeof code === 'string' ? code : ''
}

const neverSent: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

function fieldOf(value: unknown, name: string): unknown {
  return value !== null && typeof value === 'object' && name in value
    ? (value as Record<string, unknown>)[name]
    : undefined
}
