import { beforeAll, describe, expect, it } from 'vitest'

import type { SchemaTicket } from '../model/ticket.ts'
import { loadSqlReader, type SqlReader } from '../readers/sql/read-sql.ts'
import { relateTickets } from '../relations/relate.ts'
import { applyOperations } from './apply.ts'
import { proveBatch } from './prove.ts'
import { resolveTicket } from './resolve.ts'
import { emptySchema, openSchema, schemaLines, type Schema } from './schema.ts'

let read: SqlReader
beforeAll(async () => {
  read = await loadSqlReader()
})

const ticket = (id: string, text: string): SchemaTicket => ({
  id,
  operations: read({ file: `${id}.sql`, text }).operations,
})
const reach = (base: Schema, text: string): Schema => {
  const applied = applyOperations(base, ticket('base', text).operations)
  if (applied.outcome === 'refused') throw new Error(applied.problem)
  return applied.schema
}

describe('a proof', () => {
  it('finds one schema for every order of what is independent, on a base that nobody has read', () => {
    const tickets = [
      ticket('b', 'ALTER TABLE u ADD x int'),
      ticket('a', 'ALTER TABLE u DROP COLUMN y; CREATE INDEX i ON u (z)'),
      ticket('c', 'CREATE TABLE t (id int PRIMARY KEY)'),
    ]

    const proof = proveBatch(openSchema, { tickets, before: [] })

    expect(proof).toMatchObject({
      outcome: 'same',
      orders: [
        ['b', 'a', 'c'],
        ['a', 'b', 'c'],
        ['c', 'b', 'a'],
      ],
      limits: [],
    })
  })

  it('keeps what must come before before, in each order that it tries', () => {
    const tickets = [ticket('z', 'CREATE TABLE t (id int)'), ticket('a', 'ALTER TABLE t ADD x int')]

    expect(proveBatch(emptySchema, { tickets, before: [['z', 'a']] })).toMatchObject({
      outcome: 'same',
      orders: [['z', 'a']],
    })
    expect(proveBatch(emptySchema, { tickets, before: [] })).toMatchObject({
      outcome: 'refused',
      order: ['a', 'z'],
      ticket: 'a',
      place: { file: 'a.sql', line: 1 },
      problem: 'table t does not exist',
    })
  })

  it('shows the objects in which two orders differ', () => {
    const tickets = [
      ticket('a', 'ALTER TABLE u ALTER x SET DEFAULT 1'),
      ticket('b', 'ALTER TABLE u ALTER x SET DEFAULT 2'),
    ]

    const proof = proveBatch(openSchema, { tickets, before: [] })

    expect(proof).toMatchObject({ outcome: 'different', differences: [{ order: ['b', 'a'] }] })
    expect(JSON.stringify(proof)).toContain('column u.x')
  })

  it('names what it could not follow', () => {
    const tickets = [ticket('a', '\nUPDATE u SET x = 1'), ticket('b', 'DO $$ BEGIN PERFORM f(); END $$')]

    expect(proveBatch(openSchema, { tickets, before: [] })).toMatchObject({
      outcome: 'same',
      limits: [
        { place: { file: 'a.sql', line: 2 }, reason: 'update of rows in u' },
        { place: { file: 'b.sql', line: 1 }, reason: 'DO block: SELECT that calls a function or writes' },
      ],
    })
  })
})

describe('a schema', () => {
  it('remembers what is gone when nobody has read the base', () => {
    const schema = reach(openSchema, 'DROP TABLE t')

    expect(applyOperations(schema, ticket('a', 'ALTER TABLE t ADD x int').operations)).toMatchObject({
      outcome: 'refused',
      problem: 'table t does not exist',
    })
    expect(schemaLines(schema)).toEqual(['table t is gone'])
  })

  it('is the same after a change and its opposite', () => {
    const base = reach(emptySchema, 'CREATE TABLE t (id serial PRIMARY KEY, x int); CREATE INDEX i ON t (x)')
    const there = reach(
      base,
      'ALTER TABLE t RENAME TO q; ALTER TABLE q RENAME COLUMN x TO y; ALTER INDEX i RENAME TO j',
    )
    const back = reach(
      there,
      'ALTER INDEX j RENAME TO i; ALTER TABLE q RENAME COLUMN y TO x; ALTER TABLE q RENAME TO t',
    )

    expect(schemaLines(there)).not.toEqual(schemaLines(base))
    expect(schemaLines(back)).toEqual(schemaLines(base))
  })

  it('tells plain SQL which table an index stands on, so that less is left to caution', () => {
    const base = reach(emptySchema, 'CREATE TABLE t (x int, y int); CREATE INDEX i ON t (x)')
    const [one, other] = [ticket('a', 'DROP INDEX i'), ticket('b', 'ALTER TABLE t DROP COLUMN y')]

    expect(relateTickets(one, other).relation).toBe('conservative')
    expect(relateTickets(resolveTicket(base, one), resolveTicket(base, other)).relation).toBe('independent')
  })
})
