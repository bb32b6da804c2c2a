import type { Client } from 'pg'
import { isStronger, lockModes, type Fact, type LockMode } from '@conduct/planner'

/** What was there before the statement. */
export interface Present {
  readonly relations: ReadonlyMap<number, PresentRelation>
  /** Constraints by oid, with what they refer to. */
  readonly references: ReadonlyMap<number, Reference>
}

interface PresentRelation {
  readonly name: string
  readonly isIndex: boolean
  /** The table of an index. */
  readonly table: number | null
  /** The file that it is stored in; null where it has none. */
  readonly file: number | null
}

interface Reference {
  readonly from: number
  readonly to: number
}

const relationsQuery = `select c.oid::int as oid, c.relname as name, c.relkind in ('i', 'I') as "isIndex",
  i.indrelid::int as "table", case when c.relkind in ('r', 'm') then c.relfilenode::int end as file
  from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_index i on i.indexrelid = c.oid
  where n.nspname in ('public', 'sx')`
const referencesQuery = `select oid::int as oid, conrelid::int as "from", confrelid::int as "to"
  from pg_constraint where contype = 'f'`

export async function readPresent(client: Client): Promise<Present> {
  const relations = await client.query<{ oid: number } & PresentRelation>(relationsQuery)
  const references = await client.query<{ oid: number } & Reference>(referencesQuery)
  return {
    relations: new Map(relations.rows.map(({ oid, ...each }) => [oid, each])),
    references: new Map(references.rows.map(({ oid, ...each }) => [oid, each])),
  }
}

/** A row of `pg_locks`. */
export interface HeldLock {
  readonly relation: number
  /** `ShareRowExclusiveLock` */
  readonly mode: string
}

const places = ['subject', 'table', 'referenced', 'related', 'index'] as const

/**
 * The strongest lock by place. A lock of an index is named where it is stronger than the one of its table: otherwise it says nothing
 * that the table does not.
 */
export function placeLocks(
  held: readonly HeldLock[],
  {
    sql,
    before,
    references,
  }: {
    readonly sql: string
    readonly before: Present
    /** Those that were there when the statement had run. */
    readonly references: Present['references']
  },
): Fact['locks'] {
  const strongest = new Map<number, LockMode>()
  for (const { relation, mode } of held) {
    const known = strongest.get(relation) ?? 'NONE'
    const found = spelled(mode)
    if (before.relations.has(relation) && isStronger(found, known)) strongest.set(relation, found)
  }
  const subject = subjectOf(sql, before)
  const own = [...references].filter(([oid]) => !before.references.has(oid)).map(([, each]) => each)
  const referenced = new Set(
    [...own, ...[...before.references.values()].filter((each) => each.from === subject)].map(
      (each) => each.to,
    ),
  )
  const byPlace = new Map<(typeof places)[number], LockMode>()
  for (const [oid, mode] of strongest) {
    const relation = before.relations.get(oid)
    const place = placeOf(oid)
    const isImplied =
      place === 'index' && !isStronger(mode, strongest.get(relation?.table ?? Number.NaN) ?? 'NONE')
    if (!isImplied && isStronger(mode, byPlace.get(place) ?? 'NONE')) byPlace.set(place, mode)
  }
  return places.flatMap((on) => {
    const mode = byPlace.get(on)
    return mode === undefined ? [] : [{ on, mode }]
  })

  function placeOf(oid: number): (typeof places)[number] {
    if (oid === subject) return 'subject'
    if (subject !== null && before.relations.get(subject)?.table === oid) return 'table'
    if (before.relations.get(oid)?.isIndex === true) return 'index'
    return referenced.has(oid) ? 'referenced' : 'related'
  }
}

/** What the statement names first, and not only to refer to it. */
function subjectOf(sql: string, { relations }: Present): number | null {
  const byName = new Map([...relations].map(([oid, { name }]) => [name, oid]))
  const words = sql.replaceAll(/references \w+/gi, '').split(/\W+/)
  return words.map((word) => byName.get(word)).find((oid) => oid !== undefined) ?? null
}

function spelled(mode: string): LockMode {
  const words = mode.replace(/Lock$/, '').replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
  return lockModes.find((each) => each === words.toUpperCase()) ?? 'NONE'
}
