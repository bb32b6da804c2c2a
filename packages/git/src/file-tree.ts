import type { CommitId } from '@conduct/core'
import type { Mirror } from './ports.ts'

/** The files of one commit, read from the mirror; no worktree is made. */
export interface CommitFiles {
  readFile(path: string): Promise<string | null>
  listFiles(under?: readonly string[]): Promise<readonly string[]>
}

export function fileTreeAt(mirror: Mirror, commit: CommitId): CommitFiles {
  return {
    readFile: (path) => mirror.readFile(commit, path),
    listFiles: (under) => mirror.listFiles(commit, under),
  }
}
