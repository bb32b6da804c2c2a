import type * as Sdk from '@aws-sdk/client-s3'
import { ConductError } from '@conduct/core'
import type { CallTime } from './call-time.ts'
import type { S3Address } from './s3-address.ts'
import { isClockSkewed, isNeverSent, statusOf, translateS3 } from './s3-errors.ts'

/**
 * Objects of one bucket: read, conditionally written, listed; never deleted. The client tries each request once: its
 * own retry of a write would turn a first success into "refused".
 *
 * ETags are passed on as they were received, quotes included, unless `sendBareETags` was called.
 */
export interface S3Objects {
  readonly address: S3Address
  /** @param options.unless an ETag: the answer is `same` while it is that one. */
  get(key: string, time: CallTime, options?: { readonly unless?: string | undefined }): Promise<Got>
  put(key: string, text: string, options: { readonly time: CallTime; readonly only: Condition }): Promise<Put>
  list(prefix: string, time: CallTime, options?: ListOptions): Promise<Listed>
  /** From now on expected ETags are sent without quotes: some services, as Ceph, compare them in that form only. */
  sendBareETags(): void
  /** Wall clock of the service by its last answer, and ours at that moment; null before the first. */
  clock(): { readonly theirMs: number; readonly ourMs: number } | null
  close(): void
}

export type Got =
  | { readonly kind: 'found'; readonly etag: string; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'same' }

export type Condition =
  | { readonly ifMatch: string }
  | { readonly ifAbsent: true }
  | { readonly whatever: true }

export type Put =
  | { readonly kind: 'written'; readonly etag: string }
  /** 412, or 404 where a version was expected: the condition did not hold. */
  | { readonly kind: 'refused' }
  /** 409, a timeout, an answer 5xx, a connection that broke: it acted, or not, or will still act. */
  | { readonly kind: 'unknown'; readonly error: ConductError }

export interface ListOptions {
  readonly startAfter?: string
  readonly limit?: number
  /** One entry per start of a key up to the next `/`, instead of the keys. */
  readonly byFolder?: true
}

export interface Listed {
  readonly keys: readonly { readonly key: string; readonly bytes: number }[]
  readonly folders: readonly string[]
}

/** Tries of one reading request that fails, and the pause after the first; it doubles. */
const readTriesMax = 3
const readPauseMs = 40

/** Pages of a listing, 1,000 keys each. */
const pagesMax = 1000

export async function openS3Objects(address: S3Address): Promise<S3Objects> {
  const sdk = await loadSdk()
  const { bucket: Bucket } = address
  const client = new sdk.S3Client({
    ...(address.region === null ? {} : { region: address.region }),
    ...(address.endpoint === null ? {} : { endpoint: address.endpoint, forcePathStyle: true }),
    maxAttempts: 1,
    // Other services know neither the checksums of Amazon nor a body in chunks.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  const clock = watchClock(client)
  let areETagsBare = false

  /** Once more when the service refused our clock: it did nothing, and the client has corrected the time by then. */
  const ask = async <Answer>(
    time: CallTime,
    send: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> => {
    try {
      return await within(time.requestMs(), send)
    } catch (error) {
      if (!isClockSkewed(error)) throw error
      return within(time.requestMs(), send)
    }
  }

  /** A reading request, again while it fails fast. */
  const reading = async <Answer>(
    time: CallTime,
    send: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> => {
    for (let tries = 1; ; tries++) {
      try {
        return await ask(time, send)
      } catch (error) {
        const status = statusOf(error)
        if (error instanceof ConductError || (status !== null && status < 500 && status !== 429)) throw error
        const translated = translateS3(error, address)
        if (translated.code !== 'STORE_UNREACHABLE' || tries >= readTriesMax) throw translated
      }
      await time.pause(readPauseMs * 2 ** tries)
    }
  }

  return {
    address,
    get: async (Key, time, { unless } = {}) => {
      const condition = unless === undefined ? {} : { IfNoneMatch: unless }
      try {
        return await reading(time, async (abortSignal): Promise<Got> => {
          const command = new sdk.GetObjectCommand({ Bucket, Key, ...condition })
          const { Body, ETag } = await client.send(command, { abortSignal })
          const text = (await Body?.transformToString()) ?? ''
          if (ETag === undefined || ETag === '') throw noETag(address, Key)
          return { kind: 'found', etag: ETag, text }
        })
      } catch (error) {
        if (statusOf(error) === 304) return { kind: 'same' }
        if (isNoSuchKey(error)) return { kind: 'absent' }
        throw asOurs(error, address)
      }
    },
    put: async (Key, text, { time, only }) => {
      const condition = headersOf(only, areETagsBare)
      try {
        return await ask(time, async (abortSignal): Promise<Put> => {
          const command = new sdk.PutObjectCommand({
            Bucket,
            Key,
            Body: text,
            ContentType: 'application/json',
            ...condition,
          })
          const { ETag } = await client.send(command, { abortSignal })
          return { kind: 'written', etag: ETag ?? '' }
        })
      } catch (error) {
        const isRefused = statusOf(error) === 412 || ('ifMatch' in only && isNoSuchKey(error))
        if (isRefused) return { kind: 'refused' }
        const ours = asOurs(error, address)
        if (ours.code !== 'STORE_UNREACHABLE' || isNeverSent(error)) throw ours
        return { kind: 'unknown', error: ours }
      }
    },
    list: async (Prefix, time, { startAfter, limit, byFolder } = {}) => {
      const keys: { key: string; bytes: number }[] = []
      const folders: string[] = []
      let token: string | undefined
      for (let page = 1; page <= pagesMax; page++) {
        const command = new sdk.ListObjectsV2Command({
          Bucket,
          Prefix,
          ...(startAfter === undefined ? {} : { StartAfter: startAfter }),
          ...(limit === undefined ? {} : { MaxKeys: Math.max(1, Math.min(limit - keys.length, 1000)) }),
          ...(byFolder === undefined ? {} : { Delimiter: '/' }),
          ...(token === undefined ? {} : { ContinuationToken: token }),
        })
        const answer = await reading(time, (abortSignal) => client.send(command, { abortSignal })).catch(
          (error: unknown) => {
            throw asOurs(error, address)
          },
        )
        keys.push(...(answer.Contents ?? []).map(({ Key = '', Size = 0 }) => ({ key: Key, bytes: Size })))
        folders.push(...(answer.CommonPrefixes ?? []).map(({ Prefix: folder = '' }) => folder))
        token = answer.NextContinuationToken
        if (answer.IsTruncated !== true || token === undefined || keys.length >= (limit ?? Infinity)) {
          return { keys, folders }
        }
      }
      throw new ConductError('STORE_UNREACHABLE', `The store ${address.shown} lists no end below ${Prefix}.`)
    },
    sendBareETags: () => {
      areETagsBare = true
    },
    clock,
    close: () => client.destroy(),
  }
}

function headersOf(only: Condition, areETagsBare: boolean): { IfMatch?: string; IfNoneMatch?: string } {
  if ('ifAbsent' in only) return { IfNoneMatch: '*' }
  if ('whatever' in only) return {}
  return { IfMatch: areETagsBare ? only.ifMatch.replaceAll('"', '') : only.ifMatch }
}

/** What was read without one could never be replaced: a lease taken on it could never be given back. */
function noETag({ shown }: S3Address, key: string): ConductError {
  return new ConductError(
    'STORE_LIES',
    `The store ${shown} gives no ETag for ${key}: nothing there can be compared.`,
  )
}

/** Gives a request so long: it is cut off then, and whether it acts all the same is open. */
async function within<Answer>(
  limitMs: number,
  send: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const late = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${Math.round(limitMs)} ms`))
      late.abort()
    }, limitMs)
  })
  try {
    return await Promise.race([send(late.signal), tooLate])
  } finally {
    clearTimeout(timer)
  }
}

/** The service itself says so; a bare 404 may come from anything that stands in between, and is no answer. */
function isNoSuchKey(error: unknown): boolean {
  return statusOf(error) === 404 && error instanceof Error && error.name === 'NoSuchKey'
}

function asOurs(error: unknown, address: S3Address): ConductError {
  return error instanceof ConductError ? error : translateS3(error, address)
}

/** Looks at the Date header of every answer. */
function watchClock(client: Sdk.S3Client): S3Objects['clock'] {
  let seen: { theirMs: number; ourMs: number } | null = null
  client.middlewareStack.add(
    (next) => async (input) => {
      const answer = await next(input)
      const headers = (answer.response as { headers?: Record<string, string> } | undefined)?.headers
      const theirMs = Date.parse(headers?.['date'] ?? '')
      if (Number.isFinite(theirMs)) seen = { theirMs, ourMs: Date.now() }
      return answer
    },
    { step: 'deserialize', priority: 'low', name: 'conductWatchesTheClock' },
  )
  return () => seen
}

async function loadSdk(): Promise<typeof Sdk> {
  try {
    return await import('@aws-sdk/client-s3')
  } catch (cause) {
    throw new ConductError(
      'STORE_UNSUPPORTED',
      'The client for S3, the package @aws-sdk/client-s3, cannot be loaded.',
      {
        hint: 'Install it beside conduct (npm install @aws-sdk/client-s3@3), or name another store in lanes.yaml.',
        cause,
      },
    )
  }
}
