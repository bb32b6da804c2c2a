import { packageUses } from '../manifests/package-uses.ts'
import { replacedAt } from '../manifests/places.ts'
import type { WorkspaceKind } from '../manifests/workspace.ts'
import type { FileTree } from '../ports.ts'
import type { TryPackedOptions } from './try-packed.ts'

/** The manifests of a workspace with the tarballs in place of the ranges; the top one is always among them. */
export async function tarballsInManifests(
  tree: FileTree,
  kind: WorkspaceKind,
  packed: TryPackedOptions['packed'],
): Promise<Map<string, string>> {
  const edits = (
    await Promise.all(
      packed.map(async ({ name, path }) =>
        (await packageUses(tree, kind, name))
          .filter((use) => use.field !== 'peerDependencies')
          .map((use) => ({ file: use.file, place: use.place, value: `file:${path}` })),
      ),
    )
  ).flat()
  const texts = new Map<string, string>()
  for (const file of new Set([...edits.map((edit) => edit.file), 'package.json'])) {
    const text = (await tree.readFile(file)) ?? '{}'
    texts.set(
      file,
      replacedAt(
        text,
        edits.filter((edit) => edit.file === file),
      ),
    )
  }
  return texts
}
