import { createHash } from 'node:crypto'
import { ConductError } from '@conduct/core'
import type { ObservedStage, StagedVersion } from '../ports.ts'
import { asRecord, asText } from '../unknown.ts'
import type { AuthorizationOf } from './authorization.ts'
import { ask } from './read-answer.ts'
import { readBytes } from './read-bytes.ts'
import { normalizedRegistry } from './registry-of.ts'

const requestTimeoutMs = 30_000
const downloadTimeoutMs = 300_000
const listBytesMax = 8 * 1024 * 1024
const tarballBytesMax = 1024 * 1024 * 1024
/** The most that the registry gives at once. */
const itemsPerPage = 100
/** Staged versions of one package; who has more has forgotten to approve or reject for years. */
const pagesMax = 20

/** What the registry calls a staged version; it becomes a word of printed commands and a part of addresses. */
export const stageIdPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

interface ObserveStagedOptions {
  readonly package: string
  readonly version: string
  readonly registry: string
  readonly authorizationOf: AuthorizationOf
  readonly signal?: AbortSignal
}

/**
 * Whether a version waits for approval, from the registry's own list.
 *
 * @returns `absent` only when every page of the list was read and the version is on none of them.
 */
export async function observeStaged(options: ObserveStagedOptions): Promise<ObservedStage> {
  let seen = 0
  for (let page = 0; page < pagesMax; page += 1) {
    const read = await readPage(options, page)
    if ('state' in read) return read
    const found = read.items.map(asRecord).find((item) => isOurs(item, options))
    if (found !== undefined) return toStaged(found, options)
    seen += read.items.length
    if (read.items.length === 0 || seen >= read.total) return { state: 'absent' }
  }
  return { state: 'unknown', reason: `more than ${pagesMax * itemsPerPage} staged versions` }
}

type Item = ReturnType<typeof asRecord>

async function readPage(
  options: ObserveStagedOptions,
  page: number,
): Promise<ObservedStage | { readonly items: readonly unknown[]; readonly total: number }> {
  const url = new URL('-/stage', normalizedRegistry(options.registry))
  url.search = new URLSearchParams({
    page: String(page),
    perPage: String(itemsPerPage),
    package: options.package,
  }).toString()
  const answer = await ask({
    url: url.href,
    timeoutMs: requestTimeoutMs,
    bodyBytesMax: listBytesMax,
    accept: 'application/json',
    wantsBody: true,
    authorization: options.authorizationOf(url.href),
    signal: options.signal,
  })
  if (answer.kind === 'failed') return { state: 'unknown', reason: `${url.href}: ${answer.reason}` }
  const speaksNoStaging = [404, 405, 501].includes(answer.status)
  if (speaksNoStaging && answer.isJson) {
    return { state: 'unsupported', reason: `${options.registry} has no staged publishing (${answer.status})` }
  }
  if (answer.status === 401 || answer.status === 403) {
    return {
      state: 'unknown',
      reason: `${options.registry} does not let these credentials list what is staged (${answer.status})`,
    }
  }
  const { items, total } = asRecord(answer.json)
  if (answer.status !== 200 || !Array.isArray(items) || typeof total !== 'number') {
    return { state: 'unknown', reason: `${url.href}: answered ${answer.status} without a list` }
  }
  return { items: items as readonly unknown[], total }
}

function isOurs(item: Item, { package: name, version }: ObserveStagedOptions): boolean {
  return item['packageName'] === name && item['version'] === version
}

function toStaged(item: Item, options: ObserveStagedOptions): ObservedStage {
  const id = asText(item['id'])
  if (id === null || !stageIdPattern.test(id)) {
    return { state: 'unknown', reason: `${options.registry} lists a staged version without a proper id` }
  }
  const staged: StagedVersion = {
    id,
    shasum: asText(item['shasum']),
    distTag: asText(item['tag']),
    stagedBy: asText(item['actor']),
    stagedAt: asText(item['createdAt']),
  }
  return { state: 'staged', staged }
}

/** SRI of the bytes that are staged. @throws ConductError REGISTRY_UNREACHABLE */
export async function integrityOfStaged(options: {
  readonly id: string
  readonly registry: string
  readonly authorizationOf: AuthorizationOf
  readonly signal?: AbortSignal
}): Promise<string> {
  const url = new URL(`-/stage/${options.id}/tarball`, normalizedRegistry(options.registry)).href
  const hash = createHash('sha512')
  const read = await readBytes({
    url,
    timeoutMs: downloadTimeoutMs,
    bytesMax: tarballBytesMax,
    authorization: options.authorizationOf(url),
    signal: options.signal,
    take: (chunk) => hash.update(chunk),
  })
  if (read.state === 'read') return `sha512-${hash.digest('base64')}`
  throw new ConductError('REGISTRY_UNREACHABLE', `${url}: ${read.reason}`)
}
