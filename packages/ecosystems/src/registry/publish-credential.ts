import type { Env } from '../manifests/npmrc.ts'
import type { PublishCredential, RepositoryPlace } from '../ports.ts'
import { npmPublishingFacts } from '../facts/npm-publishing.ts'
import { asRecord, asText, type UnknownRecord } from '../unknown.ts'
import { readAuthorizations } from './authorization.ts'
import { ask } from './read-answer.ts'
import { normalizedRegistry } from './registry-of.ts'

const requestTimeoutMs = 30_000
const listBytesMax = 4 * 1024 * 1024
const tokensPerPage = 100
const pagesMax = 10

/** What classic tokens looked like before they had a prefix. */
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * Which kind of credential publishing would use, as far as its shape and the registry tell. The registry's list shows
 * each granular token by its first eight and last four characters; a login session is not on it.
 *
 * Nothing is changed and no token is exchanged: whether a registry trusts a workflow shows when it publishes.
 */
export async function readPublishCredential(
  options: Partial<RepositoryPlace> & {
    readonly registry: string
    readonly env: Env
    readonly signal?: AbortSignal
  },
): Promise<PublishCredential> {
  const { env } = options
  const registry = normalizedRegistry(options.registry)
  const authorization = (await readAuthorizations(env, options))(registry)
  if (authorization === null) return offersIdentity(env) ? { kind: 'trusted' } : { kind: 'none' }
  const token = /^Bearer (.+)$/.exec(authorization)?.[1]
  if (token === undefined) return { kind: 'password' }
  const isNpm = new URL(registry).host === npmPublishingFacts.registryHost
  if (isNpm && uuid.test(token)) return { kind: 'classic' }
  const listed = await findListed(token, { registry, authorization, signal: options.signal })
  if (listed.state === 'listed') return toGranular(listed.entry)
  if (listed.state === 'not_listed' && token.startsWith('npm_')) return { kind: 'session' }
  return {
    kind: 'unknown',
    reason: listed.state === 'not_listed' ? 'the registry does not list it' : listed.reason,
  }
}

/** What a CI system hands to npm for trusted publishing. */
function offersIdentity(env: Env): boolean {
  return (
    env['NPM_ID_TOKEN'] !== undefined ||
    (env['ACTIONS_ID_TOKEN_REQUEST_URL'] !== undefined && env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] !== undefined)
  )
}

type Listed =
  | { readonly state: 'listed'; readonly entry: UnknownRecord }
  | { readonly state: 'not_listed' }
  | { readonly state: 'unknown'; readonly reason: string }

async function findListed(
  token: string,
  asking: {
    readonly registry: string
    readonly authorization: string
    readonly signal: AbortSignal | undefined
  },
): Promise<Listed> {
  for (let page = 0; page < pagesMax; page += 1) {
    const url = new URL('-/npm/v1/tokens', asking.registry)
    url.search = new URLSearchParams({ page: String(page), perPage: String(tokensPerPage) }).toString()
    const answer = await ask({
      url: url.href,
      timeoutMs: requestTimeoutMs,
      bodyBytesMax: listBytesMax,
      accept: 'application/json',
      wantsBody: true,
      authorization: asking.authorization,
      signal: asking.signal,
    })
    if (answer.kind === 'failed') return { state: 'unknown', reason: answer.reason }
    const { objects, total } = asRecord(answer.json)
    if (answer.status !== 200 || !Array.isArray(objects)) {
      return { state: 'unknown', reason: `the registry does not list tokens to it (${answer.status})` }
    }
    const entry = (objects as readonly unknown[]).map(asRecord).find((one) => isShownAs(one['token'], token))
    if (entry !== undefined) return { state: 'listed', entry }
    const isLast = objects.length === 0 || typeof total !== 'number' || (page + 1) * tokensPerPage >= total
    if (isLast) return { state: 'not_listed' }
  }
  return { state: 'unknown', reason: `more than ${pagesMax * tokensPerPage} tokens are listed` }
}

/** `npm_aBcD...7890`: enough of a long random text to know it by. */
function isShownAs(shown: unknown, token: string): boolean {
  const parts = /^(.{6,})\.{3}(.{4,})$/.exec(asText(shown) ?? '')
  return parts !== null && token.startsWith(parts[1] ?? ' ') && token.endsWith(parts[2] ?? ' ')
}

function toGranular(entry: UnknownRecord): PublishCredential {
  const bypass = entry['bypass_2fa']
  return {
    kind: 'granular',
    bypasses2fa: typeof bypass === 'boolean' ? bypass : null,
    isReadOnly: entry['readonly'] === true,
    expiresAt: asText(entry['expiry']),
  }
}
