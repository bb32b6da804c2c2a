import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileTreeOfFolder } from '../file-tree.ts'
import { type GemfileLock, readGemfileLock } from '../lockfiles/gemfile-lock.ts'
import { gemsThatCouldStay, movementsOfGems, withGemsAsBefore } from '../lockfiles/gems-that-stay.ts'
import { noLockfile } from '../lockfiles/lockfile.ts'
import { movementsBetween, unexplainedMovements } from '../lockfiles/movements.ts'
import { compareGemVersions } from '../manifests/gem-version.ts'
import { gemDeclarations, gemfileOf } from '../manifests/gemfile.ts'
import type { Adopter, FileTree, LockedPackage } from '../ports.ts'
import { type LockingManager, obstaclesOf } from './adopt.ts'
import { readBundlerFailure } from './bundler-failure.ts'
import { bundlerReferences } from './bundler-references.ts'
import {
  bundlerEnv,
  forgetBundlerVersion,
  restoreBundlerVersion,
  writeOwnBundlerSettings,
} from './bundler-settings.ts'
import { tryPackedGems } from './bundler-try.ts'
import { gemEdits } from './gem-edits.ts'
import { otherGates } from './other-gates.ts'
import { toolVersion } from './tool-version.ts'
import { adoptInCopy } from './worktree-copy.ts'

/**
 * The named gems are unlocked, and what only they need with them: Bundler takes the newest of those even where the
 * locked one would do, so those that can stay are put back before it reads the result.
 */
const locking: LockingManager = {
  name: 'bundler',
  editsOf: gemEdits,
  readLockfile: readGemfileLock,
  lockArgv: (_lockfile, state, wanted) =>
    state === 'after'
      ? ['bundle', 'lock']
      : ['bundle', 'lock', '--conservative', '--update', ...wanted.map(({ name }) => name)],
  env: bundlerEnv,
  readFailure: readBundlerFailure,
  beforeLock: async (worktree) => {
    await writeOwnBundlerSettings(worktree)
    await forgetBundlerVersion(worktree)
  },
  betweenStates: async (worktree, wanted, before) => {
    const after = await readGemfileLock(fileTreeOfFolder(worktree))
    if (after === null || !isGemfileLock(before)) return
    const adopted = wanted.map(({ name }) => name)
    const staying = gemsThatCouldStay(before, after, adopted)
    if (staying.size === 0) return
    await writeFile(path.join(worktree, after.file), withGemsAsBefore(before, after, staying))
  },
  afterwards: async (worktree, before) => {
    if (isGemfileLock(before)) await restoreBundlerVersion(worktree, before)
  },
  isNewer: (version, than) => compareGemVersions(version, than) > 0,
  watched: [],
}

/** Bundler, by its lockfile. A Gemfile is a program: it runs, in a copy, without credentials, in an empty home. */
export const bundlerAdopter: Adopter = {
  manager: 'bundler',
  declaredAs: 'bundler',
  ecosystem: 'rubygems',
  matches: async (tree) => {
    const names = await gemfileOf(tree)
    return names !== null && (await tree.readFile(names.lockfile)) !== null
  },
  version: toolVersion('bundle', { env: { ...bundlerEnv, BUNDLE_GEMFILE: '/dev/null' } }),
  read: readLockedGem,
  tryPacked: tryPackedGems,
  adopt: (options) => adoptInCopy(locking, options),
  obstacles: obstaclesOf(locking),
  movements: async (before, after) =>
    movementsBetween(
      (await readGemfileLock(before)) ?? noLockfile,
      (await readGemfileLock(after)) ?? noLockfile,
    ),
  unrelatedMovements: async ({ before, after, adopted }) => {
    const [old, now] = await Promise.all([readGemfileLock(before), readGemfileLock(after)])
    const unexplained = unexplainedMovements(old ?? noLockfile, now ?? noLockfile, adopted)
    if (old === null || now === null) return unexplained
    const known = new Set(unexplained.map((one) => one.package))
    const needless = movementsOfGems(old, now, gemsThatCouldStay(old, now, adopted))
    return [...unexplained, ...needless.filter((one) => !known.has(one.package))]
  },
  unpublishedReferences: bundlerReferences,
  // It has no gate of its own.
  releaseAgeGates: otherGates,
}

async function readLockedGem(tree: FileTree, packageName: string): Promise<LockedPackage> {
  const file = (await gemfileOf(tree))?.gemfile ?? 'Gemfile'
  const lock = await readGemfileLock(tree)
  const written = gemDeclarations(file, (await tree.readFile(file)) ?? '', packageName).map(
    ({ arguments: args }) => ({
      path: file,
      field: 'gem',
      range:
        args
          .filter(({ key }) => key === null)
          .map(({ literal, text }) => literal ?? text)
          .join(', ') || '>= 0',
    }),
  )
  const asked = lock?.dependencies.get(packageName)
  const computed =
    written.length > 0 || lock === null || asked === undefined
      ? []
      : [{ path: lock.file, field: 'DEPENDENCIES', range: asked.join(', ') || '>= 0' }]
  const nodes = lock?.nodes.filter(({ name }) => name === packageName) ?? []
  const locked = nodes.map(({ version, integrity }) => ({ version, integrity }))
  return {
    package: packageName,
    manifests: [...written, ...computed],
    locked,
    lockfile: lock?.file ?? null,
    ...(locked.every(({ integrity }) => integrity !== null)
      ? {}
      : { integrityMissing: `${lock?.file ?? 'the lockfile'} has no CHECKSUMS of it` }),
  }
}

function isGemfileLock(lockfile: object): lockfile is GemfileLock {
  return 'bundledWith' in lockfile
}
