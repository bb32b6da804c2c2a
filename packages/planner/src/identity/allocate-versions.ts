import { compareVersions } from './file-identity.ts'

/**
 * Versions for the files of a batch, rising: each is greater than every one that is taken, so that a batch never runs before what
 * is there already, and no open branch can have the same.
 *
 * The way of counting is that of the versions that are taken: time stamps of 14 digits, or numbers (of their width). Time
 * stamps start at `now`; where a branch has one from the future, after that.
 *
 * @param options.taken on base and on every open branch.
 */
export function allocateVersions(options: {
  readonly count: number
  readonly taken: readonly string[]
  readonly now: Date
}): readonly string[] {
  const { count, taken, now } = options
  const latest = taken.reduce((last, each) => (compareVersions(each, last) > 0 ? each : last), '0')
  const [major = '0'] = latest.split('.')
  const isStamped = taken.length === 0 || major.length === stampLength
  return Array.from({ length: count }, (_, at) => {
    if (!isStamped) return (BigInt(major) + BigInt(at + 1)).toString().padStart(widthOf(taken), '0')
    const start = Math.max(now.getTime(), (timeOf(major) ?? 0) + secondMs)
    return stampOf(new Date(start + at * secondMs))
  })
}

const stampLength = 14
const secondMs = 1000

function widthOf(taken: readonly string[]): number {
  const widths = new Set(taken.map((each) => each.length))
  const [width = 1] = widths
  return widths.size === 1 ? width : 1
}

function stampOf(date: Date): string {
  return date.toISOString().replaceAll(/[^\d]/g, '').slice(0, stampLength)
}

/** People write stamps that are no time (`…99`): then the next that is one. */
function timeOf(stamp: string): number | null {
  if (stamp.length !== stampLength) return null
  const [year, month, day, hour, minute, second] = [0, 4, 6, 8, 10, 12].map((at, index) =>
    Number(stamp.slice(at, index === 0 ? 4 : at + 2)),
  )
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day ?? 1, hour ?? 0, minute ?? 0, second ?? 0)
}
