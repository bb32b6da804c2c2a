import { ConductError } from '@conduct/core'
import type { DiscoveredPackage, FileTree } from '../ports.ts'
import type { Manifest } from '../manifests/manifest.ts'
import type { Env } from '../manifests/npmrc.ts'
import { neededSiblings } from '../manifests/needed-siblings.ts'
import { requirePublishable } from '../manifests/publishable.ts'
import { inPublishOrder } from '../manifests/publish-order.ts'
import { readWorkspace, type WorkspaceKind } from '../manifests/workspace.ts'
import { readRegistries } from '../registry/registry-of.ts'
import { asTexts } from '../unknown.ts'

/** What an installed package needs of the others; `devDependencies` are not installed with it. */
const neededFields = ['dependencies', 'optionalDependencies', 'peerDependencies'] as const

export interface DiscoverOptions {
  readonly tree: FileTree
  readonly kind: WorkspaceKind
  readonly env: Env
  /** Variables that lanes.yaml declares for the repository: a registry may ask for these. */
  readonly passEnv?: readonly string[] | undefined
}

/**
 * Publishable packages, needed ones first; private ones and those without name or version are left out.
 *
 * @throws ConductError PACKAGE_INVALID, PUBLISH_CYCLE, REGISTRY_UNDECIDED, SETTINGS_VARIABLE_REFUSED, FILE_UNREADABLE
 */
export async function discoverPackages(options: DiscoverOptions): Promise<readonly DiscoveredPackage[]> {
  const registryOf = await readRegistries({ ...options, passEnv: options.passEnv ?? [] })
  const manifests = await readWorkspace(options.tree, options.kind)
  const publishable = manifests.flatMap((manifest) => {
    const { name, version } = manifest
    return manifest.isPrivate || name === null || version === null ? [] : [{ manifest, name, version }]
  })
  const names = new Set(publishable.map((one) => one.name))
  const privates = new Set(
    manifests.flatMap(({ name, isPrivate }) => (isPrivate && name !== null ? [name] : [])),
  )
  const packages = publishable.map(({ manifest, name, version }) => {
    const found = {
      name,
      version,
      directory: manifest.directory,
      isPrivate: false,
      registry: registryOf(manifest),
      needs: neededBy(manifest)
        .map((need) => need.name)
        .filter((needed) => needed !== name && names.has(needed))
        .sort(),
    }
    requirePublishable({ ...found, ecosystem: 'npm', file: manifest.path })
    requireInstallable(manifest, privates)
    return { found, manifest }
  })
  requireOneEach(publishable)
  const members = new Map(packages.map(({ found }) => [found.name, found]))
  return inPublishOrder(
    packages.map(({ found, manifest }) => {
      const siblings = neededSiblings(manifest, members)
      return siblings.length === 0 ? found : { ...found, siblings }
    }),
  )
}

interface Need {
  readonly name: string
  /** Only the workspace can give it. */
  readonly isLocal: boolean
}

/** `workspace:engine@^1.0.0` and `npm:engine@^1.0.0` stand under another name than the one they mean. */
const alias = /^(?:workspace|npm):((?:@[^/@]+\/)?[^/@]+)@/

function neededBy(manifest: Manifest): readonly Need[] {
  const needs = neededFields.flatMap((field) =>
    [...manifest.ranges(field)].map(([written, range]) => ({
      name: alias.exec(range)?.[1] ?? written,
      isLocal: range.startsWith('workspace:'),
    })),
  )
  return [...new Map(needs.map((need) => [need.name, need])).values()]
}

/** A private member travels inside a package, or nobody can install that package. */
function requireInstallable(manifest: Manifest, privates: ReadonlySet<string>): void {
  const { bundleDependencies, bundledDependencies } = manifest.fields
  const bundled = bundleDependencies ?? bundledDependencies
  if (bundled === true) return
  const inside = new Set(asTexts(bundled))
  const missing = neededBy(manifest).filter(
    ({ name, isLocal }) => isLocal && privates.has(name) && !inside.has(name),
  )
  if (missing.length === 0) return
  const names = missing.map(({ name }) => name).join(', ')
  throw new ConductError(
    'PACKAGE_INVALID',
    `${manifest.path}: it needs ${names} of its workspace, which is private and never published`,
    { hint: 'Publish it, bundle it, or make it a devDependency.', details: { file: manifest.path } },
  )
}

function requireOneEach(
  publishable: readonly { readonly manifest: Manifest; readonly name: string }[],
): void {
  const files = Map.groupBy(publishable, ({ name }) => name)
  for (const [name, [first, second]] of files) {
    if (first === undefined || second === undefined) continue
    throw new ConductError(
      'PACKAGE_INVALID',
      `${first.manifest.path} and ${second.manifest.path} are both called ${name}`,
      { hint: 'One of them is private, or has another name.' },
    )
  }
}
