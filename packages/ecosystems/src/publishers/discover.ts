import type { DiscoveredPackage, FileTree } from '../ports.ts'
import type { Manifest } from '../manifests/manifest.ts'
import type { Env } from '../manifests/npmrc.ts'
import { requirePublishable } from '../manifests/publishable.ts'
import { inPublishOrder } from '../manifests/publish-order.ts'
import { readWorkspace, type WorkspaceKind } from '../manifests/workspace.ts'
import { readRegistries } from '../registry/registry-of.ts'

/** What an installed package needs of the others; `devDependencies` are not installed with it. */
const neededFields = ['dependencies', 'optionalDependencies', 'peerDependencies'] as const

export interface DiscoverOptions {
  readonly tree: FileTree
  readonly kind: WorkspaceKind
  readonly env: Env
}

/**
 * Publishable packages, needed ones first; private ones and those without name or version are left out.
 *
 * @throws ConductError PACKAGE_INVALID, PUBLISH_CYCLE, REGISTRY_UNDECIDED, FILE_UNREADABLE
 */
export async function discoverPackages(options: DiscoverOptions): Promise<readonly DiscoveredPackage[]> {
  const registryOf = await readRegistries(options.tree, options.env)
  const publishable = (await readWorkspace(options.tree, options.kind)).flatMap((manifest) => {
    const { name, version } = manifest
    return manifest.isPrivate || name === null || version === null ? [] : [{ manifest, name, version }]
  })
  const names = new Set(publishable.map((one) => one.name))
  const packages = publishable.map(({ manifest, name, version }) => ({
    name,
    version,
    directory: manifest.directory,
    isPrivate: false,
    registry: registryOf(manifest),
    needs: [...neededBy(manifest)].filter((needed) => needed !== name && names.has(needed)).sort(),
  }))
  for (const [index, one] of packages.entries()) {
    requirePublishable({ ...one, ecosystem: 'npm', file: publishable[index]?.manifest.path ?? '' })
  }
  return inPublishOrder(packages)
}

function neededBy(manifest: Manifest): ReadonlySet<string> {
  return new Set(neededFields.flatMap((field) => [...manifest.ranges(field).keys()]))
}
