import type { LockedPackage } from '@conduct/ecosystems'

export interface WantedPackage {
  readonly name: string
  readonly version: string
  /** As the registry serves it; null when nobody can tell. */
  readonly integrity: string | null
}

/**
 * Whether a lockfile, read back, really holds a package as it should: success is content, not an exit code. Pure.
 *
 * @param before what the lockfile held when the repo was frozen: an older version may stay only where it stood
 *   beside others already.
 * @returns what is wrong, one sentence; null when nothing is.
 */
export function lockfileProblem(
  locked: LockedPackage,
  wanted: WantedPackage,
  before: LockedPackage | null,
): string | null {
  const file = locked.lockfile ?? 'the lockfile'
  const ours = locked.locked.filter((entry) => entry.version === wanted.version)
  if (ours.length === 0) {
    const versions = locked.locked.map((entry) => entry.version).join(', ')
    return `${file} holds ${wanted.name} ${versions === '' ? 'not at all' : versions}, not ${wanted.version}`
  }
  const odd = ours.find(
    (entry) => entry.integrity !== null && wanted.integrity !== null && entry.integrity !== wanted.integrity,
  )
  if (odd !== undefined) {
    return `${file} holds ${wanted.name} ${wanted.version} with ${odd.integrity ?? ''}, the registry serves ${wanted.integrity ?? ''}`
  }
  const stoodBesideOthers = before !== null && before.locked.length > 1
  const left = locked.locked.filter((entry) => entry.version !== wanted.version)
  if (left.length > 0 && !stoodBesideOthers) {
    return `${file} still holds ${wanted.name} ${left.map((entry) => entry.version).join(', ')}`
  }
  return null
}

/** A consumer adopts what its manifests name; the rest of the train's packages is none of its business. */
export function isNamed(locked: LockedPackage): boolean {
  return locked.manifests.length > 0
}
