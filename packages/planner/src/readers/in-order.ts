import { compareVersions, identifyFile } from '../identity/file-identity.ts'
import { compareText } from '../model/compare.ts'

/** By version; those that run again and again run last. */
export function compareFiles(one: { readonly path: string }, other: { readonly path: string }): number {
  return compareVersions(versionOf(one.path), versionOf(other.path)) || compareText(one.path, other.path)
}

function versionOf(path: string): string {
  return identifyFile(path)?.version ?? lastVersion
}

const lastVersion = '9'.repeat(40)
