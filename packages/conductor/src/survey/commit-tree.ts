import type { CommitId } from '@conduct/core'
import type { FileTree } from '@conduct/ecosystems'
import type { Mirror } from '@conduct/git'

/**
 * The files of a commit. A commit never changes: its list and every file are read once, and what the list lacks is
 * not asked for.
 */
export function commitTree(mirror: Mirror, commit: CommitId): FileTree {
  const files = new Map<string, Promise<string | null>>()
  let listed: Promise<readonly string[]> | null = null
  const list = () => (listed ??= mirror.listFiles(commit))
  let known: Promise<ReadonlySet<string>> | null = null

  async function read(path: string): Promise<string | null> {
    known ??= list().then((paths) => new Set(paths))
    return (await known).has(path) ? await mirror.readFile(commit, path) : null
  }

  return {
    readFile(path) {
      const file = files.get(path) ?? read(path)
      files.set(path, file)
      return file
    },
    listFiles: list,
    open: () => mirror.worktree(commit),
  }
}
