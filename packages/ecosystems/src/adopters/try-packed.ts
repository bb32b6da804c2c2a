import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ConductError } from '@conduct/core'
import type { CommandResult } from '@conduct/subprocess'
import { fileTreeOfFolder } from '../file-tree.ts'
import type { Lockfile } from '../lockfiles/lockfile.ts'
import type { Adopter, FileTree } from '../ports.ts'
import { describeResult, runTool, succeeded } from '../run-tool.ts'
import { type FollowedSettings, writeSettings } from './followed-settings.ts'
import { type InstallFailure, readInstallFailure } from './install-failure.ts'

export type TryPackedOptions = Parameters<Adopter['tryPacked']>[0]

export interface TryingManager {
  /** What the repository's settings say from then on; the worktree is thrown away. */
  readonly settings?: FollowedSettings
  /** New texts of the files that put the tarballs in place of the published packages. */
  readonly overrides: (
    tree: FileTree,
    packed: TryPackedOptions['packed'],
  ) => Promise<ReadonlyMap<string, string>>
  readonly installArgv: readonly string[]
  readonly env?: (options: TryPackedOptions) => Readonly<Record<string, string>>
  readonly readFailure?: (result: CommandResult) => InstallFailure
  readonly readLockfile: (tree: FileTree) => Promise<Lockfile | null>
}

/**
 * Puts the tarballs in place and installs, in a worktree that is thrown away afterwards.
 *
 * @throws ConductError TRY_FAILED  the install failed, or the lockfile afterwards holds something else than the
 *   packed versions: an override that did not take would let the consumer's checks judge the old package.
 */
export async function tryPackedWith(manager: TryingManager, options: TryPackedOptions): Promise<void> {
  const tree = fileTreeOfFolder(options.worktree)
  await writeSettings(
    options.worktree,
    (await manager.settings?.(options.worktree, options.context)) ?? new Map(),
  )
  for (const [file, text] of await manager.overrides(tree, options.packed)) {
    await writeFile(path.join(options.worktree, file), text)
  }
  const argv = manager.installArgv
  const result = await runTool({
    argv,
    cwd: options.worktree,
    timeoutMs: options.timeoutMs,
    context: options.context,
    ...(manager.env === undefined ? {} : { env: manager.env(options) }),
  })
  const names = options.packed.map(({ name, version }) => `${name}@${version}`).join(', ')
  if (!succeeded(result)) {
    const said = (manager.readFailure ?? readInstallFailure)(result)
    throw new ConductError('TRY_FAILED', `${names} could not be installed: ${said.message.split('\n')[0]}`, {
      details: { ...describeResult(argv, result), answer: said.message },
    })
  }
  const nodes = (await manager.readLockfile(tree))?.nodes ?? []
  for (const { name, version } of options.packed) {
    const others = nodes.filter((node) => node.name === name && node.version !== version)
    if (others.length > 0) {
      const found = others.map((node) => node.version).join(', ')
      throw new ConductError(
        'TRY_FAILED',
        `${name} ${found} was installed although ${version} was put in place`,
      )
    }
  }
}
