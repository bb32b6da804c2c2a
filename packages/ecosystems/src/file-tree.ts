import type { Dirent } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { FileTree } from './ports.ts'

/** Folders that never hold a manifest or a lockfile of the repository itself. */
const skippedFolders = new Set(['.git', 'node_modules'])

/** A folder as a tree of files: nothing is cached, symbolic links are not followed. */
export function fileTreeOfFolder(folder: string): FileTree {
  return {
    async readFile(file) {
      try {
        return await readFile(path.join(folder, file), 'utf8')
      } catch (error) {
        if (isMissing(error)) return null
        throw error
      }
    },
    async listFiles() {
      const files: string[] = []
      const folders = ['']
      for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
        for (const entry of await entriesOf(path.join(folder, at))) {
          const below = at === '' ? entry.name : `${at}/${entry.name}`
          if (entry.isDirectory() && !skippedFolders.has(entry.name)) folders.push(below)
          else if (entry.isFile()) files.push(below)
        }
      }
      return files.sort()
    },
    open: async () => ({ path: folder, [Symbol.asyncDispose]: async () => undefined }),
  }
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  return await readdir(folder, { withFileTypes: true })
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR'
}
