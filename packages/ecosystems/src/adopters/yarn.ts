import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ConductError } from '@conduct/core'
import semver from 'semver'
import { fileTreeOfFolder } from '../file-tree.ts'
import { noLockfile } from '../lockfiles/lockfile.ts'
import { movementsBetween, unexplainedMovements } from '../lockfiles/movements.ts'
import { readYarnLock, yarnLockfile } from '../lockfiles/yarn-lock.ts'
import type { Adopter, FileTree } from '../ports.ts'
import { adoptionEdits } from './adoption-edits.ts'
import { type LockingManager, obstaclesOf } from './adopt.ts'
import { readLocked } from './read-locked.ts'
import { toolVersion } from './tool-version.ts'
import { type TryingManager, tryPackedWith } from './try-packed.ts'
import { adoptInCopy } from './worktree-copy.ts'
import { readYarnFailure } from './yarn-failure.ts'
import { yarnGates } from './yarn-gates.ts'
import { joinRanges } from './yarn-join-ranges.ts'
import { yarnReferences } from './yarn-references.ts'
import { askedOf, isYarnRepository, withResolutions } from './yarn-repository.ts'
import { ownSettingsFile, ownSettingsText, writeOwnSettings, yarnEnv } from './yarn-settings.ts'

const locking: LockingManager = {
  name: 'yarn',
  refuse: refuseCommittedCache,
  editsOf: (tree, wanted) => adoptionEdits(tree, 'yarn', wanted),
  readLockfile: readYarnLock,
  lockArgv: () => ['yarn', 'install', '--mode=update-lockfile', '--json'],
  env: yarnEnv,
  readFailure: readYarnFailure,
  beforeLock: writeOwnSettings,
  reformats: true,
  betweenStates: async (worktree, wanted) => {
    const file = path.join(worktree, yarnLockfile)
    let text = await readFile(file, 'utf8')
    for (const one of wanted) {
      const asked = (await askedOf(fileTreeOfFolder(worktree), one.name)).map(
        ({ key, prefix, wanted: range }) => `${key}@${prefix === '' ? 'npm:' : prefix}${range}`,
      )
      text = joinRanges(text, { keyOf: berryKey, wanted: one, asked })
    }
    await writeFile(file, text)
  },
  watched: [],
}

const trying: TryingManager = {
  overrides: withResolutions,
  installArgv: ['yarn', 'install', '--mode=skip-build', '--json'],
  env: () => yarnEnv,
  readFailure: readYarnFailure,
  readLockfile: readYarnLock,
}

/** yarn 2 and later, by its lockfile. */
export const yarnAdopter: Adopter = {
  manager: 'yarn',
  declaredAs: 'yarn',
  ecosystem: 'npm',
  matches: async (tree) => (await isYarnRepository(tree)) && (await readYarnLock(tree)) !== null,
  version: toolVersion('yarn', {
    env: yarnEnv,
    isOurs: (version) => semver.major(version, { loose: true }) > 1,
  }),
  read: async (tree, name) => ({
    ...(await readLocked({ tree, kind: 'yarn', lockfile: await readYarnLock(tree), package: name })),
    integrityMissing: "yarn.lock holds the checksum of yarn's own archive, not of the tarball",
  }),
  tryPacked: async (options) => {
    // What is installed outlives this call, and the home of the command does not.
    const globalFolder = path.join(options.context.cacheDir ?? options.worktree, '.conduct-yarn')
    const settings = await ownSettingsText(options.worktree, { globalFolder })
    await writeFile(path.join(options.worktree, ownSettingsFile), settings)
    await tryPackedWith(trying, options)
  },
  adopt: (options) => adoptInCopy(locking, options),
  obstacles: obstaclesOf(locking),
  movements: async (before, after) =>
    movementsBetween((await readYarnLock(before)) ?? noLockfile, (await readYarnLock(after)) ?? noLockfile),
  unrelatedMovements: async ({ before, after, adopted }) =>
    unexplainedMovements(
      (await readYarnLock(before)) ?? noLockfile,
      (await readYarnLock(after)) ?? noLockfile,
      adopted,
    ),
  unpublishedReferences: yarnReferences,
  releaseAgeGates: yarnGates,
}

/** A repository that commits what it installs would be left with a cache that its lockfile contradicts. */
async function refuseCommittedCache(tree: FileTree): Promise<void> {
  const committed = (await tree.listFiles()).find((file) =>
    /^\.pnp\.[cm]?js$|^\.yarn\/cache\/.*\.zip$/.test(file),
  )
  if (committed === undefined) return
  throw new ConductError('ADOPT_FAILED', `${committed}: this repository commits what yarn installs`, {
    hint: 'Only manifests and the lockfile are adopted; declare adopt: { command, observe } for it.',
    details: { file: committed },
  })
}

/** Longer keys than YAML takes in one line stand behind a question mark. */
const plainKeyLengthMax = 1024

function berryKey(descriptors: readonly string[]): string {
  const key = `"${descriptors.join(', ')}"`
  return key.length > plainKeyLengthMax ? `? ${key}\n:` : `${key}:`
}
