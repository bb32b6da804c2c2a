import { parseManifest, readManifest } from '../manifests/manifest.ts'
import { packageUses } from '../manifests/package-uses.ts'
import { yarnLockfile } from '../lockfiles/yarn-lock.ts'
import type { FileTree } from '../ports.ts'
import { asRecord } from '../unknown.ts'
import { tarballsInManifests } from './tarballs-in-manifests.ts'
import type { TryPackedOptions } from './try-packed.ts'

/** A yarn.lock beside npm's lockfile decides only where the manifest names yarn. */
export async function isYarnRepository(tree: FileTree): Promise<boolean> {
  if ((await tree.readFile(yarnLockfile)) === null) return false
  const named = (await readManifest(tree, 'package.json'))?.packageManager ?? null
  if (named !== null) return named.startsWith('yarn@')
  return (await tree.readFile('package-lock.json')) === null
}

export interface Asked {
  /** The name it has in the manifest, which an alias chooses freely. */
  readonly key: string
  readonly prefix: string
  readonly wanted: string
}

/** What the manifests ask for, peers aside: those are promises to others and stand in no lockfile. */
export async function askedOf(tree: FileTree, packageName: string): Promise<readonly Asked[]> {
  return (await packageUses(tree, 'yarn', packageName))
    .filter(({ field, wanted }) => field !== 'peerDependencies' && !wanted.startsWith('catalog:'))
    .map(({ place, prefix, wanted }) => ({ key: place.path.at(-1) ?? packageName, prefix, wanted }))
}

/** Resolutions at the top decide for every member and for whatever they need. */
export async function withResolutions(
  tree: FileTree,
  packed: TryPackedOptions['packed'],
): Promise<ReadonlyMap<string, string>> {
  return resolvedIn(await tree.readFile('package.json'), packed)
}

/** yarn 1 looks at resolutions for what a manifest asks for itself only in workspaces: the manifests name tarballs. */
export async function withTarballsAndResolutions(
  tree: FileTree,
  packed: TryPackedOptions['packed'],
): Promise<ReadonlyMap<string, string>> {
  const texts = await tarballsInManifests(tree, 'yarn', packed)
  return new Map([...texts, ...resolvedIn(texts.get('package.json') ?? null, packed)])
}

function resolvedIn(text: string | null, packed: TryPackedOptions['packed']): ReadonlyMap<string, string> {
  const top = text === null ? {} : parseManifest('package.json', text).fields
  const resolutions = {
    ...asRecord(top['resolutions']),
    ...Object.fromEntries(packed.map(({ name, path }) => [name, `file:${path}`])),
  }
  return new Map([['package.json', `${JSON.stringify({ ...top, resolutions }, null, 2)}\n`]])
}
