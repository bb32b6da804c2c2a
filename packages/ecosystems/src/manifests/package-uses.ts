import type { FileTree } from '../ports.ts'
import { dependencyFields } from './manifest.ts'
import { type Place, placesIn } from './places.ts'
import { pnpmWorkspaceFile, readWorkspace, type WorkspaceKind } from './workspace.ts'

/** One line of a manifest that says which version (or path, or repository) of a package is wanted. */
export interface PackageUse {
  readonly file: string
  readonly place: Place
  /** `dependencies`, `peerDependencies`, …, `catalog`, `catalogs.<name>`. */
  readonly field: string
  /** As written, without the `npm:<name>@` of an alias. */
  readonly wanted: string
  /** What stands before `wanted`. */
  readonly prefix: string
}

/** Every manifest of the workspace that names the package, and the catalogs of pnpm that do. */
export async function packageUses(
  tree: FileTree,
  kind: WorkspaceKind,
  packageName: string,
): Promise<readonly PackageUse[]> {
  const manifests = await readWorkspace(tree, kind)
  const catalogs = kind === 'pnpm' ? await tree.readFile(pnpmWorkspaceFile) : null
  return [
    ...manifests.flatMap(({ path, text }) =>
      // Parsing for places is the slow part: most manifests do not name the package at all.
      text.includes(packageName) ? usesIn({ file: path, text, topKeys: dependencyFields, packageName }) : [],
    ),
    ...(catalogs === null
      ? []
      : usesIn({ file: pnpmWorkspaceFile, text: catalogs, topKeys: ['catalog', 'catalogs'], packageName })),
  ]
}

interface UsesOptions {
  readonly file: string
  readonly text: string
  readonly topKeys: readonly string[]
  readonly packageName: string
}

function usesIn({ file, text, topKeys, packageName }: UsesOptions): readonly PackageUse[] {
  const alias = `npm:${packageName}@`
  return placesIn({ file, text }, topKeys).flatMap((place) => {
    const field = place.path.slice(0, -1).join('.')
    const isAlias = place.value.startsWith(alias)
    const isNamed = place.path.at(-1) === packageName && !place.value.startsWith('npm:')
    if (!isAlias && !isNamed) return []
    const prefix = isAlias ? alias : ''
    return [{ file, place, field, wanted: place.value.slice(prefix.length), prefix }]
  })
}
