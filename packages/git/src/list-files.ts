import type { CommitId } from '@conduct/core'
import { folderMode, type RawEntry, rawEntries } from './git-object.ts'
import type { ObjectReader } from './object-reader.ts'
import type { ListedFile } from './ports.ts'
import { gitObjectMissing } from './run-git.ts'

/**
 * Every file of a commit in git's own order, from its trees; a submodule counts as one file, as git lists it.
 *
 * @param under only those below or equal to one of these paths; empty: all
 */
export async function listFilesAt(
  objects: ObjectReader,
  commit: CommitId,
  under: readonly string[],
): Promise<readonly ListedFile[]> {
  const walk = async (tree: string, folder: string): Promise<readonly ListedFile[]> => {
    const object = await objects.read(tree)
    if (object?.type !== 'tree') throw gitObjectMissing(tree)
    const inside = rawEntries(object.content)
      .map((entry) => ({ ...entry, path: `${folder}${entry.name}` }))
      .filter(({ mode, path }) => isWanted(path, { under, isFolder: mode === folderMode }))
    const files = await Promise.all(
      inside.map(async ({ mode, path, id }) =>
        mode === folderMode ? walk(id, `${path}/`) : [toFile(path, mode)],
      ),
    )
    return files.flat()
  }
  return walk(`${commit}^{tree}`, '')
}

const executableMode = '100755'

function toFile(path: string, mode: RawEntry['mode']): ListedFile {
  return { path, isExecutable: mode === executableMode }
}

/** A folder is wanted, too, when it leads to what is. */
function isWanted(
  path: string,
  { under, isFolder }: { readonly under: readonly string[]; readonly isFolder: boolean },
): boolean {
  if (under.length === 0) return true
  return under.some(
    (top) => path === top || path.startsWith(`${top}/`) || (isFolder && top.startsWith(`${path}/`)),
  )
}
