import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ConductError } from '@conduct/core'
import type { Packed } from '../ports.ts'
import type { AuthorizationOf } from './authorization.ts'

const downloadTimeoutMs = 300_000
const tarballBytesMax = 1024 * 1024 * 1024
const algorithms = new Set(['sha1', 'sha256', 'sha384', 'sha512'])

/** SRI of a file. */
export async function integrityOfFile(file: string, algorithm = 'sha512'): Promise<string> {
  if (!algorithms.has(algorithm)) throw new Error(`invariant broken: no integrity is made with ${algorithm}`)
  const hash = createHash(algorithm)
  await pipeline(createReadStream(file), hash)
  return `${algorithm}-${hash.digest('base64')}`
}

/**
 * Fetches a published tarball into `file`.
 *
 * @throws ConductError REGISTRY_UNREACHABLE  it was not served, or is not what the packument promises.
 */
export async function downloadTarball(options: {
  readonly url: string
  readonly integrity: string
  readonly file: string
  readonly signal?: AbortSignal
  /** For registries that show a package to its people only. */
  readonly authorizationOf?: AuthorizationOf
}): Promise<Packed> {
  const { url, integrity, file } = options
  await fetchInto(options)
  const got = await integrityOfFile(file, integrity.slice(0, integrity.indexOf('-')))
  if (got !== integrity) {
    throw new ConductError('REGISTRY_UNREACHABLE', `${url}: got ${got}, the packument promises ${integrity}`)
  }
  return { path: file, integrity, sizeBytes: (await stat(file)).size }
}

async function fetchInto({
  url,
  file,
  signal,
  authorizationOf,
}: Pick<
  Parameters<typeof downloadTarball>[0],
  'url' | 'file' | 'signal' | 'authorizationOf'
>): Promise<void> {
  const limit = AbortSignal.timeout(downloadTimeoutMs)
  const either = signal === undefined ? limit : AbortSignal.any([signal, limit])
  try {
    const authorization = authorizationOf?.(url) ?? null
    const headers = { 'user-agent': 'conduct', ...(authorization === null ? {} : { authorization }) }
    // Sent on to another host, the request is without it.
    const response = await fetch(url, { signal: either, headers })
    if (!response.ok || response.body === null) throw new Error(`answered ${response.status}`)
    await pipeline(Readable.fromWeb(response.body), limitBytes, createWriteStream(file), { signal: either })
  } catch (error) {
    signal?.throwIfAborted()
    throw new ConductError('REGISTRY_UNREACHABLE', `${url}: ${reasonOf(error)}`, { cause: error })
  }
}

async function* limitBytes(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let total = 0
  for await (const chunk of chunks) {
    total += chunk.byteLength
    if (total > tarballBytesMax) throw new Error(`more than ${tarballBytesMax} bytes`)
    yield chunk
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message : String(cause)
}
