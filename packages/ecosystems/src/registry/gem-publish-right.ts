import type { PublishRight, RightQuestion } from '../ports.ts'
import { asRecord } from '../unknown.ts'
import { observeGem } from './compact-index.ts'
import { ask } from './read-answer.ts'
import { normalizedRegistry } from './registry-of.ts'

const requestTimeoutMs = 15_000
const bodyBytesMax = 64 * 1024 * 1024
/** No gem has it: what is asked is whether there are any versions. */
const noVersion = '0.0.0.conduct'

/**
 * Whether our key for a gem server is that of an owner of a gem: a key does not say whose it is, but the server lists
 * the gems of whoever has it. Asks, and writes nothing.
 *
 * @param options.key null: there is none for this server.
 * Source: RubyGems.org API, "GET /api/v1/gems"; a key without the scope `index_rubygems` is refused there.
 */
export async function readGemPublishRight(
  options: RightQuestion & { readonly key: string | null },
): Promise<PublishRight> {
  const { key, signal } = options
  const seen = await observeGem({ ...options, version: noVersion, timeoutMs: requestTimeoutMs })
  if (seen.state === 'unknown') return { right: 'unknown', reason: seen.reason }
  if (seen.state === 'absent' && seen.versions.length === 0) return { right: 'new' }
  if (key === null) return { right: 'unknown', reason: 'there is no key for this server' }
  const url = new URL('api/v1/gems.json', normalizedRegistry(options.registry)).href
  const answer = await ask({
    url,
    timeoutMs: requestTimeoutMs,
    bodyBytesMax,
    wantsBody: true,
    accept: 'application/json',
    authorization: key,
    signal,
  })
  if (answer.kind === 'failed') return { right: 'unknown', reason: `${url}: ${answer.reason}` }
  if (answer.status === 401) return { right: 'no', because: 'the server does not take the key' }
  if (answer.status !== 200 || !Array.isArray(answer.json)) {
    const reason = `${url} answered ${answer.status}; the server decides when it is pushed to`
    return { right: 'unknown', reason }
  }
  const isOwned = answer.json.some((gem) => asRecord(gem)['name'] === options.package)
  return isOwned
    ? { right: 'yes', because: 'the key is that of an owner' }
    : { right: 'no', because: 'the key is of nobody who owns it' }
}
