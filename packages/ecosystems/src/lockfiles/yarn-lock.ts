import type { FileTree } from '../ports.ts'
import { asRecord, asText, type UnknownRecord } from '../unknown.ts'
import { parseYamlText } from '../yaml-text.ts'
import type { LockedNode, Lockfile } from './lockfile.ts'
import { splitKey } from './pnpm-lock.ts'

/** The name that both generations of yarn use, for two formats that have nothing else in common. */
export const yarnLockfile = 'yarn.lock'

export interface YarnLock extends Lockfile {
  readonly text: string
  readonly entries: UnknownRecord
}

/** The lockfile of yarn 2 and later; null when there is none. @throws ConductError FILE_UNREADABLE */
export async function readYarnLock(tree: FileTree): Promise<YarnLock | null> {
  const text = await tree.readFile(yarnLockfile)
  return text === null || !isBerry(text) ? null : parseYarnLock(text)
}

export function isBerry(text: string): boolean {
  return /^__metadata:\r?$/m.test(text)
}

/**
 * One entry per resolution, keyed by every descriptor that leads to it. Workspace members are entries as well, without
 * a version of their own to compare. `checksum` is that of yarn's own archive, not of the published tarball.
 */
export function parseYarnLock(text: string): YarnLock {
  const { __metadata: metadata, ...entries } = asRecord(
    // Everything is text: a version `1.10` is no number.
    parseYamlText(yarnLockfile, text, { schema: 'failsafe', maxAliasCount: 0 }),
  )
  const ids = idsByDescriptor(entries)
  const nodes = Object.entries(entries).flatMap(([key, value]) => nodeOf(key, asRecord(value), ids) ?? [])
  const lockfileVersion = Number(asRecord(metadata)['version'])
  return { file: yarnLockfile, text, entries, nodes, lockfileVersion }
}

function idsByDescriptor(entries: UnknownRecord): ReadonlyMap<string, string> {
  return new Map(Object.keys(entries).flatMap((key) => descriptorsOf(key).map((one) => [one, key] as const)))
}

export function descriptorsOf(key: string): readonly string[] {
  return key.split(/,\s*/)
}

function nodeOf(id: string, entry: UnknownRecord, ids: ReadonlyMap<string, string>): LockedNode | null {
  const resolution = splitKey(asText(entry['resolution']) ?? '')
  const version = asText(entry['version'])
  if (resolution === null || version === null || resolution.version.startsWith('workspace:')) return null
  return {
    id,
    name: resolution.name,
    version,
    integrity: null,
    checksum: asText(entry['checksum']),
    needs: Object.entries(asRecord(entry['dependencies'])).flatMap(([name, range]) =>
      typeof range === 'string' ? (ids.get(`${name}@${range}`) ?? ids.get(`${name}@npm:${range}`) ?? []) : [],
    ),
  }
}
