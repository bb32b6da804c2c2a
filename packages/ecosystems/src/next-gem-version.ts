import { compareGemVersions, isGemPrerelease, isGemVersion } from './manifests/gem-version.ts'
import type { NextVersion, NextVersionOptions } from './next-version.ts'

const segmentsMin = 3

/**
 * The rule of `judgeNextVersion` for gems, whose versions have any number of segments: one of them goes up by one and
 * the rest starts again, or another one is put behind (7.0.4 → 7.0.4.1).
 */
export function judgeNextGemVersion({ version, latest, published }: NextVersionOptions): NextVersion {
  if (!isGemVersion(version)) return { isNext: false, reason: `${version} is no version of a gem` }
  const known = [...published, ...(latest === null ? [] : [latest])].filter(isGemVersion)
  const stable = known.filter((one) => !isGemPrerelease(one))
  const last = (stable.length > 0 ? stable : known).toSorted(compareGemVersions).at(-1)
  if (last === undefined) return { isNext: true, reason: `${version} is the first version` }

  const base = releaseOf(version)
  const allowed = isGemPrerelease(last) ? [releaseOf(last)] : successors(last)
  if (!allowed.some((one) => compareGemVersions(one, base) === 0)) {
    if (compareGemVersions(version, last) <= 0)
      return { isNext: false, reason: `${version} is not newer than ${last}; bump it` }
    const list = allowed.join(', ')
    return {
      isNext: false,
      reason: `${version} jumps from ${last}, which is followed by ${list}; correct it`,
    }
  }
  const newest = known
    .filter((one) => compareGemVersions(releaseOf(one), base) === 0)
    .toSorted(compareGemVersions)
    .at(-1)
  if (newest !== undefined && compareGemVersions(version, newest) <= 0) {
    return { isNext: false, reason: `${version} is not newer than ${newest}; bump it` }
  }
  return { isNext: true, reason: `${version} follows ${last}` }
}

/** `1.1.0.pre.2` → `1.1.0`. */
function releaseOf(version: string): string {
  return version
    .split(/[.-]/)
    .reduce<readonly string[]>((kept, part, index, all) => {
      const isNumber = all.slice(0, index + 1).every((one) => /^\d+$/.test(one))
      return isNumber ? [...kept, part] : kept
    }, [])
    .join('.')
}

function successors(last: string): readonly string[] {
  const segments = last.split('.').map(Number)
  const padded = [...segments, ...Array.from({ length: Math.max(0, segmentsMin - segments.length) }, () => 0)]
  const raised = padded.map((_, at) =>
    padded.map((value, index) => (index < at ? value : index === at ? value + 1 : 0)).join('.'),
  )
  return [...raised.toReversed(), [...padded, 1].join('.')]
}
