import { noLockfile } from '../lockfiles/lockfile.ts'
import { movementsBetween, unexplainedMovements } from '../lockfiles/movements.ts'
import { hasPackageLock, readPackageLock } from '../lockfiles/package-lock.ts'
import type { Adopter, FileTree } from '../ports.ts'
import { asRecord } from '../unknown.ts'
import { adoptWith, type LockingManager, obstaclesOf } from './adopt.ts'
import { adoptionEdits } from './adoption-edits.ts'
import { followedSettings } from './followed-settings.ts'
import { toolVersion } from './tool-version.ts'
import { npmReferences } from './npm-references.ts'
import { readLocked } from './read-locked.ts'
import { npmGates } from './release-age-gates.ts'
import { tarballsInManifests } from './tarballs-in-manifests.ts'
import { type TryingManager, tryPackedWith, type TryPackedOptions } from './try-packed.ts'

const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--json']

const settings = followedSettings('.npmrc')

const locking: LockingManager = {
  name: 'npm',
  editsOf: (tree, wanted) => adoptionEdits(tree, 'npm', wanted),
  readLockfile: readPackageLock,
  lockArgv: ({ lockfileVersion }) =>
    // Without the version npm rewrites an older format as the newest, which moves every line.
    ['npm', 'install', '--package-lock-only', ...quiet, `--lockfile-version=${lockfileVersion ?? 3}`],
  settings,
  watched: [],
}

const trying: TryingManager = {
  settings,
  overrides: tarballsAndOverrides,
  installArgv: ['npm', 'install', ...quiet],
  readLockfile: readPackageLock,
}

/** npm, by its lockfile; pnpm's own lockfile beside it wins, because it is asked first. */
export const npmAdopter: Adopter = {
  manager: 'npm',
  declaredAs: 'npm',
  ecosystem: 'npm',
  matches: hasPackageLock,
  version: toolVersion('npm'),
  read: async (tree, name) =>
    readLocked({ tree, kind: 'npm', lockfile: await readPackageLock(tree), package: name }),
  tryPacked: (options) => tryPackedWith(trying, options),
  adopt: async (options) => {
    await adoptWith(locking, options)
  },
  obstacles: obstaclesOf(locking),
  movements: async (before, after) =>
    movementsBetween(
      (await readPackageLock(before)) ?? noLockfile,
      (await readPackageLock(after)) ?? noLockfile,
    ),
  unrelatedMovements: async ({ before, after, adopted }) =>
    unexplainedMovements(
      (await readPackageLock(before)) ?? noLockfile,
      (await readPackageLock(after)) ?? noLockfile,
      adopted,
    ),
  unpublishedReferences: npmReferences,
  releaseAgeGates: npmGates,
}

/**
 * npm refuses an override of a direct dependency unless both say the same: the manifests name the tarballs, and
 * an override at the top reaches everybody else who needs them.
 */
async function tarballsAndOverrides(
  tree: FileTree,
  packed: TryPackedOptions['packed'],
): Promise<ReadonlyMap<string, string>> {
  const texts = await tarballsInManifests(tree, 'npm', packed)
  const top = asRecord(JSON.parse(texts.get('package.json') ?? '{}'))
  const overrides = Object.fromEntries(packed.map(({ name, path }) => [name, `file:${path}`]))
  const merged = { ...top, overrides: { ...asRecord(top['overrides']), ...overrides } }
  return texts.set('package.json', `${JSON.stringify(merged, null, 2)}\n`)
}
