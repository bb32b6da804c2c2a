import { compareGemVersions, isTakenBy, parseGemConstraint } from '../manifests/gem-version.ts'
import type { GemfileLock, LockedGem, LockedSource } from './gemfile-lock.ts'

/**
 * Gems that moved although nothing asked them to. Bundler forgets what only the updated gems need, also with
 * `--conservative`, and takes the newest of it; this finds the largest set whose old versions satisfy everything that
 * the new lockfile asks for, the old versions' own needs included.
 *
 * @param adopted  names of the gems whose movement is wanted.
 */
export function gemsThatCouldStay(
  before: GemfileLock,
  after: GemfileLock,
  adopted: readonly string[],
): ReadonlySet<string> {
  const old = gemsByName(before)
  const now = gemsByName(after)
  const staying = new Set(
    [...now].flatMap(([name, gems]) => {
      const known = old.get(name)
      if (known === undefined || adopted.includes(name) || !isOneSource(known, gems)) return []
      return versionsOf(known) === versionsOf(gems) ? [] : [name]
    }),
  )
  // Each round takes at least one out.
  for (let left = staying.size; left >= 0; left -= 1) {
    const locked = new Map(
      [...now].map(([name, gems]) => [name, staying.has(name) ? (old.get(name) ?? gems) : gems]),
    )
    const moved = [...staying].filter((name) => !isSatisfied(name, locked, after))
    if (moved.length === 0) break
    for (const name of moved) staying.delete(name)
  }
  return staying
}

interface Placed extends LockedGem {
  readonly source: LockedSource
}

function gemsByName({ sources }: GemfileLock): ReadonlyMap<string, readonly Placed[]> {
  const all = sources.flatMap((source) => source.gems.map((gem) => ({ ...gem, source })))
  return Map.groupBy(all, ({ name }) => name)
}

function versionsOf(gems: readonly LockedGem[]): string {
  return gems
    .map(({ version, platform }) => `${version}-${platform ?? ''}`)
    .sort()
    .join(' ')
}

function isOneSource(one: readonly Placed[], other: readonly Placed[]): boolean {
  const places = [...one, ...other].map(({ source }) => `${source.kind} ${source.remotes.join(' ')}`)
  return new Set(places).size === 1 && places[0]?.startsWith('GEM ') === true
}

/** Everybody who needs it takes the version it would keep, and it finds what it needs itself. */
function isSatisfied(
  name: string,
  locked: ReadonlyMap<string, readonly Placed[]>,
  { dependencies }: GemfileLock,
): boolean {
  const takes = (needed: string, constraints: readonly string[]): boolean =>
    (locked.get(needed) ?? []).every(({ version }) =>
      constraints.every((text) => {
        const constraint = parseGemConstraint(text)
        return constraint !== null && isTakenBy(version, constraint)
      }),
    )
  const others = [...locked.values()].flat().flatMap((gem) => gem.requirements)
  const asked = [
    ...others.filter((one) => one.name === name),
    { name, constraints: dependencies.get(name) ?? [] },
  ]
  const own = (locked.get(name) ?? []).flatMap((gem) => gem.requirements)
  return (
    asked.every((one) => takes(name, one.constraints)) &&
    own.every((one) => locked.has(one.name) && takes(one.name, one.constraints))
  )
}

/** The lockfile with these gems as they were. Bundler reads it, and drops what nobody needs any more. */
export function withGemsAsBefore(
  before: GemfileLock,
  after: GemfileLock,
  names: ReadonlySet<string>,
): string {
  const old = blocksIn(before.text)
  const written = new Set<string>()
  return blocksIn(after.text)
    .flatMap((block) => {
      const key = `${block.section} ${block.name}`
      if (block.name === null || !names.has(block.name)) return [block.text]
      if (written.has(key)) return []
      written.add(key)
      return old.flatMap((one) => (`${one.section} ${one.name}` === key ? [one.text] : []))
    })
    .join('\n')
}

interface Block {
  readonly section: 'specs' | 'checksums' | 'others'
  /** The gem it is about; null for everything else. */
  readonly name: string | null
  readonly text: string
}

/** A locked gem with the lines of what it needs is one block, and so is a line with its checksum. */
function blocksIn(text: string): readonly Block[] {
  const blocks: { section: Block['section']; name: string | null; text: string }[] = []
  for (const line of text.split('\n')) {
    const gem = /^ {4}(\S+) \([^)]+\)\r?$/.exec(line)?.[1]
    const sum = /^ {2}(\S+) \([^)]+\) \S*sha256=/.exec(line)?.[1]
    const last = blocks.at(-1)
    if (gem !== undefined) blocks.push({ section: 'specs', name: gem, text: line })
    else if (sum !== undefined) blocks.push({ section: 'checksums', name: sum, text: line })
    else if (line.startsWith('      ') && last?.section === 'specs') last.text += `\n${line}`
    else blocks.push({ section: 'others', name: null, text: line })
  }
  return blocks
}

/** From which version to which the gems of these names moved. */
export function movementsOfGems(before: GemfileLock, after: GemfileLock, names: ReadonlySet<string>) {
  const versionIn = (lock: GemfileLock, name: string): string | null =>
    lock.nodes
      .filter((node) => node.name === name)
      .map(({ version }) => version)
      .toSorted(compareGemVersions)
      .at(-1) ?? null
  return [...names]
    .sort()
    .map((name) => ({ package: name, from: versionIn(before, name), to: versionIn(after, name) }))
}
