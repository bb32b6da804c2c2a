import { noLockfile } from '../lockfiles/lockfile.ts'
import { parseDocument } from 'yaml'
import { movementsBetween, unexplainedMovements } from '../lockfiles/movements.ts'
import { pnpmLockfile, readPnpmLock } from '../lockfiles/pnpm-lock.ts'
import { pnpmWorkspaceFile, readWorkspace } from '../manifests/workspace.ts'
import type { Adopter, FileTree } from '../ports.ts'
import { asRecord } from '../unknown.ts'
import { adoptWith, type LockingManager, obstaclesOf } from './adopt.ts'
import { adoptionEdits } from './adoption-edits.ts'
import { followedSettings } from './followed-settings.ts'
import { toolVersion } from './tool-version.ts'
import { pnpmReferences } from './pnpm-references.ts'
import { readLocked } from './read-locked.ts'
import { pnpmGates } from './release-age-gates.ts'
import { type TryingManager, tryPackedWith, type TryPackedOptions } from './try-packed.ts'

const quiet = ['--ignore-scripts', '--no-frozen-lockfile', '--reporter=ndjson']

/** Otherwise pnpm lets a version that is too young through and exempts it in the consumer's own settings. */
const refuseYoung = '--config.minimumReleaseAgeStrict=true'

const settings = followedSettings('.npmrc', pnpmWorkspaceFile)

const locking: LockingManager = {
  name: 'pnpm',
  editsOf: (tree, wanted) => adoptionEdits(tree, 'pnpm', wanted),
  readLockfile: readPnpmLock,
  lockArgv: () => ['pnpm', 'install', '--lockfile-only', ...quiet, refuseYoung],
  settings,
  watched: [pnpmWorkspaceFile],
}

const trying: TryingManager = {
  settings,
  overrides: async (tree, packed) =>
    new Map([
      ...(await peersAsDependencies(tree, packed)),
      [pnpmWorkspaceFile, withOverrides((await tree.readFile(pnpmWorkspaceFile)) ?? '', packed)],
    ]),
  installArgv: ['pnpm', 'install', ...quiet, '--config.confirmModulesPurge=false'],
  readLockfile: readPnpmLock,
}

export const pnpmAdopter: Adopter = {
  manager: 'pnpm',
  declaredAs: 'pnpm',
  ecosystem: 'npm',
  matches: async (tree) => (await tree.readFile(pnpmLockfile)) !== null,
  version: toolVersion('pnpm'),
  read: async (tree, name) =>
    readLocked({ tree, kind: 'pnpm', lockfile: await readPnpmLock(tree), package: name }),
  tryPacked: (options) => tryPackedWith(trying, options),
  adopt: async (options) => {
    await adoptWith(locking, options)
  },
  obstacles: obstaclesOf(locking),
  movements: async (before, after) =>
    movementsBetween((await readPnpmLock(before)) ?? noLockfile, (await readPnpmLock(after)) ?? noLockfile),
  unrelatedMovements: async ({ before, after, adopted }) =>
    unexplainedMovements(
      (await readPnpmLock(before)) ?? noLockfile,
      (await readPnpmLock(after)) ?? noLockfile,
      adopted,
    ),
  unpublishedReferences: pnpmReferences,
  releaseAgeGates: pnpmGates,
}

/** An override reaches direct and indirect dependencies alike, and needs no change of any manifest. */
function withOverrides(text: string, packed: TryPackedOptions['packed']): string {
  const document = parseDocument(text === '' ? '{}' : text)
  for (const { name, path } of packed) document.setIn(['overrides', name], `file:${path}`)
  return document.toString()
}

/** pnpm overrides no peer with a tarball and installs the published one for a member that only has it as peer. */
async function peersAsDependencies(
  tree: FileTree,
  packed: TryPackedOptions['packed'],
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>()
  for (const manifest of await readWorkspace(tree, 'pnpm')) {
    const peers = packed.filter(({ name }) => manifest.range('peerDependencies', name) !== null)
    if (peers.length === 0) continue
    const added = Object.fromEntries(peers.map(({ name, path }) => [name, `file:${path}`]))
    const devDependencies = { ...asRecord(manifest.fields['devDependencies']), ...added }
    texts.set(manifest.path, JSON.stringify({ ...manifest.fields, devDependencies }))
  }
  return texts
}
