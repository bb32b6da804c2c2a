import type { FileTree } from '../ports.ts'
import { gemfileOf } from '../manifests/gemfile.ts'
import { unreadable } from '../unreadable.ts'
import type { LockedNode, Lockfile } from './lockfile.ts'

export interface LockedSource {
  readonly kind: string
  /** As written below `remote:`. */
  readonly remotes: readonly string[]
  readonly revision: string | null
  readonly gems: readonly LockedGem[]
}

export interface LockedGem {
  readonly name: string
  readonly version: string
  /** `x86_64-linux` of a gem that is built for one; null for plain Ruby. */
  readonly platform: string | null
  readonly needs: readonly string[]
  /** The same with what each asks for. */
  readonly requirements: readonly GemRequirement[]
  /** 1-based. */
  readonly line: number
}

export interface GemRequirement {
  readonly name: string
  readonly constraints: readonly string[]
}

export interface GemfileLock extends Lockfile {
  readonly text: string
  readonly sources: readonly LockedSource[]
  /** What the Gemfile asks for, by gem; `!` at the end: from a source of its own. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>
  readonly bundledWith: string | null
}

/** @returns null when there is none. @throws ConductError FILE_UNREADABLE */
export async function readGemfileLock(tree: FileTree): Promise<GemfileLock | null> {
  const names = await gemfileOf(tree)
  const text = names === null ? null : await tree.readFile(names.lockfile)
  return names === null || text === null ? null : parseGemfileLock(names.lockfile, text)
}

interface Section {
  readonly name: string
  readonly lines: { readonly text: string; readonly line: number }[]
}

export function parseGemfileLock(file: string, text: string): GemfileLock {
  const sections = sectionsOf(file, text)
  const sources = sections.filter(({ lines }) => lines.some((one) => one.text === '  specs:')).map(sourceOf)
  const linesOf = (name: string): readonly string[] =>
    sections.find((section) => section.name === name)?.lines.map((one) => one.text.trim()) ?? []
  return {
    file,
    text,
    sources,
    nodes: nodesOf(sources, checksumsIn(linesOf('CHECKSUMS'))),
    dependencies: new Map(linesOf('DEPENDENCIES').map(dependencyIn)),
    bundledWith: linesOf('BUNDLED WITH')[0] ?? null,
  }
}

function sectionsOf(file: string, text: string): readonly Section[] {
  const sections: Section[] = []
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trimEnd()
    if (line === '') continue
    if (/^[A-Z][A-Z ]*$/.test(line)) sections.push({ name: line, lines: [] })
    else if (line.startsWith('  ') && sections.length > 0)
      sections.at(-1)?.lines.push({ text: line, line: index + 1 })
    else throw unreadable(file, new Error(`line ${index + 1} belongs to no section`))
  }
  return sections
}

function sourceOf({ name, lines }: Section): LockedSource {
  const valuesOf = (key: string): readonly string[] =>
    lines.flatMap((one) => (one.text.startsWith(`  ${key}: `) ? [one.text.slice(key.length + 4)] : []))
  const gems: (LockedGem & { readonly needs: string[]; readonly requirements: GemRequirement[] })[] = []
  for (const { text, line } of lines) {
    const gem = /^ {4}(\S+) \(([^)]+)\)$/.exec(text)
    const need = /^ {6}(\S.*)$/.exec(text)?.[1]
    if (gem !== null) {
      gems.push({ name: gem[1] ?? '', ...versionIn(gem[2] ?? ''), needs: [], requirements: [], line })
    } else if (need !== undefined) {
      const [needed, constraints] = dependencyIn(need)
      gems.at(-1)?.needs.push(needed)
      gems.at(-1)?.requirements.push({ name: needed, constraints })
    }
  }
  return { kind: name, remotes: valuesOf('remote'), revision: valuesOf('revision')[0] ?? null, gems }
}

function versionIn(text: string): { readonly version: string; readonly platform: string | null } {
  const at = text.indexOf('-')
  return at === -1
    ? { version: text, platform: null }
    : { version: text.slice(0, at), platform: text.slice(at + 1) }
}

function nodesOf(
  sources: readonly LockedSource[],
  checksums: ReadonlyMap<string, string>,
): readonly LockedNode[] {
  const gems = sources.flatMap((source) => source.gems)
  const fullName = ({ name, version, platform }: LockedGem): string =>
    `${name} (${version}${platform === null ? '' : `-${platform}`})`
  return gems.map((gem) => ({
    id: fullName(gem),
    name: gem.name,
    version: gem.version,
    // One built for a platform is another file than the one that was packed.
    integrity: gem.platform === null ? (checksums.get(fullName(gem)) ?? null) : null,
    needs: gem.needs.flatMap((need) => gems.filter(({ name }) => name === need).map(fullName)),
  }))
}

/** `engine (1.0.0) sha256=<hex>`: of the gem file itself, which is what the compact index names too. */
function checksumsIn(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.flatMap((line) => {
      const [, gem, hex] = /^(.+\)) (?:.*,)?sha256=([0-9a-f]{64})/.exec(line) ?? []
      return gem === undefined || hex === undefined
        ? []
        : [[gem, `sha256-${Buffer.from(hex, 'hex').toString('base64')}`] as const]
    }),
  )
}

function dependencyIn(line: string): readonly [string, readonly string[]] {
  const [, name = line, requirements = ''] = /^([^\s!]+)(?: \(([^)]*)\))?/.exec(line) ?? []
  return [name, requirements === '' ? [] : requirements.split(', ')]
}
