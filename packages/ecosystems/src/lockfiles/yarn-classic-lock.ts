import type { FileTree } from '../ports.ts'
import { unreadable } from '../unreadable.ts'
import type { LockedNode, Lockfile } from './lockfile.ts'
import { splitKey } from './pnpm-lock.ts'
import { isBerry, yarnLockfile } from './yarn-lock.ts'

/** One entry as written: what leads to it, and its fields. */
export interface ClassicEntry {
  /** 1-based. */
  readonly line: number
  readonly descriptors: readonly string[]
  readonly version: string
  readonly resolved: string | null
  readonly integrity: string | null
  readonly needs: ReadonlyMap<string, string>
}

export interface YarnClassicLock extends Lockfile {
  readonly text: string
  readonly entries: readonly ClassicEntry[]
}

/** The lockfile of yarn 1; null when there is none. @throws ConductError FILE_UNREADABLE */
export async function readYarnClassicLock(tree: FileTree): Promise<YarnClassicLock | null> {
  const text = await tree.readFile(yarnLockfile)
  return text === null || isBerry(text) ? null : parseYarnClassicLock(text)
}

export function parseYarnClassicLock(text: string): YarnClassicLock {
  const entries = entriesIn(text)
  const byDescriptor = new Map(
    entries.flatMap((entry) => entry.descriptors.map((descriptor) => [descriptor, idOf(entry)] as const)),
  )
  const nodes = entries.flatMap((entry): LockedNode[] => {
    const name = packageOf(entry.descriptors[0] ?? '')
    if (name === null) return []
    const needs = [...entry.needs].flatMap(([need, range]) => byDescriptor.get(`${need}@${range}`) ?? [])
    return [{ id: idOf(entry), name, version: entry.version, integrity: entry.integrity, needs }]
  })
  return { file: yarnLockfile, text, entries, nodes }
}

function idOf(entry: ClassicEntry): string {
  return entry.descriptors.join(', ')
}

/** `alias@npm:real@^1.0.0` → `real`. */
export function packageOf(descriptor: string): string | null {
  const split = splitKey(descriptor)
  if (split === null) return null
  const aliased = split.version.startsWith('npm:') ? splitKey(split.version.slice('npm:'.length)) : null
  return aliased?.name ?? split.name
}

interface Draft {
  readonly line: number
  readonly descriptors: readonly string[]
  readonly fields: Map<string, string>
  readonly needs: Map<string, string>
}

/** Indentation by twos: descriptors, fields, and below `dependencies` and `optionalDependencies` one need per line. */
function entriesIn(text: string): readonly ClassicEntry[] {
  const drafts: Draft[] = []
  let section: string | null = null
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trimEnd()
    if (line === '' || line.startsWith('#')) continue
    const last = drafts.at(-1)
    const [indent, body] = [line.length - line.trimStart().length, line.trim()]
    if (indent === 0 && body.endsWith(':')) {
      drafts.push({
        line: index + 1,
        descriptors: descriptorsIn(body),
        fields: new Map(),
        needs: new Map(),
      })
      section = null
    } else if (indent === 2 && last !== undefined && body.endsWith(':')) {
      section = body.slice(0, -1)
    } else if (indent === 2 && last !== undefined) {
      const [key, value] = pairOf(body, index)
      last.fields.set(key, value)
      section = null
    } else if (indent === 4 && last !== undefined && section !== null) {
      const [key, value] = pairOf(body, index)
      if (/^(?:optionalD|d)ependencies$/.test(section)) last.needs.set(key, value)
    } else {
      throw unreadableLine(index)
    }
  }
  return drafts.map(entryOf)
}

function entryOf({ line, descriptors, fields, needs }: Draft): ClassicEntry {
  const version = fields.get('version')
  if (version === undefined) throw unreadableLine(line - 1)
  return {
    line,
    descriptors,
    version,
    resolved: fields.get('resolved') ?? null,
    integrity: strongest(fields.get('integrity')),
    needs,
  }
}

/** Where several are listed the registry's own SHA-512 is what can be compared; a SHA-1 proves nothing. */
function strongest(integrity: string | undefined): string | null {
  const all = integrity?.split(/\s+/) ?? []
  return all.find((one) => one.startsWith('sha512-')) ?? null
}

export function descriptorsIn(keyLine: string): readonly string[] {
  return keyLine
    .trim()
    .replace(/:$/, '')
    .split(/,\s+/)
    .map((descriptor) => descriptor.replaceAll('"', ''))
}

function pairOf(body: string, index: number): readonly [string, string] {
  const pair = /^("[^"]+"|\S+)\s+(.+)$/.exec(body)
  if (pair === null) throw unreadableLine(index)
  const [, key = '', value = ''] = pair
  return [key.replaceAll('"', ''), value.replaceAll('"', '')]
}

function unreadableLine(index: number): Error {
  return unreadable(yarnLockfile, new Error(`line ${index + 1} is none of a lockfile of yarn 1`))
}
