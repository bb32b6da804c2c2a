import { ConductError } from '@conduct/core'
import { describeStoreUrl } from '../describe-store-url.ts'

/** Where a store lies, from `s3://bucket/prefix?region=…&endpoint=…`. Credentials never stand in it. */
export interface S3Address {
  readonly bucket: string
  /** Begins every key; ends with `/` unless it is empty. */
  readonly prefix: string
  /** Null: the client's own chain (AWS_REGION, profile) decides. */
  readonly region: string | null
  /** Null: Amazon's of the region. With one, the bucket stands in the path: such hosts seldom have names per bucket. */
  readonly endpoint: string | null
  /** The address for people. */
  readonly shown: string
}

/** For a service that has no regions; it takes part in the signature all the same. */
const regionOfEndpoints = 'us-east-1'

/** @throws ConductError STORE_UNSUPPORTED */
export function parseS3Address(url: string): S3Address {
  const shown = describeStoreUrl(url)
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (parsed === null || parsed.hostname === '') {
    throw unsupported(shown, 'is no s3://bucket/prefix')
  }
  if (parsed.username !== '' || parsed.password !== '' || parsed.port !== '') {
    throw unsupported(
      shown,
      'holds more than a bucket before its prefix; credentials come from the environment',
    )
  }
  const unknown = [...parsed.searchParams.keys()].filter((name) => name !== 'region' && name !== 'endpoint')
  if (unknown.length > 0) {
    throw unsupported(shown, `has parameters that mean nothing here: ${unknown.join(', ')}`)
  }
  const endpoint = parsed.searchParams.get('endpoint')
  if (endpoint !== null && !/^https?:\/\/[^/]/.test(endpoint)) {
    throw unsupported(shown, 'has an endpoint that is no http(s):// address')
  }
  const segments = decodeURIComponent(parsed.pathname)
    .split('/')
    .filter((segment) => segment !== '')
  return {
    bucket: parsed.hostname,
    prefix: segments.map((segment) => `${segment}/`).join(''),
    region: parsed.searchParams.get('region') ?? (endpoint === null ? null : regionOfEndpoints),
    endpoint,
    shown,
  }
}

function unsupported(shown: string, why: string): ConductError {
  return new ConductError('STORE_UNSUPPORTED', `The address of the store ${shown} ${why}.`, {
    hint: 'Write it as s3://bucket/prefix?region=…&endpoint=… in lanes.yaml.',
  })
}
