import semver from 'semver'
import type { LockfileMovement } from '../ports.ts'
import type { LockedNode, Lockfile } from './lockfile.ts'

/** What changed between two states of a lockfile, by package: versions, and content under the same version. */
export function movementsBetween(before: Lockfile, after: Lockfile): readonly LockfileMovement[] {
  const old = versionsByName(before)
  const now = versionsByName(after)
  const names = [...new Set([...old.keys(), ...now.keys()])].sort()
  return names.flatMap((name) => movementsOf(name, old.get(name) ?? nothing, now.get(name) ?? nothing))
}

/**
 * Movements that the adopted packages do not explain. They explain their own, everything they need now
 * (directly or through others) that is new or moved, and what only their old versions needed and is gone.
 */
export function unexplainedMovements(
  before: Lockfile,
  after: Lockfile,
  adopted: readonly string[],
): readonly LockfileMovement[] {
  const neededNow = namesNeededBy(after, adopted)
  const neededBefore = namesNeededBy(before, adopted)
  return movementsBetween(before, after).filter(({ package: name, to }) =>
    to === null ? !neededBefore.has(name) && !neededNow.has(name) : !neededNow.has(name),
  )
}

type Versions = ReadonlyMap<string, string | null>
const nothing: Versions = new Map()

function versionsByName(lockfile: Lockfile): ReadonlyMap<string, Versions> {
  const versions = new Map<string, Map<string, string | null>>()
  for (const node of lockfile.nodes) {
    const known = versions.get(node.name) ?? new Map<string, string | null>()
    versions.set(node.name, known.set(node.version, node.integrity ?? node.checksum ?? null))
  }
  return versions
}

function movementsOf(name: string, old: Versions, now: Versions): readonly LockfileMovement[] {
  const gone = [...old.keys()].filter((version) => !now.has(version)).sort(byVersion)
  const come = [...now.keys()].filter((version) => !old.has(version)).sort(byVersion)
  const moved = Array.from({ length: Math.max(gone.length, come.length) }, (_, index) => ({
    package: name,
    from: gone[index] ?? null,
    to: come[index] ?? null,
  }))
  const swapped = [...now].filter(([version, integrity]) => {
    const known = old.get(version) ?? null
    return known !== null && integrity !== null && known !== integrity
  })
  return [...moved, ...swapped.map(([version]) => ({ package: name, from: version, to: version }))]
}

function byVersion(a: string, b: string): number {
  return semver.valid(a) !== null && semver.valid(b) !== null ? semver.compare(a, b) : a < b ? -1 : 1
}

/** Names of the packages and of everything they need, through the resolved graph. */
function namesNeededBy(lockfile: Lockfile, packages: readonly string[]): ReadonlySet<string> {
  const byId = new Map(lockfile.nodes.map((node) => [node.id, node]))
  const reached = new Set<LockedNode>()
  const waiting = lockfile.nodes.filter((node) => packages.includes(node.name))
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (reached.has(node)) continue
    reached.add(node)
    for (const need of node.needs) {
      const needed = byId.get(need)
      if (needed !== undefined) waiting.push(needed)
    }
  }
  return new Set([...packages, ...[...reached].map((node) => node.name)])
}
