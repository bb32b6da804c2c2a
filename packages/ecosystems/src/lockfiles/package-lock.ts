import type { FileTree } from '../ports.ts'
import { asRecord, asText, type UnknownRecord } from '../unknown.ts'
import { unreadable } from '../unreadable.ts'
import type { LockedNode, Lockfile } from './lockfile.ts'

const npmLockfiles = ['npm-shrinkwrap.json', 'package-lock.json'] as const

const neededFields = ['dependencies', 'optionalDependencies', 'peerDependencies'] as const

export interface PackageLock extends Lockfile {
  readonly text: string
  readonly lockfileVersion: number
  /** As in the file: keys are folders; empty in version 1. */
  readonly packages: UnknownRecord
}

/** npm's lockfile, versions 1 to 3; null when there is none. @throws ConductError FILE_UNREADABLE */
export async function readPackageLock(tree: FileTree): Promise<PackageLock | null> {
  for (const file of npmLockfiles) {
    const text = await tree.readFile(file)
    if (text !== null) return parsePackageLock(file, text)
  }
  return null
}

export async function hasPackageLock(tree: FileTree): Promise<boolean> {
  const texts = await Promise.all(npmLockfiles.map((file) => tree.readFile(file)))
  return texts.some((text) => text !== null)
}

export function parsePackageLock(file: string, text: string): PackageLock {
  const content = asRecord(parsed(file, text))
  const packages = 'packages' in content ? asRecord(content['packages']) : fromVersion1(content, '')
  const lockfileVersion = Number(content['lockfileVersion'] ?? 1)
  return { file, text, lockfileVersion, packages, nodes: nodesOf(packages) }
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) throw unreadable(file, error)
    throw error
  }
}

/** Only what is installed from somewhere: workspace members and links to them have no version of ours to compare. */
function nodesOf(packages: UnknownRecord): readonly LockedNode[] {
  return Object.entries(packages).flatMap(([folder, value]) => {
    const entry = asRecord(value)
    const name = nameOf(folder, entry)
    const version = asText(entry['version'])
    if (name === null || version === null || entry['link'] === true) return []
    const wanted = neededFields.flatMap((field) => Object.keys(asRecord(entry[field])))
    const needs = wanted.flatMap((need) => resolve(packages, folder, need) ?? [])
    return [{ id: folder, name, version, integrity: asText(entry['integrity']), needs }]
  })
}

export function nameOf(folder: string, entry: UnknownRecord): string | null {
  const at = folder.lastIndexOf('node_modules/')
  return at === -1 ? null : (asText(entry['name']) ?? folder.slice(at + 'node_modules/'.length))
}

/** As Node looks for it: next to the package, then outwards. */
function resolve(packages: UnknownRecord, folder: string, need: string): string | null {
  for (let base = folder; ; base = base.slice(0, Math.max(0, base.lastIndexOf('node_modules/') - 1))) {
    const candidate = base === '' ? `node_modules/${need}` : `${base}/node_modules/${need}`
    if (candidate in packages) return candidate
    if (base === '') return null
  }
}

/** Version 1 nests `dependencies` by name; the same tree by folder. */
function fromVersion1(content: UnknownRecord, base: string): UnknownRecord {
  return Object.fromEntries(
    Object.entries(asRecord(content['dependencies'])).flatMap(([name, value]) => {
      const entry = asRecord(value)
      const folder = `${base}node_modules/${name}`
      const flat = { ...entry, dependencies: asRecord(entry['requires']) }
      return [[folder, flat] as const, ...Object.entries(fromVersion1(entry, `${folder}/`))]
    }),
  )
}
