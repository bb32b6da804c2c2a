import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'

import { loadSqlReader, type SqlReader } from '../readers/sql/read-sql.ts'
import { applyOperations } from '../schema/apply.ts'
import { emptySchema, openSchema, type Schema } from '../schema/schema.ts'
import type { PlanTicket } from './judge-ticket.ts'
import { planBatch, type BatchInput } from './plan-batch.ts'
import { defaultBatchPolicy } from './policy.ts'
import { batchPlanToWire } from './wire.ts'

let read: SqlReader
let base: Schema
beforeAll(async () => {
  read = await loadSqlReader()
  const text = `CREATE TABLE orders (id bigint PRIMARY KEY, state text, note varchar(20));
    CREATE TABLE users (id bigint PRIMARY KEY, name text); CREATE INDEX orders_state ON orders (state);`
  const applied = applyOperations(emptySchema, read({ file: 'base.sql', text }).operations)
  base = applied.outcome === 'applied' ? applied.schema : openSchema
})

const ticket = (id: string, text: string, more: Partial<PlanTicket> = {}): PlanTicket => ({
  id,
  operations: read({ file: `${id}.sql`, text }).operations,
  weight: 1,
  isUrgent: false,
  ...more,
})
const inputOf = (tickets: readonly PlanTicket[], more: Partial<BatchInput> = {}): BatchInput => ({
  tickets,
  base,
  files: tickets.map((each, at) => ({
    ticket: each.id,
    file: `${each.id}.sql`,
    version: `2026010100000${at}`,
    name: each.id,
    contentKey: each.id,
  })),
  rows: {},
  policy: defaultBatchPolicy,
  now: new Date('2026-02-01T00:00:00Z'),
  inFlight: 10,
  ...more,
})
const estate = (): readonly PlanTicket[] => [
  ticket('a1', 'ALTER TABLE orders ADD colour text'),
  ticket('a2', 'ALTER TABLE users ADD nickname text'),
  ticket('a3', 'ALTER TABLE orders ADD colour text'),
  ticket('b1', 'CREATE INDEX CONCURRENTLY users_nickname ON users (nickname)'),
  ticket('c1', 'ALTER TABLE orders DROP COLUMN note'),
  ticket('c2', 'CREATE INDEX orders_note ON orders (note)'),
  ticket('d1', 'UPDATE users SET name = upper(name)'),
  ticket('e1', 'ALTER TABLE orders ALTER note TYPE varchar(50)'),
  ticket('f1', 'ALTER TABLE users ALTER id TYPE numeric'),
  ticket('g1', 'DO $$ BEGIN PERFORM f(); END $$'),
]

describe('a plan', () => {
  it('puts three small additions into one turn, and says what that saves', () => {
    const plan = planBatch(
      inputOf([
        ticket('c', 'ALTER TABLE orders ADD x int'),
        ticket('a', 'ALTER TABLE users ADD y int'),
        ticket('b', 'CREATE TABLE carts (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id))'),
      ]),
    )

    expect(plan).toMatchObject({
      turns: [
        {
          id: 'turn-1',
          category: 'expand',
          tickets: ['b', 'a', 'c'],
          holdMinutes: 45,
          proof: { outcome: 'same', limits: [] },
        },
      ],
      lowerBound: 1,
      gap: 0,
      serialTurns: 3,
      saved: { turns: 2, waitingHours: 1.3 },
      density: {
        migrations: 3,
        inFlight: 10,
        ratio: 0.3,
        advice: 'batch now: 3 tickets wait that can share a turn',
      },
    })
    // The referenced table of a new table is locked against writers, and the columns against everybody: those go last.
    expect(plan.turns[0]?.locks).toEqual([
      { table: 'orders', mode: 'ACCESS EXCLUSIVE' },
      { table: 'users', mode: 'ACCESS EXCLUSIVE' },
    ])
    expect(plan.turns[0]?.layout.map((each) => [each.version, each.ticket])).toEqual([
      ['20260201000000', 'b'],
      ['20260201000001', 'a'],
      ['20260201000002', 'c'],
    ])
  })

  it('keeps apart what must be: order, conflict, contract, rewrite, rows, what was not read; and drops the duplicate', () => {
    const plan = planBatch(inputOf(estate()))

    const turnOf = (id: string): number => plan.turns.findIndex((turn) => turn.tickets.includes(id))
    expect(plan.dropped).toEqual([{ ticket: 'a3', duplicateOf: 'a1' }])
    expect(plan.solo.map((each) => each.ticket)).toEqual(['d1', 'f1', 'g1'])
    expect(plan.solo[1]?.because).toEqual(['it rewrites a table, fact type_int_to_bigint (f1.sql:1)'])
    expect(turnOf('a2')).toBeLessThan(turnOf('b1'))
    expect(turnOf('c1')).not.toBe(turnOf('c2'))
    expect(plan.turns[Math.max(turnOf('c1'), turnOf('c2'), turnOf('e1'))]?.proof.outcome).toBe('same')
    expect(plan.tickets.find((each) => each.ticket.id === 'e1')?.operations[0]?.fact).toBe(
      'type_varchar_widen',
    )
    expect(plan.tickets.find((each) => each.ticket.id === 'b1')?.operations[0]?.isTransactional).toBe(false)
    expect(plan.turns.flatMap((turn) => turn.tickets).sort()).toEqual([
      'a1',
      'a2',
      'b1',
      'c1',
      'c2',
      'd1',
      'e1',
      'f1',
      'g1',
    ])
  })

  it('is the same document for every permutation of its input', () => {
    const expected = batchPlanToWire(planBatch(inputOf(estate())))
    const input = inputOf(estate())

    fc.assert(
      fc.property(
        fc.shuffledSubarray([...input.tickets], { minLength: 10 }),
        fc.shuffledSubarray([...input.files], { minLength: 10 }),
        (tickets, files) => {
          expect(batchPlanToWire(planBatch({ ...input, tickets, files }))).toEqual(expected)
        },
      ),
      { seed: 20_260_705, numRuns: 25 },
    )
  })

  it('has another hash for another input', () => {
    const hash = (more: Partial<BatchInput>): string => planBatch(inputOf(estate(), more)).inputHash

    const hashes = [
      hash({}),
      hash({ rows: { orders: 5 } }),
      hash({ inFlight: 11 }),
      hash({ base: openSchema }),
    ]
    expect(new Set(hashes).size).toBe(4)
  })

  it('knows a small table from a large one, and takes an unknown one for a risk', () => {
    const tickets = [ticket('a', 'CREATE INDEX i ON orders (note)')]
    const judge = (rows: Readonly<Record<string, number>>) => planBatch(inputOf(tickets, { rows }))

    expect(judge({ orders: 10 }).tickets[0]).toMatchObject({ cls: 'B1', category: 'expand', risk: 1 })
    expect(judge({}).tickets[0]).toMatchObject({ cls: 'B1', category: 'expand', risk: 3 })
    expect(judge({ orders: 10_000_000 }).solo).toEqual([
      {
        ticket: 'a',
        because: ['it blocks writes while it reads through a large table, fact create_index (a.sql:1)'],
      },
    ])
  })

  it('gives urgent work a turn of its own', () => {
    const tickets = [
      ticket('a', 'ALTER TABLE orders ADD x int', { isUrgent: true }),
      ticket('b', 'ALTER TABLE users ADD y int'),
    ]

    expect(planBatch(inputOf(tickets)).turns.map((turn) => turn.tickets)).toEqual([['a'], ['b']])
  })

  it('puts what takes away after what adds, and before what needs its place', () => {
    const drop = ticket('a', 'ALTER TABLE orders DROP COLUMN note')
    const index = ticket('b', 'CREATE INDEX CONCURRENTLY i ON users (id)', { isUrgent: true })
    const again = ticket('c', 'ALTER TABLE orders ADD note text')
    const turnsOf = (tickets: readonly PlanTicket[]) => planBatch(inputOf(tickets)).turns

    expect(turnsOf([drop, index])).toMatchObject([
      { tickets: ['b'], waitsForCode: [] },
      { tickets: ['a'], waitsForCode: ['orders.note'] },
    ])
    expect(turnsOf([drop, again]).flatMap((turn) => turn.tickets)).toHaveLength(2)
  })

  it('leaves out what waits in a circle, and says so', () => {
    const tickets = [
      ticket('a', 'CREATE TABLE p (id int); CREATE INDEX p_r ON r (id)'),
      ticket('b', 'CREATE TABLE q (id int); CREATE INDEX q_p ON p (id)'),
      ticket('c', 'CREATE TABLE r (id int); CREATE INDEX r_q ON q (id)'),
    ]

    const plan = planBatch(inputOf(tickets))

    expect(plan.turns).toEqual([])
    expect(plan.unplanned).toContainEqual({
      ticket: 'b',
      because: 'each must come before the next: a < b < c < a',
    })
  })

  it('puts work that cannot run in a transaction into a file of its own', () => {
    const text =
      'ALTER TABLE orders ADD x int; CREATE INDEX CONCURRENTLY i ON orders (x); ALTER TABLE orders ADD y int'

    const [turn] = planBatch(inputOf([ticket('a', text)])).turns

    expect(turn?.layout.map((each) => each.isTransactional)).toEqual([true, false, true])
  })
})
