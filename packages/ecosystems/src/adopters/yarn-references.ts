import { packageOf, readYarnClassicLock } from '../lockfiles/yarn-classic-lock.ts'
import { splitKey } from '../lockfiles/pnpm-lock.ts'
import { descriptorsOf, readYarnLock, yarnLockfile } from '../lockfiles/yarn-lock.ts'
import { isElsewhere, manifestReferences } from '../manifests/references.ts'
import { readWorkspace } from '../manifests/workspace.ts'
import type { FileTree, UnpublishedReference } from '../ports.ts'
import { asRecord, asText } from '../unknown.ts'

/** Manifests and settings, then the lockfile: a resolution that is no version of the registry. */
export async function yarnReferences(
  tree: FileTree,
  packages: readonly string[],
): Promise<readonly UnpublishedReference[]> {
  const lock = await readYarnLock(tree)
  const members = new Set((await readWorkspace(tree, 'yarn')).flatMap(({ name }) => name ?? []))
  const locked = Object.entries(lock?.entries ?? {}).flatMap(([key, value]) => {
    const resolution = splitKey(asText(asRecord(value)['resolution']) ?? '')
    if (resolution === null || !packages.includes(resolution.name)) return []
    const { name, version: reference } = resolution
    const isMember = reference.startsWith('workspace:') && members.has(name)
    if (isMember || reference.startsWith('npm:')) return []
    const line = lineOf(lock?.text ?? '', descriptorsOf(key)[0] ?? key)
    return [{ file: yarnLockfile, line, package: name, reference }]
  })
  return [...(await manifestReferences(tree, 'yarn', packages)), ...locked]
}

/** The same for yarn 1, whose entries name the address they were asked from. */
export async function yarnClassicReferences(
  tree: FileTree,
  packages: readonly string[],
): Promise<readonly UnpublishedReference[]> {
  const entries = (await readYarnClassicLock(tree))?.entries ?? []
  const locked = entries.flatMap(({ descriptors, line, resolved }) => {
    const name = packageOf(descriptors[0] ?? '')
    if (name === null || !packages.includes(name)) return []
    const asked = descriptors.map((one) => splitKey(one)?.version ?? '').find(isElsewhere)
    const isNoTarball = resolved !== null && isElsewhere(resolved) && !/^https?:/.test(resolved)
    const reference = asked ?? (isNoTarball ? resolved : null)
    return reference === null ? [] : [{ file: yarnLockfile, line, package: name, reference }]
  })
  return [...(await manifestReferences(tree, 'yarn', packages)), ...locked]
}

function lineOf(text: string, descriptor: string): number {
  return text.split('\n').findIndex((line) => !line.startsWith(' ') && line.includes(descriptor)) + 1
}
