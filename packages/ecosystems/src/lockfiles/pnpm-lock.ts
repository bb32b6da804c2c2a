import type { FileTree } from '../ports.ts'
import { asRecord, asText, type UnknownRecord } from '../unknown.ts'
import { parseYamlText } from '../yaml-text.ts'
import type { LockedNode, Lockfile } from './lockfile.ts'

export const pnpmLockfile = 'pnpm-lock.yaml'

const neededFields = ['dependencies', 'optionalDependencies'] as const

export interface PnpmLock extends Lockfile {
  readonly text: string
  readonly content: UnknownRecord
}

/** pnpm's lockfile, format 9; null when there is none. @throws ConductError FILE_UNREADABLE */
export async function readPnpmLock(tree: FileTree): Promise<PnpmLock | null> {
  const text = await tree.readFile(pnpmLockfile)
  return text === null ? null : parsePnpmLock(text)
}

/**
 * `packages` holds what is installed (name and version, integrity), `snapshots` the same once per set of peers,
 * with what each needs. A lockfile with its package manager locked has two documents: the last is ours.
 */
export function parsePnpmLock(text: string): PnpmLock {
  const content = asRecord(parseYamlText(pnpmLockfile, lastDocument(text)))
  const packages = asRecord(content['packages'])
  const snapshots = asRecord(content['snapshots'])
  const nodes = Object.entries(snapshots).flatMap(
    ([id, value]) => nodeOf(id, asRecord(value), packages) ?? [],
  )
  return { file: pnpmLockfile, text, content, nodes }
}

function nodeOf(id: string, snapshot: UnknownRecord, packages: UnknownRecord): LockedNode | null {
  const key = withoutPeers(id)
  const split = splitKey(key)
  if (split === null) return null
  const entry = asRecord(packages[key])
  return {
    id,
    name: split.name,
    version: asText(entry['version']) ?? split.version,
    integrity: asText(asRecord(entry['resolution'])['integrity']),
    needs: neededFields.flatMap((field) =>
      Object.entries(asRecord(snapshot[field])).flatMap(([name, version]) =>
        typeof version === 'string' ? [idOf(name, version)] : [],
      ),
    ),
  }
}

/** `a@1.0.0(b@2.0.0)` → `a@1.0.0`. */
function withoutPeers(id: string): string {
  const at = id.indexOf('(')
  return at === -1 ? id : id.slice(0, at)
}

/** `@acme/a@1.0.0` → name and what follows, which is a version or, for anything unpublished, an address. */
export function splitKey(key: string): { readonly name: string; readonly version: string } | null {
  const at = key.indexOf('@', 1)
  return at === -1 ? null : { name: key.slice(0, at), version: key.slice(at + 1) }
}

/** A dependency is written as the version alone, or as name and version when it is an alias. */
function idOf(name: string, version: string): string {
  const plain = withoutPeers(version)
  return plain.indexOf('@', 1) > 0 && !/^(?:file|link|git|https?)[:+]/.test(plain)
    ? version
    : `${name}@${version}`
}

function lastDocument(text: string): string {
  const at = text.lastIndexOf('\n---\n')
  return at === -1 ? text : text.slice(at + '\n---\n'.length)
}
