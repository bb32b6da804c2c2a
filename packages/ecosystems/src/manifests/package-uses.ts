import type { FileTree } from '../ports.ts'
import { dependencyFields } from './manifest.ts'
import { type Place, placesIn } from './places.ts'
import { isRange } from './ranges.ts'
import { pnpmWorkspaceFile, readWorkspace, type WorkspaceKind, yarnSettingsFile } from './workspace.ts'

/** One line of a manifest that says which version (or path, or repository) of a package is wanted. */
export interface PackageUse {
  readonly file: string
  readonly place: Place
  /** `dependencies`, `peerDependencies`, …, `catalog`, `catalogs.<name>`. */
  readonly field: string
  /** As written, without `npm:` or the `npm:<name>@` of an alias. */
  readonly wanted: string
  /** What stands before `wanted`. */
  readonly prefix: string
}

const catalogFiles: Readonly<Record<WorkspaceKind, string | null>> = {
  npm: null,
  pnpm: pnpmWorkspaceFile,
  yarn: yarnSettingsFile,
}

/** Every manifest of the workspace that names the package, and the catalogs of pnpm and yarn that do. */
export async function packageUses(
  tree: FileTree,
  kind: WorkspaceKind,
  packageName: string,
): Promise<readonly PackageUse[]> {
  const manifests = await readWorkspace(tree, kind)
  const catalogFile = catalogFiles[kind]
  const catalogs = catalogFile === null ? null : await tree.readFile(catalogFile)
  return [
    ...manifests.flatMap(({ path, text }) =>
      // Parsing for places is the slow part: most manifests do not name the package at all.
      text.includes(packageName) ? usesIn({ file: path, text, topKeys: dependencyFields, packageName }) : [],
    ),
    ...(catalogFile === null || catalogs === null
      ? []
      : usesIn({ file: catalogFile, text: catalogs, topKeys: ['catalog', 'catalogs'], packageName })),
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
    const prefix = place.value.startsWith(alias) ? alias : ownPrefix(place.value)
    const isNamed = place.path.at(-1) === packageName && !place.value.startsWith('npm:')
    if (!isNamed && prefix !== alias && (prefix === '' || place.path.at(-1) !== packageName)) return []
    return [{ file, place, field, wanted: place.value.slice(prefix.length), prefix }]
  })
}

/** yarn also takes a range with its protocol and without a name: `npm:^1.0.0`. */
function ownPrefix(value: string): string {
  return value.startsWith('npm:') && isRange(value.slice('npm:'.length)) ? 'npm:' : ''
}
