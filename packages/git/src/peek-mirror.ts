import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { toCommitId } from '@conduct/core'
import type { CommitFiles } from './file-tree.ts'
import { listFilesAt } from './list-files.ts'
import { mirrorName } from './mirror.ts'
import { openObjectReader } from './object-reader.ts'

const answerMsMax = 30_000
/** Asked in this order where lanes.yaml names no main: a mirror does not know which one its remote means. */
const usualMains = ['main', 'master', 'trunk']

/**
 * The files of main as they were fetched last, or null where there is no mirror, or no such branch in it. Nothing is
 * fetched, made or marked as used.
 */
export async function peekMirror(options: {
  readonly cacheDir: string
  readonly remote: string
  /** Null: lanes.yaml does not say. */
  readonly main: string | null
  readonly signal?: AbortSignal
}): Promise<CommitFiles | null> {
  const path = join(resolve(options.cacheDir), mirrorName(options.remote))
  if ((await stat(join(path, 'HEAD')).catch(() => null)) === null) return null
  const objects = openObjectReader({ repository: path, timeoutMs: answerMsMax, signal: options.signal })
  for (const branch of options.main === null ? usualMains : [options.main]) {
    const found = await objects.read(`refs/heads/${branch}^{commit}`)
    if (found === null) continue
    const commit = toCommitId(found.id)
    return {
      async readFile(file) {
        const object = await objects.read(`${commit}:${file}`)
        return object?.type === 'blob' ? object.content.toString('utf8') : null
      },
      listFiles: async (under = []) => (await listFilesAt(objects, commit, under)).map((file) => file.path),
    }
  }
  return null
}
