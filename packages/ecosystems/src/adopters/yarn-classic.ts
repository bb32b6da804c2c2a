import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import semver from 'semver'
import { fileTreeOfFolder } from '../file-tree.ts'
import { noLockfile } from '../lockfiles/lockfile.ts'
import { movementsBetween, unexplainedMovements } from '../lockfiles/movements.ts'
import { readYarnClassicLock } from '../lockfiles/yarn-classic-lock.ts'
import { yarnLockfile } from '../lockfiles/yarn-lock.ts'
import type { Adopter } from '../ports.ts'
import { adoptionEdits } from './adoption-edits.ts'
import { type LockingManager, obstaclesOf } from './adopt.ts'
import { otherGates } from './other-gates.ts'
import { readLocked } from './read-locked.ts'
import { followedSettings } from './followed-settings.ts'
import { toolVersion } from './tool-version.ts'
import { type TryingManager, tryPackedWith } from './try-packed.ts'
import { adoptInCopy } from './worktree-copy.ts'
import { readYarnFailure } from './yarn-failure.ts'
import { joinRanges } from './yarn-join-ranges.ts'
import { yarnClassicReferences } from './yarn-references.ts'
import { askedOf, isYarnRepository, withTarballsAndResolutions } from './yarn-repository.ts'

/** In the folder that is thrown away: two runs of yarn 1 break each other's cache, and root's is the machine's. */
const ownCache = ['--cache-folder', '.conduct-yarn-cache']

const quiet = ['--ignore-scripts', '--non-interactive', '--no-progress', '--json', ...ownCache]

/** A yarn that the repository brings along is code of the repository. */
const env = { YARN_IGNORE_PATH: '1' }

const settings = followedSettings('.npmrc', '.yarnrc')

const locking: LockingManager = {
  name: 'yarn',
  editsOf: (tree, wanted) => adoptionEdits(tree, 'yarn', wanted),
  readLockfile: readYarnClassicLock,
  // It knows no way to lock without installing, and forgets entries that nobody needs only when forced.
  lockArgv: () => ['yarn', 'install', '--force', ...quiet],
  env,
  readFailure: readYarnFailure,
  betweenStates: async (worktree, wanted) => {
    const file = path.join(worktree, yarnLockfile)
    let text = await readFile(file, 'utf8')
    for (const one of wanted) {
      const asked = (await askedOf(fileTreeOfFolder(worktree), one.name)).map(
        ({ key, prefix, wanted: range }) => `${key}@${prefix}${range}`,
      )
      text = joinRanges(text, { keyOf: classicKey, wanted: one, asked })
    }
    await writeFile(file, text)
  },
  settings,
  watched: [],
}

const trying: TryingManager = {
  settings,
  overrides: withTarballsAndResolutions,
  installArgv: ['yarn', 'install', ...quiet],
  env: () => env,
  readFailure: readYarnFailure,
  readLockfile: readYarnClassicLock,
}

/** yarn 1, by its lockfile. */
export const yarnClassicAdopter: Adopter = {
  manager: 'yarn-classic',
  declaredAs: 'yarn',
  ecosystem: 'npm',
  matches: async (tree) =>
    (await isYarnRepository(tree)) &&
    /^# yarn lockfile v1\r?$/m.test((await tree.readFile(yarnLockfile)) ?? ''),
  version: toolVersion('yarn', { env, isOurs: (version) => semver.major(version, { loose: true }) === 1 }),
  read: async (tree, name) => {
    const read = await readLocked({
      tree,
      kind: 'yarn',
      lockfile: await readYarnClassicLock(tree),
      package: name,
    })
    return read.locked.every(({ integrity }) => integrity !== null)
      ? read
      : { ...read, integrityMissing: 'yarn.lock holds no SHA-512 of the tarball' }
  },
  tryPacked: (options) => tryPackedWith(trying, options),
  adopt: (options) => adoptInCopy(locking, options),
  obstacles: obstaclesOf(locking),
  movements: async (before, after) =>
    movementsBetween(
      (await readYarnClassicLock(before)) ?? noLockfile,
      (await readYarnClassicLock(after)) ?? noLockfile,
    ),
  unrelatedMovements: async ({ before, after, adopted }) =>
    unexplainedMovements(
      (await readYarnClassicLock(before)) ?? noLockfile,
      (await readYarnClassicLock(after)) ?? noLockfile,
      adopted,
    ),
  unpublishedReferences: yarnClassicReferences,
  // It has no gate of its own.
  releaseAgeGates: otherGates,
}

function classicKey(descriptors: readonly string[]): string {
  return `${descriptors.map((one) => (/^[\w./^~-][\w./@^~-]*$/.test(one) ? one : `"${one}"`)).join(', ')}:`
}
