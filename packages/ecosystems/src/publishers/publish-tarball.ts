import type { CommandResult } from '@conduct/subprocess'
import type { Env } from '../manifests/npmrc.ts'
import type { PublishOptions } from '../ports.ts'
import { readCredentials } from '../registry/credentials.ts'
import { scopeOf } from '../registry/registry-of.ts'
import { runTool, succeeded } from '../run-tool.ts'
import { inClientRoom } from './client-room.ts'
import { publishError, readPublishFailure } from './publish-failure.ts'

/** How often one publish is signed again after the transparency log said 409. */
const signAttemptsMax = 3

export interface Client {
  readonly argvOf: (tarball: string) => readonly string[]
  /** How this client is told the registry of a scope; without it the user's own setting for the scope wins. */
  readonly scopedRegistryFlag: (scope: string) => string
  readonly env: Env
}

/**
 * Publishes one tarball with the given client, create-only. The tarball is a file, so that the client runs no
 * lifecycle script and sends exactly its bytes; retries of the client are off, because a repeated PUT turns an
 * own success into a conflict.
 */
export function tarballPublisher({ argvOf, scopedRegistryFlag, env }: Client) {
  const signing = oneAtATime()
  /** @returns what the client printed on stdout. */
  return async (options: PublishOptions): Promise<string> => {
    const argv = [...argvOf(options.tarball), ...placeOf(options, scopedRegistryFlag), '--json']
    const { worktree, context } = options
    const { registry, name, version } = options.package
    const credentials = await readCredentials({ worktree, env, registry, granted: context })
    const run = (): Promise<CommandResult> =>
      inClientRoom(worktree, (cwd) =>
        runTool({ argv, cwd, timeoutMs: options.timeoutMs, context, ...credentials }),
      )

    let result = await run()
    for (let attempt = 2; !succeeded(result) && attempt <= signAttemptsMax; attempt += 1) {
      if (readPublishFailure(result).kind !== 'signing') break
      result = await signing(run)
    }
    if (succeeded(result)) return result.stdout
    throw publishError(
      { subject: `${name}@${version}`, registry, tarball: options.tarball, argv, result },
      readPublishFailure(result),
    )
  }
}

/** The registry that was planned, whatever the user's own configuration says about this scope. */
function placeOf(
  { package: published, distTag }: PublishOptions,
  scopedRegistryFlag: (scope: string) => string,
): readonly string[] {
  const scope = scopeOf(published.name)
  return [
    `--registry=${published.registry}`,
    ...(scope === null ? [] : [`${scopedRegistryFlag(scope)}=${published.registry}`]),
    `--tag=${distTag}`,
  ]
}

function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work, work)
    last = mine
    return mine
  }
}
