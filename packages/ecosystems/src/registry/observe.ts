import semver from 'semver'
import { registryProblem } from '../manifests/publishable.ts'
import type { ObservedVersion } from '../ports.ts'
import { asRecord, asText, type UnknownRecord } from '../unknown.ts'
import type { AuthorizationOf } from './authorization.ts'
import { integrityIn } from './integrity.ts'
import { ask } from './read-answer.ts'
import { encodedName, normalizedRegistry } from './registry-of.ts'

const requestTimeoutMs = 30_000
const packumentBytesMax = 128 * 1024 * 1024

/** What package managers ask for when they resolve; registries without it answer the long form. */
const resolverAccept = 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8'

export interface ObserveOptions {
  readonly package: string
  readonly version: string
  readonly registry: string
  readonly signal?: AbortSignal
  /** Of one question. */
  readonly timeoutMs?: number
  /** For registries that show a package to its people only. */
  readonly authorizationOf?: AuthorizationOf
}

/**
 * What resolvers see of one version: the packument past every cache, then that its tarball is served.
 *
 * @returns `absent` only when the registry itself says so (its own 404, or a packument without the version);
 *   whatever else goes wrong is `unknown`, with the reason.
 */
export async function observeVersion(options: ObserveOptions): Promise<ObservedVersion> {
  const url = packumentUrl(options)
  const answer = await ask({
    url,
    timeoutMs: options.timeoutMs ?? requestTimeoutMs,
    bodyBytesMax: packumentBytesMax,
    accept: resolverAccept,
    wantsBody: true,
    authorization: options.authorizationOf?.(url) ?? null,
    signal: options.signal,
  })
  if (answer.kind === 'failed') return unknown(`${url}: ${answer.reason}`)
  if (answer.status === 404 && answer.isJson) return { state: 'absent', latest: null, versions: [] }
  if (answer.status !== 200) {
    const isForeign = answer.status === 404 ? ' without JSON, which is not a registry speaking' : ''
    return unknown(`${url}: answered ${answer.status}${isForeign}`)
  }
  const packument = asRecord(answer.json)
  const { versions } = packument
  if (packument['name'] !== options.package || versions === null || typeof versions !== 'object') {
    return unknown(`${url}: the answer is not the packument of ${options.package}`)
  }
  const listed = asRecord(versions)
  if (Object.hasOwn(listed, options.version)) {
    return await observeTarball(asRecord(asRecord(listed[options.version])['dist']), options)
  }
  const latest = asRecord(packument['dist-tags'])['latest']
  return {
    state: 'absent',
    latest: isVersion(latest) ? latest : null,
    versions: Object.keys(listed).filter(isVersion),
  }
}

async function observeTarball(dist: UnknownRecord, options: ObserveOptions): Promise<ObservedVersion> {
  const tarball = asText(dist['tarball'])
  const integrity = integrityIn(dist)
  if (tarball === null || integrity === null || registryProblem(tarball.split('?')[0] ?? '') !== null) {
    return unknown(
      `${options.package}@${options.version}: the registry lists it without tarball or integrity`,
    )
  }
  const answer = await ask({
    url: tarball,
    timeoutMs: options.timeoutMs ?? requestTimeoutMs,
    bodyBytesMax: 0,
    wantsBody: false,
    authorization: options.authorizationOf?.(tarball) ?? null,
    signal: options.signal,
  })
  if (answer.kind === 'failed') return unknown(`${tarball}: ${answer.reason}`)
  if (answer.status !== 200) {
    return unknown(`${tarball}: listed in the packument, but the tarball answers ${answer.status}`)
  }
  return { state: 'present', integrity, tarball }
}

/** What a registry lists as a version is shown, compared and handed to its client: nothing else is believed. */
export function isVersion(value: unknown): value is string {
  return typeof value === 'string' && semver.valid(value) !== null
}

export function packumentUrl(options: Pick<ObserveOptions, 'package' | 'registry'>): string {
  return new URL(encodedName(options.package), normalizedRegistry(options.registry)).href
}

function unknown(reason: string): ObservedVersion {
  return { state: 'unknown', reason }
}
