import { beforeAll, describe, expect, it } from 'vitest'

import { loadRailsReader } from '../readers/rails/load-rails-reader.ts'
import type { RailsReader } from '../readers/rails/read-rails.ts'
import { loadSqlReader, type SqlReader } from '../readers/sql/read-sql.ts'
import { proveBatch } from '../schema/prove.ts'
import { openSchema } from '../schema/schema.ts'
import type { BatchFile, Layout, TicketFile } from './batch-file.ts'
import { loadLayoutTools, type LayoutTools } from './load-layout-tools.ts'
import { layOutTrain, type TrainInput } from './train.ts'

let tools: LayoutTools
let sql: SqlReader
let rails: RailsReader
beforeAll(async () => {
  ;[tools, sql, rails] = await Promise.all([
    loadLayoutTools(['a.rb', 'a.js']),
    loadSqlReader(),
    loadRailsReader(),
  ])
})

const file = (ticket: string, path: string, text: string): TicketFile => ({
  ticket,
  path,
  text,
  kind: 'added',
})
const layOut = (files: readonly TicketFile[], more: Partial<TrainInput> = {}): Layout =>
  layOutTrain(
    {
      tickets: [...new Set(files.map((each) => each.ticket))],
      files,
      taken: { versions: ['20260101000000'], classNames: [] },
      basePaths: [],
      now: new Date('2026-02-01T00:00:00Z'),
      major: 18,
      ...more,
    },
    tools,
  )
const shown = ({ files }: Layout): readonly string[] => files.map(({ path, text }) => `${path}: ${text}`)
const migration = (name: string, body: string): string =>
  `class ${name} < ActiveRecord::Migration[6.1]\n  ${body}\nend\n`
const change = (body: string): string => `def change\n    ${body}\n  end`

describe('the layout train', () => {
  it('gives each migration a version that is greater than all there are, in the way of its folder', () => {
    const files = [
      file(
        'a',
        'db/migrate/20260105000000_add_a.rb',
        migration('AddA', change('add_column :orders, :a, :text')),
      ),
      file('b', 'prisma/migrations/20260106000000_b/migration.sql', 'ALTER TABLE orders ADD b text;'),
    ]
    const flyway = [file('a', 'db/V3__a.sql', 'SELECT 1;'), file('b', 'db/V3_1__b.sql', 'SELECT 2;')]

    expect(layOut(files).files.map((each) => each.path)).toEqual([
      'db/migrate/20260201000000_add_a.rb',
      'prisma/migrations/20260201000001_b/migration.sql',
    ])
    expect(
      layOut(flyway, { taken: { versions: ['3', '3.1', '7'], classNames: [] } }).files.map(
        (each) => each.path,
      ),
    ).toEqual(['db/V8__a.sql', 'db/V9__b.sql'])
    expect(
      layOut([file('a', 'sql/0003-a.sql', ''), file('a', 'sql/0004-b.sql', '')], {
        taken: { versions: ['0003', '0004'], classNames: [] },
      }).files.map((each) => each.path),
    ).toEqual(['sql/0005-a.sql', 'sql/0006-b.sql'])
  })

  it('leaves the text of a migration alone, but for a class name that is taken', () => {
    const add = (column: string): string =>
      migration(
        'AddThing',
        `KEY = "AddThing"\n  ${change(`add_column :orders, :${column}, AddThing::KEY ? :text : ::B::AddThing`)}`,
      )

    const laid = layOut([
      file('a', 'db/migrate/20260105000000_add_thing.rb', add('a')),
      file('b', 'db/migrate/20260106000000_add_thing.rb', add('b')),
    ])

    expect(laid.files[0]).toMatchObject({ path: 'db/migrate/20260201000000_add_thing.rb', text: add('a') })
    expect(laid.files[1]).toMatchObject({
      path: 'db/migrate/20260201000001_add_thing2.rb',
      text: add('b').replace('class AddThing', 'class AddThing2').replace(', AddThing::', ', AddThing2::'),
    })
    expect(laid.notes).toEqual([{ ticket: 'b', text: 'AddThing is called AddThing2: the name is taken' }])
  })

  it('puts what cannot share a transaction into files of its own, with the settings that hold there', () => {
    const text = `SET lock_timeout = '1s';
-- first
ALTER TABLE orders ADD x int; -- and then
CREATE INDEX CONCURRENTLY i ON orders (x);
ALTER TYPE state ADD VALUE 'new';
ALTER TABLE orders ADD y int;
ALTER TABLE orders ADD z int;
`
    const laid = layOut([file('a', 'db/V3__a.sql', text)], { taken: { versions: ['2'], classNames: [] } })

    expect(shown(laid)).toEqual([
      "db/V3__a.sql: SET lock_timeout = '1s';\n-- first\nALTER TABLE orders ADD x int;\n",
      "db/V4__a_2.sql: SET lock_timeout = '1s'; -- and then\nCREATE INDEX CONCURRENTLY i ON orders (x);\n",
      "db/V5__a_3.sql: SET lock_timeout = '1s';\nALTER TYPE state ADD VALUE 'new';\n",
      "db/V6__a_4.sql: SET lock_timeout = '1s';\nALTER TABLE orders ADD y int;\nALTER TABLE orders ADD z int;\n",
    ])
    expect(laid.files.map((each) => each.isTransactional)).toEqual([true, false, false, true])
  })

  it('keeps whole what says itself where its transaction ends, and what is taken back by one file', () => {
    const mixed = 'ALTER TABLE orders ADD x int;\nCREATE INDEX CONCURRENTLY i ON orders (x);\n'
    const laid = layOut(
      [
        file('a', 'db/1_a.up.sql', `BEGIN;\nALTER TABLE orders ADD y int;\nCOMMIT;\n${mixed}`),
        file('b', 'db/2_b.up.sql', mixed),
        file('b', 'db/2_b.down.sql', 'DROP INDEX i;'),
      ],
      { taken: { versions: ['1', '2'], classNames: [] } },
    )

    expect(laid.files.map((each) => each.path)).toEqual(['db/3_a.up.sql', 'db/4_b.up.sql', 'db/4_b.down.sql'])
    expect(laid.notes).toEqual([
      {
        ticket: 'a',
        text: 'db/1_a.up.sql is kept whole: it mixes what needs a transaction of its own with TRANS_STMT_BEGIN',
      },
      { ticket: 'b', text: 'db/2_b.up.sql is kept whole: a file that takes it back stands beside it' },
    ])
  })

  it('refuses a ticket that changes what others have run, and what a journal of Drizzle names', () => {
    const changed: TicketFile = { ...file('a', 'db/V2__a.sql', 'SELECT 1;'), kind: 'modified' }
    const drizzled = file('b', 'drizzle/0002_b.sql', 'SELECT 1;')

    const laid = layOut([changed, drizzled], { basePaths: ['drizzle/meta/_journal.json'] })

    expect(laid.files).toEqual([])
    expect(laid.refused).toEqual([
      { ticket: 'a', because: 'db/V2__a.sql: it changes a migration that others have run' },
      { ticket: 'b', because: expect.stringContaining('drizzle-kit generate') as string },
    ])
  })

  it('keeps Knex’s text as it is under a new time stamp, and refuses a file whose way up stands elsewhere', () => {
    const text = 'exports.up = (knex) => knex.schema.dropTable("x")\nexports.down = () => {}\n'
    const apart = `${text}exports.config = { transaction: false }\n`
    const files = [
      file('a', 'migrations/20260105000000_a.js', text),
      file('b', 'migrations/20260106000000_b.ts', apart),
    ]

    const laid = layOut(files)

    expect(laid.files.map(({ path, isTransactional }) => [path, isTransactional])).toEqual([
      ['migrations/20260201000000_a.js', true],
      ['migrations/20260201000001_b.ts', false],
    ])
    expect(laid.files.map((each) => each.text)).toEqual([text, apart])
    const other = file('c', 'migrations/20260107000000_c.js', "module.exports = require('./all')['c']\n")
    expect(layOut([...files, other]).refused).toEqual([
      {
        ticket: 'c',
        because:
          'migrations/20260107000000_c.js: its way up is not in this file, so that nobody knows what else names it',
      },
    ])
  })

  it('takes along what a migration runs from a file of its own', () => {
    const laid = layOut([
      file('a', 'db/migrate/20260105000000_a.rb', migration('A', change('create_view :recent, version: 2'))),
      file('a', 'db/views/recent_v02.sql', 'SELECT 1'),
    ])

    expect(laid.files.map(({ path, text }) => [path, text])).toEqual([
      ['db/migrate/20260201000000_a.rb', expect.stringContaining('create_view')],
      ['db/views/recent_v02.sql', 'SELECT 1'],
    ])
  })

  it('leaves every other file byte for byte when one ticket is dropped, and the rest still reaches one schema', () => {
    const files = [
      file(
        'a',
        'db/migrate/20260105000000_add_thing.rb',
        migration('AddThing', change('add_column :orders, :a, :text')),
      ),
      file(
        'b',
        'db/migrate/20260106000000_add_thing.rb',
        migration('AddThing', change('add_column :orders, :b, :text')),
      ),
      file('c', 'db/migrate/20260107000000_c.rb', migration('C', change('add_column :users, :c, :text'))),
      file(
        'd',
        'sql/20260108000000_d.sql',
        'ALTER TABLE users ADD d int; CREATE INDEX CONCURRENTLY d ON users (d);',
      ),
    ]
    const laid = layOut(files)
    const operationsOf = ({ path, text }: BatchFile) =>
      path.endsWith('.rb')
        ? rails.readMigration({ file: path, text }).operations
        : sql({ file: path, text }).operations

    for (const dropped of ['a', 'b', 'c', 'd']) {
      const rest = laid.files.filter((each) => each.ticket !== dropped)
      const tickets = ['a', 'b', 'c', 'd']
        .filter((id) => id !== dropped)
        .map((id) => ({
          id,
          operations: rest.filter((each) => each.ticket === id).flatMap(operationsOf),
        }))
      expect(proveBatch(openSchema, { tickets, before: [] })).toMatchObject({ outcome: 'same', limits: [] })
      // Made without it, each says the same: only versions close up, and a name that is free now is its own again.
      const again = layOut(files.filter((each) => each.ticket !== dropped))
      const plain = (each: BatchFile): string => each.text.replace('AddThing2', 'AddThing')
      expect(again.files.map(plain)).toEqual(rest.map(plain))
    }
    expect(new Set(laid.files.map((each) => each.version)).size).toBe(laid.files.length)
  })
})
