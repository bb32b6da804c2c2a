import type { CommitId } from '@conduct/core'
import type { FileTree } from '@conduct/ecosystems'
import type { Mirror } from '@conduct/git'

/** The files of a commit. A commit never changes, so every file is read once. */
export function commitTree(mirror: Mirror, commit: CommitId): FileTree {
  const files = new Map<string, Promise<string | null>>()
  let paths: Promise<readonly string[]> | null = null
  return {
    readFile(path) {
      const known = files.get(path) ?? mirror.readFile(commit, path)
      files.set(path, known)
      return known
    },
    listFiles() {
      paths ??= mirror.listFiles(commit)
      return paths
    },
  }
}
