import { readManifest } from './manifest.ts'
import type { FileTree } from '../ports.ts'

const versionFile = 'VERSION'
const plainWord = /^[0-9A-Za-z][\w.+-]{0,99}$/

/**
 * The version of a repository whose packages nobody here knows how to publish: of its package.json, private or not,
 * else the one line of a file called VERSION. Null where neither says one.
 *
 * @throws ConductError FILE_UNREADABLE
 */
export async function readPlainVersion(tree: FileTree): Promise<string | null> {
  const manifest = await readManifest(tree, 'package.json')
  const written = manifest?.version ?? (await tree.readFile(versionFile))?.trim() ?? ''
  return isPlainVersion(written) ? written : null
}

/** One plain word: it becomes an argument of commands, a part of tags and a line of reports. */
export function isPlainVersion(version: string): boolean {
  return plainWord.test(version)
}
