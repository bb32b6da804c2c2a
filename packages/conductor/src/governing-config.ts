import { type CommitId, ConductError } from '@conduct/core'
import { findFileInRepository, type Mirror } from '@conduct/git'
import type { ConductorOptions } from './api.ts'

/**
 * Runs are governed by lanes.yaml as it stands at its repository's remote main: a working copy that differs is
 * refused, so that nobody runs by rules that nobody merged.
 *
 * @returns that commit; null for a file outside any repository with a remote, which is used as it stands
 * @throws ConductError CONFIG_NOT_MAIN (3), REMOTE_UNREACHABLE (30)
 */
export async function findGoverningCommit(
  options: Pick<ConductorOptions, 'config' | 'configPath' | 'configText' | 'signal'>,
  openMirrorOf: (remote: string) => Promise<Mirror>,
): Promise<CommitId | null> {
  const place = await findFileInRepository(options.configPath, options.signal)
  if (place === null || place.remote === null) return null
  const { path, remote } = place
  const mirror = await openMirrorOf(remote)
  const main = declaredMain(options.config, remote) ?? (await mirror.defaultBranch())
  await mirror.fetch()
  const commit = main === null ? null : await mirror.branchHead(main)
  if (main === null || commit === null) {
    throw notMain(options, `${remote} has no branch ${main ?? 'that is its default'}`)
  }
  const governing = await mirror.readFile(commit, path)
  if (governing === null) {
    throw notMain(options, `${main} of ${remote} (${commit.slice(0, 7)}) holds no ${path}`)
  }
  if (withoutCarriageReturns(governing) !== withoutCarriageReturns(options.configText)) {
    throw notMain(options, `it differs from ${path} on ${main} of ${remote} (${commit.slice(0, 7)})`)
  }
  return commit
}

function declaredMain(config: ConductorOptions['config'], remote: string): string | null {
  return [...config.repos.values()].find((repo) => repo.remote === remote)?.main ?? null
}

function withoutCarriageReturns(text: string): string {
  return text.replaceAll('\r\n', '\n')
}

function notMain({ configPath }: Pick<ConductorOptions, 'configPath'>, reason: string): ConductError {
  return new ConductError('CONFIG_NOT_MAIN', `${configPath} does not govern runs: ${reason}`)
}
