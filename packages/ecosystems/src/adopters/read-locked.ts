import type { Lockfile } from '../lockfiles/lockfile.ts'
import { packageUses } from '../manifests/package-uses.ts'
import type { WorkspaceKind } from '../manifests/workspace.ts'
import type { FileTree, LockedPackage } from '../ports.ts'

export interface ReadLockedOptions {
  readonly tree: FileTree
  readonly kind: WorkspaceKind
  readonly lockfile: Lockfile | null
  readonly package: string
}

/** What a consumer asks for and what its lockfile holds: content, not what a package manager reported. */
export async function readLocked(options: ReadLockedOptions): Promise<LockedPackage> {
  const uses = await packageUses(options.tree, options.kind, options.package)
  const locked = new Map<string, { version: string; integrity: string | null }>()
  for (const node of options.lockfile?.nodes ?? []) {
    if (node.name !== options.package) continue
    locked.set(`${node.version} ${node.integrity}`, { version: node.version, integrity: node.integrity })
  }
  return {
    package: options.package,
    manifests: uses.map((use) => ({ path: use.file, field: use.field, range: use.wanted })),
    locked: [...locked.values()],
    lockfile: options.lockfile?.file ?? null,
  }
}
