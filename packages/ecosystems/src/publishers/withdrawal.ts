import type { Env } from '../manifests/npmrc.ts'
import type { Withdrawal, WithdrawalAct, WithdrawalState } from '../ports.ts'
import { readAuthorizations } from '../registry/authorization.ts'
import { readCredentials } from '../registry/credentials.ts'
import { isVersion, packumentUrl } from '../registry/observe.ts'
import { ask } from '../registry/read-answer.ts'
import { scopeOf } from '../registry/registry-of.ts'
import { runTool, succeeded } from '../run-tool.ts'
import { asRecord, asText, type UnknownRecord } from '../unknown.ts'
import { inClientRoom } from './client-room.ts'
import { publishError, readPublishFailure } from './publish-failure.ts'

const requestTimeoutMs = 30_000
const packumentBytesMax = 128 * 1024 * 1024

/**
 * Taking a version back without deleting it, by npm's own client: pnpm hands `dist-tag` and `deprecate` to npm
 * anyway, and both read the same settings.
 */
export function npmWithdrawal(env: Env): Withdrawal {
  async function act(options: WithdrawalAct, words: readonly string[], subject: string): Promise<void> {
    const argv = ['npm', ...words, ...placeOf(options), '--fetch-retries=0', '--json']
    const { worktree, timeoutMs, context, registry } = options
    const credentials = await readCredentials({ worktree, env, registry, granted: context })
    const result = await inClientRoom(worktree, (cwd) =>
      runTool({ argv, cwd, timeoutMs, context, ...credentials }),
    )
    if (succeeded(result)) return
    const failed = { subject, registry: options.registry, tarball: '', argv, result }
    throw publishError(failed, readPublishFailure(result))
  }

  return {
    async read(options) {
      const url = packumentUrl(options)
      const authorizationOf = await readAuthorizations(env)
      const answer = await ask({
        url,
        timeoutMs: requestTimeoutMs,
        bodyBytesMax: packumentBytesMax,
        accept: 'application/json',
        wantsBody: true,
        authorization: authorizationOf(url) ?? null,
        signal: options.signal,
      })
      if (answer.kind === 'failed') return { state: 'unknown', reason: `${url}: ${answer.reason}` }
      if (answer.status === 404 && answer.isJson) return { state: 'absent', distTags: new Map() }
      const packument = asRecord(answer.json)
      if (answer.status !== 200 || packument['name'] !== options.package) {
        return { state: 'unknown', reason: `${url}: answered ${answer.status}, not with the packument` }
      }
      return stateOf(packument, options.version)
    },
    moveDistTag: (options) =>
      act(
        options,
        ['dist-tag', 'add', `${options.package}@${options.version}`, options.distTag],
        `the dist-tag ${options.distTag} of ${options.package}@${options.version}`,
      ),
    deprecate: (options) =>
      act(
        options,
        ['deprecate', `${options.package}@${options.version}`, options.message],
        `the deprecation of ${options.package}@${options.version}`,
      ),
  }
}

function stateOf(packument: UnknownRecord, version: string): WithdrawalState {
  const distTags = new Map(
    Object.entries(asRecord(packument['dist-tags'])).flatMap(([tag, stands]) =>
      isVersion(stands) ? [[tag, stands] as const] : [],
    ),
  )
  const versions = asRecord(packument['versions'])
  if (!Object.hasOwn(versions, version)) return { state: 'absent', distTags }
  const said = asText(asRecord(versions[version])['deprecated'])
  return { state: 'present', distTags, deprecated: said === '' ? null : said }
}

/** The registry that was planned, whatever the user's own configuration says about this scope. */
function placeOf(options: WithdrawalAct): readonly string[] {
  const scope = scopeOf(options.package)
  return [
    `--registry=${options.registry}`,
    ...(scope === null ? [] : [`--${scope}:registry=${options.registry}`]),
  ]
}
