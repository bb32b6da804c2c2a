import type { PublishRight, RightQuestion } from '../ports.ts'
import { asRecord, asText } from '../unknown.ts'
import type { AuthorizationOf } from './authorization.ts'
import { packumentUrl } from './observe.ts'
import { ask } from './read-answer.ts'
import { normalizedRegistry } from './registry-of.ts'

const requestTimeoutMs = 15_000
const bodyBytesMax = 128 * 1024 * 1024

/**
 * Whether a registry of npm's kind lets somebody publish a package: its collaborators, which npm shows to those who
 * may read it; else the maintainers that the packument names. Asks, and writes nothing.
 *
 * Source: `npm access list collaborators` (libnpmaccess), and npm's description of the packument.
 */
export async function readPublishRight(
  options: RightQuestion & { readonly authorizationOf: AuthorizationOf },
): Promise<PublishRight> {
  const url = packumentUrl(options)
  const packument = await look(url, options)
  if (packument.kind === 'failed') return { right: 'unknown', reason: `${url}: ${packument.reason}` }
  const { status, isJson, json } = packument
  if (status === 404 && isJson) return { right: 'new' }
  if (status !== 200 || asRecord(json)['name'] !== options.package) {
    return { right: 'unknown', reason: `${url}: answered ${status}, which is no packument` }
  }
  const { account } = options
  if (account === null) return { right: 'unknown', reason: 'nobody is logged in there' }
  const listed = await readCollaborators(options)
  if (listed !== null) return judgeCollaborator(listed, account)
  const { maintainers } = asRecord(json)
  const names = Array.isArray(maintainers)
    ? maintainers.flatMap((one) => asText(asRecord(one)['name']) ?? [])
    : []
  return names.includes(account)
    ? { right: 'yes', because: `${account} is one of its maintainers` }
    : { right: 'unknown', reason: 'the registry does not show who may; it decides when it is published to' }
}

async function readCollaborators(
  options: RightQuestion & { readonly authorizationOf: AuthorizationOf },
): Promise<ReadonlyMap<string, string> | null> {
  const name = encodeURIComponent(options.package)
  const url = new URL(`-/package/${name}/collaborators?format=cli`, normalizedRegistry(options.registry)).href
  const answer = await look(url, options)
  if (answer.kind === 'failed' || answer.status !== 200 || !answer.isJson) return null
  const entries = Object.entries(asRecord(answer.json)).flatMap(([who, may]) =>
    typeof may === 'string' ? [[who, may] as const] : [],
  )
  return entries.length === 0 ? null : new Map(entries)
}

function judgeCollaborator(listed: ReadonlyMap<string, string>, account: string): PublishRight {
  const may = listed.get(account)
  if (may === undefined) return { right: 'no', because: `${account} is not among its collaborators` }
  return may.includes('write')
    ? { right: 'yes', because: `${account} has write access` }
    : { right: 'no', because: `${account} may only read it` }
}

function look(
  url: string,
  { signal, authorizationOf }: RightQuestion & { authorizationOf: AuthorizationOf },
) {
  return ask({
    url,
    timeoutMs: requestTimeoutMs,
    bodyBytesMax,
    wantsBody: true,
    accept: 'application/json',
    authorization: authorizationOf(url),
    signal,
  })
}
