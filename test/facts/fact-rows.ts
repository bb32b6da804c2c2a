import { isStronger, lockModes, type Fact, type FactClass, type LockMode } from '@conduct/planner'
import type { Measured } from './measured.ts'
import type { MeasuredServer } from './measure-server.ts'
import { factStatements, type FactStatement } from './statements.ts'

/** The table: what is the same from one major to the next is one row. */
export function factRows(servers: readonly MeasuredServer[]): readonly Fact[] {
  const inOrder = servers.toSorted((one, other) => one.major - other.major)
  return Object.entries(factStatements).flatMap(([key, statement]) => {
    const rows: Fact[] = []
    for (const { major, byKey } of inOrder) {
      const measured = byKey.get(key)
      if (measured === undefined) continue
      const row = rowOf(key, { statement, measured, major })
      const last = rows.at(-1)
      const isSame = last !== undefined && last.until === major - 1 && saysTheSame(last, row)
      if (isSame) rows[rows.length - 1] = { ...last, until: major }
      else rows.push(row)
    }
    return rows
  })
}

/** The rows of both that the other has not, as text: of one major, since a measurement of some knows nothing of the others. */
export function differingRows(shipped: readonly Fact[], { major, byKey }: MeasuredServer): readonly string[] {
  const show = (rows: readonly Fact[]): readonly string[] =>
    rows
      .filter((row) => row.since <= major && major <= row.until)
      .map((row) => JSON.stringify({ ...row, since: major, until: major }))
  const [is, says] = [show(factRows([{ major, version: '', byKey }])), show(shipped)]
  return [
    ...is.filter((row) => !says.includes(row)).map((row) => `Postgres ${major}, measured: ${row}`),
    ...says.filter((row) => !is.includes(row)).map((row) => `Postgres ${major}, shipped:  ${row}`),
  ]
}

function rowOf(
  key: string,
  {
    statement,
    measured,
    major,
  }: { readonly statement: FactStatement; readonly measured: Measured; readonly major: number },
): Fact {
  const { locks, rewrites, scan, transactional } = measured
  const strongest = locks
    .map((lock) => lock.mode)
    .reduce((one, other) => (isStronger(other, one) ? other : one), 'NONE')
  const blocksWrites = isAtLeast(strongest, 'SHARE')
  return {
    key,
    since: major,
    until: major,
    strongest,
    locks,
    rewrites,
    scan,
    blocksReads: strongest === 'ACCESS EXCLUSIVE',
    blocksWrites,
    transactional,
    cls: classOf(statement.judged, { rewrites, isBlockingScan: scan !== 'no' && blocksWrites }),
    note: statement.note ?? '',
  }
}

/** What takes away or moves rows stays that, however long it takes. */
function classOf(
  judged: FactStatement['judged'],
  { rewrites, isBlockingScan }: { readonly rewrites: boolean; readonly isBlockingScan: boolean },
): FactClass {
  if (judged === 'D' || judged === 'X') return judged
  if (rewrites) return 'B2'
  return isBlockingScan ? 'B1' : judged
}

function isAtLeast(mode: LockMode, least: LockMode): boolean {
  return lockModes.indexOf(mode) >= lockModes.indexOf(least)
}

function saysTheSame(one: Fact, other: Fact): boolean {
  const bare = (row: Fact): string => JSON.stringify({ ...row, since: 0, until: 0 })
  return bare(one) === bare(other)
}
