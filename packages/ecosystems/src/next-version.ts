import { compare, gt, inc, lte, parse, prerelease, rcompare, valid } from 'semver'

export interface NextVersionOptions {
  readonly version: string
  /** What the registry's `latest` stands for. */
  readonly latest: string | null
  readonly published: readonly string[]
}

export interface NextVersion {
  readonly isNext: boolean
  /** Part of a sentence, without a full stop. */
  readonly reason: string
}

/**
 * Newer than the last and no jump: from 4.2.3 only 4.2.4, 4.3.0, 5.0.0, or a prerelease of those that is newer than
 * its published siblings. The last is what `latest` stands for, or the highest stable version.
 */
export function judgeNextVersion({ version, latest, published }: NextVersionOptions): NextVersion {
  const next = parse(version)
  if (next === null) return { isNext: false, reason: `${version} is no semantic version` }
  const known = published.filter((one) => valid(one) !== null)
  const lasts = lastVersions(latest, known)
  const [last] = lasts
  if (last === undefined) return { isNext: true, reason: `${version} is the first version` }

  const base = `${next.major}.${next.minor}.${next.patch}`
  const from = lasts.find((one) => successors(one).includes(base))
  if (from === undefined) {
    if (lte(version, last)) return { isNext: false, reason: `${version} is not newer than ${last}; bump it` }
    const allowed = successors(last).join(', ')
    return {
      isNext: false,
      reason: `${version} jumps from ${last}, which is followed by ${allowed}; correct it`,
    }
  }
  const newest = known.filter((one) => hasBase(one, base)).sort(rcompare)[0]
  if (newest !== undefined && !gt(version, newest)) {
    return { isNext: false, reason: `${version} is not newer than ${newest}; bump it` }
  }
  return { isNext: true, reason: `${version} follows ${from}` }
}

/** Where `latest` was moved back, both it and the highest version count. */
function lastVersions(latest: string | null, known: readonly string[]): readonly string[] {
  const stable = known.filter((one) => prerelease(one) === null)
  const highest = (stable.length > 0 ? stable : known).toSorted(compare).at(-1)
  const tagged = latest !== null && valid(latest) !== null && prerelease(latest) === null ? latest : undefined
  return [...new Set([tagged, highest].filter((one) => one !== undefined))]
}

/** The versions without a suffix that may follow. */
function successors(last: string): readonly string[] {
  if (prerelease(last) !== null) return [last.replace(/[-+].*$/, '')]
  return (['patch', 'minor', 'major'] as const).flatMap((part) => inc(last, part) ?? [])
}

function hasBase(version: string, base: string): boolean {
  return version.replace(/[-+].*$/, '') === base
}
