import { asRecord, asText, type UnknownRecord } from '../unknown.ts'
import type { ObservedProvenance } from '../ports.ts'
import type { AuthorizationOf } from './authorization.ts'
import { ask } from './read-answer.ts'
import { encodedName, normalizedRegistry } from './registry-of.ts'

const requestTimeoutMs = 30_000
const answerBytesMax = 16 * 1024 * 1024
/** A package has a provenance and a publish attestation; who serves more has something else in mind. */
const attestationsMax = 20

const hexCommit = /^[0-9a-f]{40}$/

interface Options {
  readonly package: string
  readonly version: string
  readonly registry: string
  /** SRI (sha512) of the version as the registry serves it: a statement about other bytes is none about these. */
  readonly integrity: string
  readonly authorizationOf: AuthorizationOf
  readonly signal?: AbortSignal
}

/**
 * From which commit a published version was built, as its provenance attestation says, read back from the registry.
 * The registry checked the signature when it took the attestation; it is not checked again here.
 *
 * Source: npm's attestations endpoint; SLSA provenance v1 (`resolvedDependencies[].digest.gitCommit`) and v0.2
 * (`invocation.configSource.digest.sha1`).
 */
export async function observeProvenance(options: Options): Promise<ObservedProvenance> {
  const { package: name, version, registry } = options
  const path = `-/npm/v1/attestations/${encodedName(name)}@${encodeURIComponent(version)}`
  const url = new URL(path, normalizedRegistry(registry)).href
  const answer = await ask({
    url,
    timeoutMs: requestTimeoutMs,
    bodyBytesMax: answerBytesMax,
    accept: 'application/json',
    wantsBody: true,
    authorization: options.authorizationOf(url),
    signal: options.signal,
  })
  if (answer.kind === 'failed') return { state: 'unknown', reason: `${url}: ${answer.reason}` }
  if (answer.status === 404 && answer.isJson) return { state: 'absent' }
  const { attestations } = asRecord(answer.json)
  if (answer.status !== 200 || !Array.isArray(attestations)) {
    return { state: 'unknown', reason: `${url}: answered ${answer.status} without attestations` }
  }
  const statements = (attestations as readonly unknown[])
    .slice(0, attestationsMax)
    .map(statementOf)
    .filter((statement) => isAbout(statement, options.integrity))
  for (const statement of statements) {
    const source = sourceOf(asRecord(statement['predicate']))
    if (source !== null) return { state: 'present', ...source }
  }
  return { state: 'absent' }
}

/** The in-toto statement inside the signed envelope; empty where there is none. */
function statementOf(attestation: unknown): UnknownRecord {
  const envelope = asRecord(asRecord(asRecord(attestation)['bundle'])['dsseEnvelope'])
  const payload = asText(envelope['payload'])
  if (payload === null) return {}
  try {
    return asRecord(JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as unknown)
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}

function isAbout(statement: UnknownRecord, integrity: string): boolean {
  const wanted = Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex')
  const { subject } = statement
  return (
    integrity.startsWith('sha512-') &&
    Array.isArray(subject) &&
    (subject as readonly unknown[]).some(
      (one) => asText(asRecord(asRecord(one)['digest'])['sha512'])?.toLowerCase() === wanted,
    )
  )
}

function sourceOf(predicate: UnknownRecord): { readonly commit: string; readonly source: string } | null {
  const dependencies = asRecord(predicate['buildDefinition'])['resolvedDependencies']
  const configSource = asRecord(asRecord(predicate['invocation'])['configSource'])
  const candidates = [
    ...(Array.isArray(dependencies) ? (dependencies as readonly unknown[]) : []),
    configSource,
  ]
  for (const candidate of candidates.map(asRecord)) {
    const digest = asRecord(candidate['digest'])
    const commit = asText(digest['gitCommit']) ?? asText(digest['sha1'])
    if (commit !== null && hexCommit.test(commit)) return { commit, source: asText(candidate['uri']) ?? '' }
  }
  return null
}
