import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { recordAttempt } from '../attempts.ts'
import { readAttestations } from './attestations.ts'
import { forward } from './counting-proxy.ts'
import { answer, type Listening, listen, readBody } from './http.ts'
import { openStageRecords, type StageRecord, type StageRecords } from './stage-records.ts'
import { attachedVersion, type PublishDocument, shasumOf, tarballOf } from './publish-document.ts'

export interface StagingOptions {
  /** The registry behind it, which gets what is approved. */
  readonly targetPort: number
  /** Where staged versions are kept. */
  readonly folder: string
  /** What a person's authenticator shows. */
  readonly otp: string
  /** Where the attestations of published versions are kept. */
  readonly attestations?: string
  /** Attempts to stage are noted here. */
  readonly attempts?: string
  /** Direct publishing asks for the one-time password, too, as for a token that does not bypass 2FA. */
  readonly asksOtpToPublish?: boolean
}

/** What the authenticator of everybody in an estate shows: the second factor of whoever approves. */
export const personsOtp = '246810'

/**
 * npm's staged publishing and attestations in front of a registry that has neither; everything else passes through unchanged.
 *
 * It answers what npm's API description documents (registry.npmjs.com/stage.yaml: paths, statuses, bodies) and what
 * npm's clients rely on (`www-authenticate: OTP`). An approved version is published to the registry behind it, so
 * that it really is there. Left out: validation (`status: validating`), approval in a browser, rate limits, the
 * placeholder version of a new package.
 */
export async function startStagingRegistry(options: StagingOptions): Promise<Listening> {
  const records = await openStageRecords(options.folder)
  const staging: Staging = { ...options, records, upstream: `http://127.0.0.1:${options.targetPort}` }
  return listen(async (request, response) => {
    const body = await readBody(request)
    const url = new URL(request.url ?? '/', staging.upstream)
    if (url.pathname === '/-/stage' || url.pathname.startsWith('/-/stage/')) {
      await serve(staging, { request, response, body, url })
      return
    }
    if (url.pathname.startsWith(attestationsPath)) {
      await serveAttestations(staging, { response, url })
      return
    }
    const refusal = request.method === 'PUT' ? refusalOfPublish(staging, { request, body }) : null
    if (refusal === 'otp') answerOtp(response)
    else if (refusal === 'taken') answer(response, 409, conflict)
    else await forward({ request, response, body, targetPort: options.targetPort }, () => undefined)
  })
}

interface Staging extends StagingOptions {
  readonly records: StageRecords
  readonly upstream: string
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: Buffer
  readonly url: URL
}

const conflict = { message: 'Conflict - The request could not be completed due to a conflict.' }
const notFound = { message: 'Not Found - No staged package version found with the provided ID.' }

const attestationsPath = '/-/npm/v1/attestations/'

async function serveAttestations(
  { attestations }: Staging,
  { response, url }: Pick<Exchange, 'response' | 'url'>,
): Promise<void> {
  const subject = decodeURIComponent(url.pathname.slice(attestationsPath.length))
  const kept = attestations === undefined ? null : await readAttestations(attestations, subject)
  if (kept === null) answer(response, 404, { error: 'Attestation not found' })
  else response.writeHead(200, { 'content-type': 'application/json' }).end(kept)
}

async function serve(staging: Staging, exchange: Exchange): Promise<void> {
  const { request, response, url } = exchange
  const actor = await whoIs(staging, request)
  if (actor === null) {
    answer(response, 401, { message: 'Unauthorized' })
    return
  }
  const [first, second] = url.pathname.split('/').slice(3)
  const route = `${request.method} ${second ?? ''}`
  if (first === undefined) list(staging, exchange)
  else if (first === 'package') await stage(staging, { ...exchange, actor })
  else if (route === 'GET ')
    withRecord(staging, response, first, (record) => answer(response, 200, shown(record)))
  else if (route === 'GET tarball') {
    withRecord(staging, response, first, (record) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(tarballOf(record.document))
    })
  } else if (route === 'POST approve') await approve(staging, exchange, first)
  else if (route === 'DELETE ') await reject(staging, exchange, first)
  else answer(response, 404, notFound)
}

function list({ records }: Staging, { response, url }: Exchange): void {
  const page = Number(url.searchParams.get('page') ?? '0')
  const perPage = Math.min(Number(url.searchParams.get('perPage') ?? '10'), 100)
  const name = url.searchParams.get('package')
  const all = records.all().filter(({ document }) => name === null || document.name === name)
  const items = all.slice(page * perPage, (page + 1) * perPage).map(shown)
  answer(response, 200, { items, page, perPage, total: all.length })
}

async function stage(staging: Staging, exchange: Exchange & { readonly actor: string }): Promise<void> {
  const { response, body, url, actor, request } = exchange
  const { records, attempts } = staging
  const name = decodeURIComponent(url.pathname.slice('/-/stage/package/'.length))
  const published = attachedVersion(body)
  const isWhole = request.method === 'POST' && published !== null && published.document.name === name
  if (!isWhole) {
    answer(response, 400, {
      message: 'Bad Request - Missing required fields: name, version, _attachments',
    })
    return
  }
  const { document, version } = published
  const isTaken =
    records.all().some((one) => one.document.name === name && one.version === version) ||
    (await isPublished(staging, { request, name, version }))
  const status = isTaken ? 409 : 201
  if (attempts !== undefined) {
    recordAttempt(attempts, { kind: 'stage', package: name, version, status, at: new Date().toISOString() })
  }
  if (isTaken) {
    answer(response, 409, conflict)
    return
  }
  const id = randomUUID()
  await records.add({ id, version, actor, createdAt: new Date().toISOString(), document })
  answer(response, 201, { message: 'Package version staged successfully.', stageId: id })
}

async function approve(staging: Staging, exchange: Exchange, id: string): Promise<void> {
  const { request, response } = exchange
  const record = staging.records.take(id)
  if (record === null) {
    answer(response, 404, notFound)
    return
  }
  let isApproved = false
  try {
    if (!hasOtp(staging, request)) {
      answerOtp(response)
      return
    }
    const upstream = await fetch(`${staging.upstream}/${encodeURIComponent(record.document.name)}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', authorization: request.headers.authorization ?? '' },
      body: JSON.stringify(record.document),
    })
    await upstream.body?.cancel()
    isApproved = upstream.ok
    if (isApproved) answer(response, 201, { message: 'Package version approved and published successfully.' })
    else answer(response, upstream.status === 409 ? 409 : 403, conflict)
  } finally {
    if (isApproved) await staging.records.remove(id)
    else staging.records.giveBack(record)
  }
}

async function reject(staging: Staging, { request, response }: Exchange, id: string): Promise<void> {
  if (staging.records.find(id) === null) answer(response, 404, notFound)
  else if (!hasOtp(staging, request)) answerOtp(response)
  else {
    await staging.records.remove(id)
    response.writeHead(204).end()
  }
}

function withRecord(
  { records }: Staging,
  response: ServerResponse,
  id: string,
  use: (record: StageRecord) => void,
): void {
  const record = records.find(id)
  if (record === null) answer(response, 404, notFound)
  else use(record)
}

/** A staged version as the registry shows it; `access` is a scoped package's default when nobody said. */
function shown({ id, version, actor, createdAt, document }: StageRecord): object {
  return {
    id,
    packageName: document.name,
    version,
    tag: Object.keys(document['dist-tags'] ?? {})[0] ?? 'latest',
    createdAt,
    actor,
    actorType: 'user',
    access: document.access ?? 'public',
    shasum: shasumOf(document),
    status: 'staged',
  }
}

/** Staged and published versions share one index; a token without bypass is asked for presence. */
function refusalOfPublish(
  staging: Staging,
  { request, body }: Pick<Exchange, 'request' | 'body'>,
): 'otp' | 'taken' | null {
  const published = attachedVersion(body)
  if (published === null) return null
  const { document, version } = published
  if (staging.records.all().some((one) => one.document.name === document.name && one.version === version)) {
    return 'taken'
  }
  return staging.asksOtpToPublish === true && !hasOtp(staging, request) ? 'otp' : null
}

function hasOtp({ otp }: Staging, request: IncomingMessage): boolean {
  return request.headers['npm-otp'] === otp
}

/** What makes npm's clients ask for a one-time password, or end with EOTP where nobody can be asked. */
function answerOtp(response: ServerResponse): void {
  response.setHeader('www-authenticate', 'OTP')
  response.setHeader('npm-notice', 'Open http://127.0.0.1/login to use your security key for authentication')
  answer(response, 401, {
    message: 'You must provide a one-time pass. Upgrade your client to npm@latest in order to use 2FA.',
  })
}

async function whoIs({ upstream }: Staging, request: IncomingMessage): Promise<string | null> {
  const { authorization } = request.headers
  if (authorization === undefined) return null
  const response = await fetch(`${upstream}/-/whoami`, { headers: { authorization } })
  const { username } = (await response.json()) as { readonly username?: string }
  return response.ok && username !== undefined && username !== '' ? username : null
}

async function isPublished(
  { upstream }: Staging,
  { request, name, version }: { readonly request: IncomingMessage; name: string; version: string },
): Promise<boolean> {
  const response = await fetch(`${upstream}/${encodeURIComponent(name)}`, {
    headers: { authorization: request.headers.authorization ?? '' },
  })
  const { versions } = (await response.json()) as PublishDocument
  return response.ok && versions?.[version] !== undefined
}
