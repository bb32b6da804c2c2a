import type { MergeProblem } from './read-side.ts'
import { versionMark, type SchemaLayout } from './read-layout.ts'

/** What stands around the statements, and the version: the highest, or all that are listed. */
export type Frame =
  | {
      readonly outcome: 'merged'
      readonly before: string
      readonly after: string
      readonly version: string | null
      /** The side with the older version is taken to have run first. */
      readonly isOursFirst: boolean
    }
  | { readonly outcome: 'refused'; readonly problems: readonly MergeProblem[] }

export function mergeFrame(given: Readonly<Record<'base' | 'ours' | 'theirs', SchemaLayout>>): Frame {
  const { base, ours, theirs } = given
  const problems: MergeProblem[] = []
  const pick = (name: 'preamble' | 'opening' | 'closing', what: string): string => {
    const [before, one, other] = [base[name], ours[name], theirs[name]]
    if (one !== other && one !== before && other !== before) {
      problems.push({ side: 'merged', line: null, problem: `both sides change ${what}, and not to the same` })
    }
    return one === before ? other : one
  }
  const preamble = pick('preamble', 'what stands before the schema')
  const opening = pick('opening', 'the line that opens the schema')
  const closing = pick('closing', 'what stands behind the schema')
  if (problems.length > 0) return { outcome: 'refused', problems }
  const newest = [ours, theirs].map(newestOf)
  const [one = 0n, other = 0n] = newest
  const version = one >= other ? ours.version : theirs.version
  return {
    outcome: 'merged',
    before: preamble + opening.replace(versionMark, version ?? ''),
    after:
      closing +
      mergeListed(given)
        .map((each) => `${each}\n`)
        .join(''),
    version: version ?? (one === 0n && other === 0n ? null : String(one >= other ? one : other)),
    isOursFirst: one <= other,
  }
}

function newestOf({ version, listed }: SchemaLayout): bigint {
  const all = [...listed, ...(version === null ? [] : [version.replaceAll('_', '')])]
  return all
    .filter((each) => /^\d+$/.test(each.trim()))
    .map((each) => BigInt(each.trim()))
    .reduce((most, each) => (each > most ? each : most), 0n)
}

/** Each version that a side has and that the other has not taken away, in the order in which all of them stand. */
function mergeListed({
  base,
  ours,
  theirs,
}: Readonly<Record<'base' | 'ours' | 'theirs', SchemaLayout>>): readonly string[] {
  const all = [...new Set([...ours.listed, ...theirs.listed])]
  const merged = all.filter(
    (each) => !base.listed.includes(each) || (ours.listed.includes(each) && theirs.listed.includes(each)),
  )
  const order = orders.find((compare) =>
    [base, ours, theirs].every(({ listed }) =>
      listed.every((each, at) => at === 0 || compare(listed[at - 1] ?? each) <= compare(each)),
    ),
  )
  if (order === undefined) return merged
  return merged.sort((one, other) => (order(one) < order(other) ? -1 : 1))
}

/** Rails sorts by the digits from the last to the first, so that two new ones seldom meet. */
const orders: readonly ((version: string) => string)[] = [
  (version) => version.split('').toReversed().join(''),
  (version) => version,
  (version) => version.replaceAll(/\d/g, (digit) => String(9 - Number(digit))),
]
