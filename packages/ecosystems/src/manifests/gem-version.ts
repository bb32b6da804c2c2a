/** Versions and requirements as RubyGems compares them: any number of segments, letters make a prerelease. */
type Segment = number | string

function segmentsOf(version: string): readonly Segment[] {
  const parts = version.replace('-', '.pre.').match(/[0-9]+|[a-z]+/gi) ?? []
  return parts.map((part) => (/^[0-9]/.test(part) ? Number(part) : part))
}

export function isGemVersion(text: string): boolean {
  return /^\s*[0-9]+(?:\.[0-9a-zA-Z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?\s*$/.test(text)
}

export function isGemPrerelease(version: string): boolean {
  return /[a-z]/i.test(version)
}

/** Negative, zero or positive; a letter comes before any number, and a missing segment is zero. */
export function compareGemVersions(one: string, other: string): number {
  const [a, b] = [segmentsOf(one), segmentsOf(other)]
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const [x, y] = [a[index] ?? 0, b[index] ?? 0]
    if (x === y) continue
    if (typeof x !== typeof y) return typeof x === 'string' ? -1 : 1
    return x < y ? -1 : 1
  }
  return 0
}

/** `= 1.0`, `~> 1.0`, `>= 1.0`, … */
export interface GemConstraint {
  readonly operator: '=' | '!=' | '>' | '<' | '>=' | '<=' | '~>'
  readonly version: string
}

/** Null for what is no requirement. A version alone means exactly it. */
export function parseGemConstraint(text: string): GemConstraint | null {
  const written = /^\s*(=|!=|>=|<=|~>|>|<)?\s*(\S+)\s*$/.exec(text)
  const version = written?.[2] ?? ''
  if (!isGemVersion(version)) return null
  return { operator: (written?.[1] as GemConstraint['operator'] | undefined) ?? '=', version }
}

export function isTakenBy(version: string, { operator, version: than }: GemConstraint): boolean {
  return takes[operator](compareGemVersions(version, than), version, than)
}

type Takes = (order: number, version: string, than: string) => boolean

const takes: Readonly<Record<GemConstraint['operator'], Takes>> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '>': (order) => order > 0,
  '<': (order) => order < 0,
  '>=': (order) => order >= 0,
  '<=': (order) => order <= 0,
  '~>': (order, version, than) => order >= 0 && compareGemVersions(releaseOf(version), ceilingOf(than)) < 0,
}

export type RaisedConstraint =
  | { readonly outcome: 'kept' }
  | { readonly outcome: 'raised'; readonly text: string }
  | { readonly outcome: 'ahead' }

/** The constraint that takes this version: changed only if needed, only upward, and as precise as it was. */
export function raiseGemConstraint(text: string, version: string): RaisedConstraint {
  const constraint = parseGemConstraint(text)
  if (constraint === null || isTakenBy(version, constraint)) return { outcome: 'kept' }
  const { operator, version: than } = constraint
  const isUpperBound = operator === '<' || operator === '<='
  if (!isUpperBound && compareGemVersions(version, than) <= 0) return { outcome: 'ahead' }
  const prefix = text.slice(0, text.indexOf(than))
  const raised =
    operator === '<' ? nextMajor(version) : operator === '~>' ? shapedLike(version, than) : version
  return { outcome: 'raised', text: `${prefix}${raised}` }
}

/** `~> 1.0` keeps two segments; a prerelease has to be written out. */
function shapedLike(version: string, than: string): string {
  if (isGemPrerelease(version)) return version
  const segments = version.split('.')
  const wanted = than.split('.').length
  return [...segments, ...Array.from({ length: Math.max(0, wanted - segments.length) }, () => '0')]
    .slice(0, wanted)
    .join('.')
}

function nextMajor(version: string): string {
  const [major] = segmentsOf(version)
  return String((typeof major === 'number' ? major : 0) + 1)
}

function releaseOf(version: string): string {
  const segments = segmentsOf(version)
  const at = segments.findIndex((segment) => typeof segment === 'string')
  return (at === -1 ? segments : segments.slice(0, at)).join('.')
}

/** `1.2.3` → `1.3`, `1.2` → `2`, `1` → `2`. */
function ceilingOf(version: string): string {
  const numbers = releaseOf(version).split('.').map(Number)
  const kept = numbers.length > 1 ? numbers.slice(0, -1) : numbers
  return [...kept.slice(0, -1), (kept.at(-1) ?? 0) + 1].join('.')
}
