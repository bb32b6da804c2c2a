import semver from 'semver'

/** Whether a text in a manifest is a range of versions, rather than a path, a repository or a tag. */
export function isRange(text: string): boolean {
  return semver.validRange(text) !== null
}

export type Raised =
  /** The range takes the version already. */
  | { readonly outcome: 'kept' }
  | { readonly outcome: 'raised'; readonly range: string }
  /** The range asks for something newer: going there would be a step back. */
  | { readonly outcome: 'ahead' }

/**
 * The range that takes this version, changed only if needed, only upward, and in the manner of the old one:
 * `^1.0.0` stays for 1.1.0, `1.0.0` becomes `1.1.0`, `~1.0.0` becomes `~1.1.0`, `1.x` becomes `2.x`, and an
 * alternative is added to a list of alternatives.
 */
export function raiseRange(range: string, version: string): Raised {
  if (semver.satisfies(version, range)) return { outcome: 'kept' }
  const start = semver.minVersion(range)
  if (start !== null && semver.lt(version, start)) return { outcome: 'ahead' }
  const written = range.trim()
  if (written.includes('||')) return { outcome: 'raised', range: `${written} || ^${version}` }
  const simple = /^(\^|~|=|v)?\s*(\d+)(\.(?:\d+|[xX*]))?(\.(?:\d+|[xX*]))?(-[\w.-]+)?(\+[\w.-]+)?$/.exec(
    written,
  )
  if (simple === null) return { outcome: 'raised', range: `^${version}` }
  const [, operator = '', , minor, patch] = simple
  return { outcome: 'raised', range: `${operator}${shapedLike(version, minor, patch)}` }
}

/** `1.x` and `1` keep their precision, unless the version is a prerelease, which only a full one can name. */
function shapedLike(version: string, minor: string | undefined, patch: string | undefined): string {
  const parsed = semver.parse(version)
  if (parsed === null || parsed.prerelease.length > 0) return version
  const part = (written: string | undefined, value: number): string =>
    written === undefined ? '' : /\d/.test(written) ? `.${value}` : written
  return `${parsed.major}${part(minor, parsed.minor)}${part(patch, parsed.patch)}`
}
