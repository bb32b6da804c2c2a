import createKnex, { type Knex } from 'knex'
import { loadKnexReader, loadSqlReader, type Operation } from '@conduct/planner'
import { beforeAll, expect, it } from 'vitest'

import { changedTables, newTables, schemas } from './knex-tables.ts'

/** What we read from calls of Knex, against the SQL that the real Knex makes of them. */
const knex = createKnex({ client: 'pg' })

let readKnex: Awaited<ReturnType<typeof loadKnexReader>>
let readSql: Awaited<ReturnType<typeof loadSqlReader>>

beforeAll(async () => {
  readSql = await loadSqlReader()
  readKnex = await loadKnexReader(readSql)
})

function madeByKnex(call: string): readonly Operation[] {
  // oxlint-disable-next-line typescript/no-implied-eval -- the text is a fixture of ours: what Knex runs is what we read
  const build = new Function('knex', `return ${call}`) as (given: Knex) => Knex.SchemaBuilder
  const made: unknown = build(knex).toSQL()
  const statements = (made as readonly { sql: string; bindings?: readonly Knex.RawBinding[] }[]).map((each) =>
    knex.raw(each.sql, each.bindings ?? []).toQuery(),
  )
  return readSql({ file: 'x', text: `${statements.join(';\n')};` }).operations
}

function withoutPlace(operations: readonly Operation[]): readonly string[] {
  return operations.map((each) => JSON.stringify({ ...each, place: null })).toSorted()
}

const cases = [
  ...newTables.map((body) => `knex.schema.createTable('T1', (t) => { ${body} })`),
  ...changedTables.map((body) => `knex.schema.alterTable('T1', (t) => { ${body} })`),
  ...schemas,
]

it.each(cases)('%s', (call) => {
  const read = readKnex({ file: 'migrations/1_x.js', text: `exports.up = (knex) => ${call}` }).operations

  expect(withoutPlace(read)).toEqual(withoutPlace(madeByKnex(call)))
  expect(read.filter((each) => each.confidence !== 'exact')).toEqual([])
  expect(read).not.toEqual([])
})
