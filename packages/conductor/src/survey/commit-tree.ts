import type { CommitId } from '@conduct/core'
import type { FileTree } from '@conduct/ecosystems'
import type { ListedFile, Mirror } from '@conduct/git'

/**
 * The files of a commit. A commit never changes: its list and every file are read once, and what the list lacks is
 * not asked for.
 */
export function commitTree(mirror: Mirror, commit: CommitId): FileTree {
  const files = new Map<string, Promise<string | null>>()
  let listed: Promise<ReadonlyMap<string, ListedFile>> | null = null
  const list = () =>
    (listed ??= mirror.listEntries(commit).then((all) => new Map(all.map((file) => [file.path, file]))))

  async function read(path: string): Promise<string | null> {
    return (await list()).has(path) ? await mirror.readFile(commit, path) : null
  }

  return {
    readFile(path) {
      const file = files.get(path) ?? read(path)
      files.set(path, file)
      return file
    },
    listFiles: async () => [...(await list()).keys()],
    isExecutable: async (path) => (await list()).get(path)?.isExecutable === true,
    open: () => mirror.worktree(commit),
  }
}
