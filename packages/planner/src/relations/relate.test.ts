import { describe, expect, it } from 'vitest'

import type { Column, Confidence, Operation, OperationBody } from '../model/operation.ts'
import type { SchemaTicket } from '../model/ticket.ts'
import { relateTickets } from './relate.ts'

const column = (name: string, type = 'text'): Column => ({ name, type, nullable: true })

function ticket(
  id: string,
  bodies: readonly OperationBody[],
  confidence: Confidence = 'exact',
): SchemaTicket {
  const operations = bodies.map((body, at): Operation => ({
    ...body,
    confidence,
    place: { file: `${id}.sql`, line: at + 1 },
  }))
  return { id, operations }
}

const addColumn = (table: string, name: string, type?: string): OperationBody => ({
  kind: 'add_column',
  table,
  column: column(name, type),
  ifNotExists: false,
})
const createTable = (table: string): OperationBody => ({
  kind: 'create_table',
  table,
  columns: [column('id', 'bigint')],
  primaryKey: ['id'],
  ifNotExists: false,
})
const dropColumn = (table: string, name: string): OperationBody => ({
  kind: 'drop_column',
  table,
  column: name,
  ifExists: false,
})
const dropTable = (table: string): OperationBody => ({
  kind: 'drop_table',
  table,
  isCascading: false,
  ifExists: false,
})
const addIndex = (table: string, name: string, on: string): OperationBody => ({
  kind: 'create_index',
  table,
  name,
  elements: [on],
  columns: [on],
  isUnique: false,
  method: 'btree',
  isConcurrent: false,
  ifNotExists: false,
})
const addReference = (table: string, references: string): OperationBody => ({
  kind: 'add_foreign_key',
  table,
  columns: ['other_id'],
  references,
  referencedColumns: ['id'],
  actions: '',
  isValidated: true,
  isInline: false,
})
const update = (table: string): OperationBody => ({
  kind: 'data',
  verb: 'update',
  writes: [table],
  reads: [],
})
const opaque = (touches: 'anything' | string[]): OperationBody => ({
  kind: 'opaque',
  reason: 'a loop',
  touches,
})

interface Case {
  readonly name: string
  readonly a: readonly OperationBody[]
  readonly b: readonly OperationBody[]
  readonly relation: string
  readonly before?: string
}

const cases: readonly Case[] = [
  {
    name: 'two columns of one table',
    a: [addColumn('t', 'x')],
    b: [addColumn('t', 'y')],
    relation: 'independent',
  },
  {
    name: 'one column as two types',
    a: [addColumn('t', 'x')],
    b: [addColumn('t', 'x', 'int')],
    relation: 'conflict',
  },
  { name: 'one column twice', a: [addColumn('t', 'x')], b: [addColumn('t', 'x')], relation: 'duplicate' },
  {
    name: 'a table and its column',
    a: [addColumn('t', 'x')],
    b: [createTable('t')],
    relation: 'order',
    before: 'b',
  },
  {
    name: 'a column and an index on it',
    a: [addColumn('t', 'x')],
    b: [addIndex('t', 'i', 'x')],
    relation: 'order',
    before: 'a',
  },
  {
    name: 'one index under two names',
    a: [addIndex('t', 'i', 'x')],
    b: [addIndex('t', 'j', 'x')],
    relation: 'duplicate',
  },
  {
    name: 'two indexes under one name',
    a: [addIndex('t', 'i', 'x')],
    b: [addIndex('t', 'i', 'y')],
    relation: 'conflict',
  },
  {
    name: 'an index named as a table',
    a: [addIndex('t', 'u', 'x')],
    b: [createTable('u')],
    relation: 'conflict',
  },
  {
    name: 'a column dropped, and indexed',
    a: [dropColumn('t', 'x')],
    b: [addIndex('t', 'i', 'x')],
    relation: 'conflict',
  },
  {
    name: 'a column dropped with its table',
    a: [dropTable('t')],
    b: [dropColumn('t', 'x')],
    relation: 'order',
    before: 'b',
  },
  {
    name: 'a table dropped, and extended',
    a: [dropTable('t')],
    b: [addColumn('t', 'x')],
    relation: 'conflict',
  },
  {
    name: 'a reference to a new table',
    a: [addReference('t', 'u')],
    b: [createTable('u')],
    relation: 'order',
    before: 'b',
  },
  {
    name: 'a reference to an existing one',
    a: [addReference('t', 'u')],
    b: [addColumn('u', 'x')],
    relation: 'independent',
  },
  {
    name: 'a backfill before the column goes',
    a: [dropTable('t')],
    b: [update('t')],
    relation: 'order',
    before: 'b',
  },
  { name: 'two backfills of a table', a: [update('t')], b: [update('t')], relation: 'conservative' },
  {
    name: 'what is opaque and anything',
    a: [opaque('anything')],
    b: [addColumn('t', 'x')],
    relation: 'conservative',
  },
  {
    name: 'what is opaque in this table',
    a: [opaque(['t'])],
    b: [addColumn('t', 'x')],
    relation: 'conservative',
  },
  {
    name: 'what is opaque in another',
    a: [opaque(['u'])],
    b: [addColumn('t', 'x')],
    relation: 'independent',
  },
  {
    name: 'a shared change among more',
    a: [addColumn('t', 'x'), addColumn('t', 'y')],
    b: [addColumn('t', 'x'), addColumn('t', 'z')],
    relation: 'conflict',
  },
  {
    name: 'each before the other',
    a: [createTable('t'), addColumn('u', 'x')],
    b: [createTable('u'), addColumn('t', 'x')],
    relation: 'conflict',
  },
  {
    name: 'type and nullability of a column',
    a: [{ kind: 'change_type', table: 't', column: 'x', type: 'bigint' }],
    b: [{ kind: 'set_nullable', table: 't', column: 'x', nullable: false }],
    relation: 'independent',
  },
  {
    name: 'type and default of a column',
    a: [{ kind: 'change_type', table: 't', column: 'x', type: 'bigint' }],
    b: [{ kind: 'set_default', table: 't', column: 'x', default: { volatility: 'constant', text: '1' } }],
    relation: 'conservative',
  },
  {
    name: 'the type of a column that is being indexed',
    a: [{ kind: 'change_type', table: 't', column: 'x', type: 'bigint' }],
    b: [addIndex('t', 'i', 'x')],
    relation: 'conservative',
  },
  {
    name: 'two values at the end of an enum',
    a: [{ kind: 'add_enum_value', name: 'e', value: 'x', ifNotExists: false }],
    b: [{ kind: 'add_enum_value', name: 'e', value: 'y', ifNotExists: false }],
    relation: 'conflict',
  },
  {
    name: 'an extension and a column of its type',
    a: [addColumn('t', 'x', 'citext')],
    b: [{ kind: 'create_extension', name: 'citext', isLenient: true }],
    relation: 'order',
    before: 'b',
  },
  {
    name: 'an unknown extension and a column of an own type',
    a: [addColumn('t', 'x', 'mood')],
    b: [{ kind: 'create_extension', name: 'acme', isLenient: true }],
    relation: 'conservative',
  },
]

describe('two tickets', () => {
  it.each(cases)('with $name: $relation', ({ a, b, relation, before }) => {
    const [one, other] = [ticket('a', a), ticket('b', b)]

    const found = relateTickets(one, other)

    expect(found).toMatchObject({ relation, ...(before === undefined ? {} : { before }) })
    expect(relateTickets(other, one)).toEqual(found)
  })

  it('say why with both places', () => {
    const found = relateTickets(
      ticket('a', [addColumn('t', 'x')]),
      ticket('b', [addColumn('u', 'x'), addIndex('t', 'i', 'x')]),
    )

    expect(found.because).toEqual([
      {
        rule: 'order',
        text: 'add column t.x must come before create index t.i: column t.x',
        first: { file: 'a.sql', line: 1 },
        second: { file: 'b.sql', line: 2 },
      },
    ])
  })

  it('are only perhaps ordered when one of them may not run', () => {
    const found = relateTickets(
      ticket('a', [addColumn('t', 'x')], 'conditional'),
      ticket('b', [addIndex('t', 'i', 'x')]),
    )

    expect(found.relation).toBe('conservative')
  })

  it('name the one to drop: what does no more than the other', () => {
    const found = relateTickets(
      ticket('a', [addColumn('t', 'x')]),
      ticket('b', [addColumn('t', 'x'), addColumn('t', 'y')]),
    )

    expect(found).toMatchObject({ relation: 'duplicate', drop: 'a' })
  })
})
