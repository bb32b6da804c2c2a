import {
  applyOperations,
  emptySchema,
  loadSqlReader,
  relateTickets,
  resolveTicket,
  schemaLines,
  type RelationKind,
  type SchemaTicket,
  type TicketRelation,
} from '@conduct/planner'
import { beforeAll, describe, expect, it } from 'vitest'

import { startPostgres } from '../servers/postgres.ts'
import { openTrials, type Reached } from './both-orders.ts'
import { baseSchema, changes } from './matrix-changes.ts'

/** A pair as the planner judges it, and as a real server runs it in both orders. */
interface Case {
  readonly name: string
  readonly relation: TicketRelation
  /** What the planner's own schema makes of each order; null when it says that it cannot follow. */
  readonly foreseen: Readonly<Record<string, Reached | null>>
  /** By the id of the ticket that runs first. */
  readonly reached: Readonly<Record<string, Reached>>
  /** What the first of the two reaches alone. */
  readonly alone: Reached
  /** Each of the two runs on the base by itself: only then the refusal of both orders says something about the pair. */
  readonly isSound: boolean
}

/** What shares no word is only sampled. */
const everyNthUnrelated = 6
const connections = 2

let cases: readonly Case[] = []
beforeAll(async () => {
  cases = await runCases()
}, 90_000)

const named = (wrong: readonly Case[]): string[] =>
  wrong.map(
    ({ name, relation, reached, foreseen }) =>
      `${name}: ${relation.relation}, ${briefly(reached)}, foreseen ${briefly(foreseen)}`,
  )
const judged = (relation: RelationKind): readonly Case[] =>
  cases.filter((each) => each.relation.relation === relation)

describe('two changes, run in both orders on a real server', () => {
  it('reach one schema when they are called independent', () => {
    const found = judged('independent').filter((each) => each.isSound)

    expect(found.length).toBeGreaterThan(300)
    expect(named(found.filter((each) => !isFree(each)))).toEqual([])
  })

  it('run only, or only rightly, in the order that is given', () => {
    const found = judged('order').map((each) => ({ each, before: beforeOf(each.relation) }))

    expect(found.length).toBeGreaterThanOrEqual(10)
    const wrong = found.filter(({ each, before }) => isFree(each) || !runs(each.reached[before]))
    expect(named(wrong.map(({ each }) => each))).toEqual([])
  })

  it('fail in an order, or reach two schemas, when they are called a conflict', () => {
    const found = judged('conflict')

    expect(found.length).toBeGreaterThan(30)
    expect(named(found.filter(isFree))).toEqual([])
  })

  it('add nothing but a name to each other when they are called duplicates', () => {
    const found = judged('duplicate')

    expect(found.length).toBeGreaterThan(1)
    const wrong = found.filter(({ reached, alone }) =>
      Object.values(reached).some((each) => runs(each) && !isSubset(nameless(each), nameless(alone))),
    )
    expect(named(wrong)).toEqual([])
  })

  it('end as the symbolic schema says, in a refusal or in the same schema', () => {
    const followed = cases.filter(({ foreseen }) => Object.values(foreseen).every((each) => each !== null))
    const isForeseenFree = ({ foreseen }: Case): boolean => {
      const [one, other] = Object.values(foreseen)
      return runs(one) && runs(other) && one.catalog === other.catalog
    }

    expect(followed.length).toBeGreaterThan(300)
    expect(named(followed.filter((each) => isFree(each) !== isForeseenFree(each)))).toEqual([])
    const wrong = followed.filter(({ reached, foreseen }) =>
      Object.keys(reached).some((id) => runs(reached[id]) !== runs(foreseen[id])),
    )
    expect(named(wrong)).toEqual([])
  })

  it('would show a planner that calls everything independent', () => {
    expect(cases.filter((each) => each.isSound && !isFree(each)).length).toBeGreaterThan(60)
  })

  it('are called independent where they are, in four of five cases: the planner does not hide behind caution', () => {
    const free = cases.filter((each) => each.isSound && isFree(each))
    const found = free.filter((each) => each.relation.relation === 'independent')

    expect(found.length / free.length).toBeGreaterThan(0.8)
  })
})

function isFree({ reached }: Case): boolean {
  const [one, other] = Object.values(reached)
  return runs(one) && runs(other) && one.catalog === other.catalog
}

function briefly(reached: Readonly<Record<string, Reached | null>>): string {
  return Object.values(reached)
    .map((each) => (each === null ? 'nothing' : 'refused' in each ? `refused (${each.refused})` : 'runs'))
    .join(' and ')
}

function runs(reached: Reached | null | undefined): reached is { readonly catalog: string } {
  return reached !== undefined && reached !== null && 'catalog' in reached
}

function beforeOf(relation: TicketRelation): string {
  return relation.relation === 'order' ? relation.before : ''
}

/** The facts of a catalog without the names of indexes. */
function nameless(reached: Reached): ReadonlySet<string> {
  const lines = runs(reached) ? reached.catalog.split('\n') : []
  return new Set(
    lines
      .filter((line) => !/^relation \S+ i /.test(line))
      .map((line) => line.replace(/^(index CREATE (?:UNIQUE )?INDEX) \S+/, '$1')),
  )
}

function isSubset(part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean {
  return [...part].every((each) => whole.has(each))
}

const wordsOf = (sql: string): ReadonlySet<string> => new Set(sql.toLowerCase().match(/\w+/g))
const grammar =
  wordsOf(`alter table add column create index on drop rename to set not null default type text integer
  bigint primary key if exists constraint references foreign as select id view or replace`)

/** Whether two texts name one thing; the users of an order are named by it, too. */
function shareWord(one: string, other: string): boolean {
  const words = wordsOf(other)
  return [...wordsOf(one)].some((word) => !grammar.has(word) && words.has(word))
}

async function runCases(): Promise<readonly Case[]> {
  const read = await loadSqlReader()
  const tickets = changes.map(({ name, sql }, at) => {
    const id = `t${String(at).padStart(2, '0')}`
    return { id, name, sql, operations: read({ file: `${id}.sql`, text: sql }).operations }
  })
  const base = applyOperations(emptySchema, read({ file: 'base.sql', text: baseSchema }).operations)
  if (base.outcome === 'refused') throw new Error(base.problem)
  const foresee = (...ran: readonly SchemaTicket[]): Reached | null => {
    const applied = applyOperations(
      base.schema,
      ran.flatMap((each) => each.operations),
    )
    if (applied.limits.length > 0) return null
    if (applied.outcome === 'refused') return { refused: applied.problem }
    return { catalog: schemaLines(applied.schema).join('\n') }
  }
  const isPicked = (one: number, other: number): boolean =>
    one !== other &&
    (shareWord(changes[one]?.sql ?? '', changes[other]?.sql ?? '') || (one + other) % everyNthUnrelated === 0)

  await using server = await startPostgres()
  const alone = new Map<string, Reached>()
  const after = new Map<string, Reached>()
  const rest = [...tickets.entries()]
  const work = async (): Promise<void> => {
    await using trials = await openTrials(await server.createDatabase(), baseSchema)
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
      const [at, first] = next
      const seconds = tickets.filter((_, other) => isPicked(at, other))
      alone.set(first.id, await trials.runAlone(first.sql))
      const reached = await trials.runAfter(
        first.sql,
        seconds.map((each) => each.sql),
      )
      for (const [index, each] of reached.entries()) after.set(`${first.id} ${seconds[index]?.id}`, each)
    }
  }
  await Promise.all(Array.from({ length: connections }, work))

  return tickets.flatMap((one, at) =>
    tickets.slice(at + 1).flatMap((other): Case[] => {
      const [forward, backward] = [after.get(`${one.id} ${other.id}`), after.get(`${other.id} ${one.id}`)]
      const [first, second] = [alone.get(one.id), alone.get(other.id)]
      if (forward === undefined || backward === undefined || first === undefined) return []
      const shared = {
        reached: { [one.id]: forward, [other.id]: backward },
        foreseen: { [one.id]: foresee(one, other), [other.id]: foresee(other, one) },
        alone: first,
        isSound: runs(first) && runs(second),
      }
      const name = `${one.name} × ${other.name}`
      const known = relateTickets(resolveTicket(base.schema, one), resolveTicket(base.schema, other))
      return [
        { ...shared, name, relation: relateTickets(one, other) },
        { ...shared, name: `${name}, with the base known`, relation: known },
      ]
    }),
  )
}
