import { createHash } from 'node:crypto'
import { compareGemVersions, isGemPrerelease } from '../manifests/gem-version.ts'
import type { ObservedVersion } from '../ports.ts'
import { type Answer, ask } from './read-answer.ts'
import { normalizedRegistry } from './registry-of.ts'

const requestTimeoutMs = 30_000
const infoBytesMax = 64 * 1024 * 1024
const versionsBytesMax = 256 * 1024 * 1024

export interface ObserveGemOptions {
  readonly package: string
  readonly version: string
  readonly registry: string
  readonly signal?: AbortSignal
  /** Of one question. */
  readonly timeoutMs?: number
}

/**
 * What Bundler sees of one version: the compact index past every cache, then that the gem file is served.
 *
 * @returns `absent` only from something that proves to be a gem server; whatever goes wrong is `unknown`. The
 *   integrity is the SHA-256 that the index names, of the gem file.
 */
export async function observeGem(options: ObserveGemOptions): Promise<ObservedVersion> {
  const registry = normalizedRegistry(options.registry)
  const url = new URL(`info/${encodeURIComponent(options.package)}`, registry).href
  const answer = await askFor(url, options, { bodyBytesMax: infoBytesMax, wantsBody: true, isPlain: true })
  if (answer.kind === 'failed') return unknown(`${url}: ${answer.reason}`)
  if (answer.status === 404) return await absentThere(registry, options)
  if (answer.status !== 200) return unknown(`${url}: answered ${answer.status}`)
  const versions = versionsIn(answer.text)
  if (versions === null) return unknown(`${url}: the answer is no compact index`)
  const found = versions.find(({ number }) => number === options.version)
  if (found === undefined) {
    return (await isCut(answer, registry, options))
      ? unknown(`${url}: the answer is not what the server says it is; something of it is missing`)
      : absent(versions.map(({ number }) => number))
  }
  const { checksum } = found
  if (checksum === null) return unknown(`${url}: it lists ${options.version} without a checksum`)
  const tarball = new URL(`gems/${encodeURIComponent(`${options.package}-${options.version}`)}.gem`, registry)
    .href
  const file = await askFor(tarball, options, { bodyBytesMax: 0, wantsBody: false })
  if (file.kind === 'failed') return unknown(`${tarball}: ${file.reason}`)
  if (file.status !== 200) {
    return unknown(`${tarball}: listed in the compact index, but the gem answers ${file.status}`)
  }
  return { state: 'present', integrity: `sha256-${Buffer.from(checksum, 'hex').toString('base64')}`, tarball }
}

/** A gateway says 404 too: only a server that shows its list of gems may say that there is no such gem. */
async function absentThere(registry: string, options: ObserveGemOptions): Promise<ObservedVersion> {
  const url = new URL('versions', registry).href
  const answer = await askFor(url, options, { bodyBytesMax: versionsBytesMax, wantsBody: true })
  const isIndex = answer.kind === 'answered' && answer.status === 200 && /^---$/m.test(answer.text)
  return isIndex
    ? absent([])
    : unknown(`${registry}: it knows no ${options.package}, and shows no compact index`)
}

/**
 * Lines are missing that no line shows to be missing: by the digest that came with them. An ETag that only looks like
 * one is held against the list of gems, which names the MD5 of each gem's own lines.
 */
async function isCut(
  { text, digest }: Extract<Answer, { readonly kind: 'answered' }>,
  registry: string,
  options: ObserveGemOptions,
): Promise<boolean> {
  if (digest !== 'perhaps_other') return digest === 'other'
  const url = new URL('versions', registry).href
  const list = await askFor(url, options, { bodyBytesMax: versionsBytesMax, wantsBody: true })
  if (list.kind === 'failed' || list.status !== 200) return true
  const named = list.text.split('\n').findLast((line) => line.startsWith(`${options.package} `))
  return named?.split(' ').at(-1) !== createHash('md5').update(text).digest('hex')
}

async function askFor(
  url: string,
  { signal, timeoutMs = requestTimeoutMs }: ObserveGemOptions,
  wants: { readonly bodyBytesMax: number; readonly wantsBody: boolean; readonly isPlain?: boolean },
): Promise<Answer> {
  return await ask({ url, timeoutMs, signal, ...wants })
}

interface IndexedVersion {
  readonly number: string
  readonly checksum: string | null
}

/**
 * One line per version below `---`: number, needs, and after `|` the checksum and what it demands of Ruby. Every line
 * is ended, so that one that is not shows that the rest is missing.
 */
function versionsIn(text: string): readonly IndexedVersion[] | null {
  if (!text.endsWith('\n')) return null
  const lines = text.split('\n')
  const start = lines.indexOf('---')
  if (start === -1) return null
  return lines.slice(start + 1).flatMap((line) => {
    const number = /^(\S+) /.exec(line)?.[1]
    if (number === undefined) return []
    return [{ number, checksum: /[|,]checksum:([0-9a-f]{64})(?:,|$)/.exec(line)?.[1] ?? null }]
  })
}

/** Gems built for one platform carry it in their number: they are other files, and no versions of their own. */
function absent(numbers: readonly string[]): ObservedVersion {
  const versions = numbers.filter((number) => !number.includes('-')).sort(compareGemVersions)
  return { state: 'absent', latest: versions.findLast((one) => !isGemPrerelease(one)) ?? null, versions }
}

function unknown(reason: string): ObservedVersion {
  return { state: 'unknown', reason }
}
