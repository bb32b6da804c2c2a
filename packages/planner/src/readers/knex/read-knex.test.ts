import { expect, it } from 'vitest'

import { identifyFile } from '../../identity/file-identity.ts'
import { loadMigrationReader } from '../read-migrations.ts'
import { loadSqlReader } from '../sql/read-sql.ts'
import { loadKnexReader } from './read-knex.ts'

const read = await loadKnexReader(await loadSqlReader())

it('says where each change stands, and how sure it is', () => {
  const text = `import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('orders', (t) => {
    t.increments('id')
    t.text('state')
  })
  await knex.schema.alterTable('shops', (t) => {
    t.text('note').defaultTo(process.env.NOTE)
    if (process.env.X) t.dropColumn('old')
  })
  if (!(await knex.schema.hasColumn('shops', 'a'))) {
    await knex.raw(\`
      ALTER TABLE shops ADD COLUMN a int
    \`)
  }
  for (const each of ['b', 'c']) await knex.schema.dropTable(each)
  await knex('orders').where({ id: 1 }).update({ state: knex.raw('lower(state)') })
  await help(knex)
}
`
  const { operations, coverage } = read({ file: 'migrations/1_a.ts', text })

  expect(
    operations.map((each) => [
      each.kind,
      'table' in each ? each.table : '',
      each.confidence,
      each.place.line,
    ]),
  ).toEqual([
    ['create_table', 'orders', 'exact', 4],
    ['add_column', 'shops', 'dynamic', 9],
    ['drop_column', 'shops', 'conditional', 10],
    ['add_column', 'shops', 'conditional', 14],
    ['drop_table', 'b', 'exact', 17],
    ['drop_table', 'c', 'exact', 17],
    ['data', '', 'exact', 18],
    ['opaque', '', 'opaque', 19],
    ['opaque', '', 'opaque', 19],
  ])
  expect(coverage).toEqual({ resolved: 7, total: 9 })
})

it('reads the migrations of a folder by their names, and nothing beside them', async () => {
  const paths = ['db/migrations/20260101000000_a.ts', 'migrations/2_b.mjs', 'src/migrations/3-c.js']
  const text = "export const up = (knex) => knex.schema.dropTable('a')"

  const reader = await loadMigrationReader(paths)
  const base = await loadMigrationReader([]).then((each) => each.readBase([]))
  const ticket = reader.readTicket(
    't',
    paths.map((path) => ({ path, text, kind: 'added' })),
    base.schema,
  )

  expect(ticket.operations.filter((each) => each.kind === 'drop_table')).toHaveLength(3)
  expect(ticket.files.map((each) => each.version)).toEqual(['2', '3', '20260101000000'])
  expect(
    ['migrations/1_a.d.ts', 'migrations/1_a.test.ts', 'src/1_a.ts', 'migrations/index.ts'].map(identifyFile),
  ).toEqual([null, null, null, null])
})
