import createKnex, { type Knex } from 'knex'
import { loadMigrationReader, type Operation } from '@conduct/planner'
import { beforeAll, expect, it } from 'vitest'

import { changedTables, newTables } from './knex-tables.ts'

/** What we read from calls of Knex for MySQL, against the SQL that the real Knex makes of them for MySQL. */
const knex = createKnex({ client: 'mysql2' })

let reader: Awaited<ReturnType<typeof loadMigrationReader>>

beforeAll(async () => {
  reader = await loadMigrationReader(['migrations/1_x.js', 'V1__x.sql'], { engine: 'mysql' })
})

function madeByKnex(call: string): readonly Operation[] {
  // oxlint-disable-next-line typescript/no-implied-eval -- the text is a fixture of ours: what Knex runs is what we read
  const build = new Function('knex', `return ${call}`) as (given: Knex) => Knex.SchemaBuilder
  const made: unknown = build(knex).toSQL()
  const statements = (made as readonly { sql: string; bindings?: readonly Knex.RawBinding[] }[]).map((each) =>
    knex.raw(each.sql, each.bindings ?? []).toQuery(),
  )
  return read('V1__x.sql', `${statements.join(';\n')};`)
}

function read(path: string, text: string): readonly Operation[] {
  const schema = reader.readBase([]).schema
  return reader.readTicket('T-1', [{ path, text, kind: 'added' }], schema).operations
}

/** Without where and by which statement it is done, and what the two readers spell in words of their own. */
function comparable(operations: readonly Operation[]): readonly string[] {
  return operations
    .map(({ place: _place, manner: _manner, ...each }) =>
      JSON.stringify(
        Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1))),
        (key, value: unknown) =>
          ['actions', 'isInline', 'default', 'more', 'options'].includes(key) ? undefined : value,
      ).toLowerCase(),
    )
    .toSorted()
}

/** What Knex refuses for MySQL, or asks the server about first; and types and kinds of Postgres. */
const apart =
  /inherits|deferrable\(|citext|enu\('e', null|setNullable|renameColumn|decimal\('h', null|'hash'|'gin'/
const mysqlOnly = [
  "t.text('s'); t.index(['s'], 'ft', 'FULLTEXT')",
  "t.text('a', 'mediumtext'); t.text('b', 'longtext'); t.bigInteger('c').unsigned().after('b')",
  "t.float('f'); t.double('g'); t.decimal('d'); t.decimal('e', 10, 4)",
  "t.double('d', 8, 2); t.binary('b', 20); t.timestamp('t', { precision: 6 })",
]

const cases = [
  ...[...newTables, ...mysqlOnly]
    .filter((body) => !apart.test(body))
    .map((body) => `knex.schema.createTable('T1', (t) => { ${body} })`),
  // A key that is added under a name is opaque to our reader of MySQL.
  ...[...changedTables, ...mysqlOnly]
    .filter((body) => !apart.test(body) && !/primary\(/.test(body))
    .map((body) => `knex.schema.alterTable('T1', (t) => { ${body} })`),
]

it.each(cases)('%s', (call) => {
  const ours = read('migrations/1_x.js', `exports.up = (knex) => ${call}`)

  expect(comparable(ours)).toEqual(comparable(madeByKnex(call)))
})
