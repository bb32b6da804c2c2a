import semver from 'semver'
import type { NeededSibling } from '../ports.ts'
import type { Manifest } from './manifest.ts'

/** Whoever installs a package installs these with it; an optional one may be missing. */
const installedFields = ['dependencies', 'peerDependencies'] as const

/** `workspace:engine@^1.0.0` and `npm:engine@^1.0.0` stand under another name than the one they mean. */
const alias = /^(workspace|npm):((?:@[^/@]+\/)?[^/@]+)@(.*)$/

interface Member {
  readonly name: string
  readonly version: string
  readonly registry: string
}

/** What a published package asks of other packages of its workspace, in ranges as whoever installs it sees them. */
export function neededSiblings(
  manifest: Manifest,
  members: ReadonlyMap<string, Member>,
): readonly NeededSibling[] {
  const found = installedFields.flatMap((field) =>
    [...manifest.ranges(field)].flatMap(([key, written]) => {
      const [, protocol, aliased, range] = alias.exec(written) ?? []
      const name = aliased ?? key
      const member = members.get(name)
      if (member === undefined || name === manifest.name) return []
      const local = protocol === 'workspace' ? `workspace:${range ?? ''}` : (range ?? written)
      const installed = installedRange(local, member.version)
      return installed === null ? [] : [{ name, registry: member.registry, range: installed }]
    }),
  )
  return [...new Map(found.map((one) => [`${one.name} ${one.range}`, one])).values()]
}

/** Null for a path: whoever packs refuses it. */
function installedRange(written: string, version: string): string | null {
  const local = /^workspace:(.*)$/.exec(written)?.[1]
  if (local === '^' || local === '~') return `${local}${version}`
  if (local !== undefined) return semver.validRange(local) === null || local === '*' ? version : local
  if (semver.validRange(written) !== null) return written
  // A catalog's range is not read here: that there is any version has to do.
  return /^[a-z]+:/.test(written) && !written.startsWith('catalog:') ? null : '*'
}

/** The lowest version that a range takes: the first to ask a registry about. */
export function lowestOf(range: string): string {
  return semver.minVersion(range)?.version ?? '0.0.0'
}

export function takesOneOf(range: string, versions: readonly string[]): boolean {
  return range === '*' ? versions.length > 0 : semver.maxSatisfying([...versions], range) !== null
}
