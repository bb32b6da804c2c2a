import { ConductError } from '@conduct/core'
import type { FileTree } from '../ports.ts'
import { packageUses, type PackageUse } from '../manifests/package-uses.ts'
import { replacedAt } from '../manifests/places.ts'
import { isRange, raiseRange } from '../manifests/ranges.ts'
import type { WorkspaceKind } from '../manifests/workspace.ts'

export interface Wanted {
  readonly name: string
  readonly version: string
}

/** One manifest in its three states. */
export interface ManifestEdit {
  readonly file: string
  readonly before: string
  /** Names exactly the adopted versions, so that the package manager has no choice. */
  readonly pinned: string
  /** What is kept: ranges raised only where they must be. */
  readonly after: string
}

/**
 * What the manifests of a workspace have to say for these versions to be locked.
 *
 * @throws ConductError ADOPT_FAILED  no manifest names any of them; one asks for a path or a repository, or for
 *   something newer.
 */
export async function adoptionEdits(
  tree: FileTree,
  kind: WorkspaceKind,
  wanted: readonly Wanted[],
): Promise<readonly ManifestEdit[]> {
  const uses = (
    await Promise.all(
      wanted.map(async ({ name, version }) =>
        (await packageUses(tree, kind, name)).map((use) => ({ use, name, version })),
      ),
    )
  ).flat()
  if (uses.length === 0) {
    const names = wanted.map(({ name }) => name).join(', ')
    throw new ConductError('ADOPT_FAILED', `no manifest names ${names}`)
  }
  const edits = uses.flatMap(({ use, name, version }) => {
    const after = wantedAfter(use, name, version)
    return after === null
      ? []
      : [{ use, after: use.prefix + after, pinned: use.prefix + pinnedTo(use, after, version) }]
  })
  return await Promise.all(
    [...new Set(edits.map(({ use }) => use.file))].map(async (file) => {
      const before = (await tree.readFile(file)) ?? ''
      const inFile = edits.filter(({ use }) => use.file === file)
      const textIn = (state: 'after' | 'pinned'): string =>
        replacedAt(
          before,
          inFile.map((edit) => ({ place: edit.use.place, value: edit[state] })),
        )
      return { file, before, pinned: textIn('pinned'), after: textIn('after') }
    }),
  )
}

/** Null: the wish is written elsewhere (a catalog, which is a use of its own). */
function wantedAfter(use: PackageUse, name: string, version: string): string | null {
  if (use.wanted.startsWith('catalog:')) return null
  if (isDistTag(use.wanted)) return use.wanted
  const where = `${use.file}:${use.place.line}`
  if (!isRange(use.wanted)) {
    throw new ConductError(
      'ADOPT_FAILED',
      `${where}: ${name} is taken from ${use.wanted}, not from the registry`,
      {
        hint: 'Write a range of published versions there, then resume.',
        details: { file: use.file, line: use.place.line, reference: use.wanted },
      },
    )
  }
  const raised = raiseRange(use.wanted, version)
  if (raised.outcome === 'ahead') {
    throw new ConductError('ADOPT_FAILED', `${where}: ${name} ${use.wanted} asks for more than ${version}`, {
      hint: 'Ranges change only upward; publish a newer version, or lower the range by hand.',
      details: { file: use.file, line: use.place.line, range: use.wanted },
    })
  }
  return raised.outcome === 'kept' ? use.wanted : raised.range
}

/** A peer range is a promise to others, not a choice of ours: it is never pinned. */
function pinnedTo(use: PackageUse, after: string, version: string): string {
  return use.field === 'peerDependencies' ? after : version
}

function isDistTag(text: string): boolean {
  return !isRange(text) && /^[a-z][\w.-]*$/i.test(text)
}
