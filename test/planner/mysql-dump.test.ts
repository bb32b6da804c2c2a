import {
  applyOperations,
  emptySchema,
  loadRailsReader,
  onMysql,
  schemaLines,
  withImpliedRenames,
  type Operation,
  type Schema,
} from '@conduct/planner'
import { expect, it } from 'vitest'

import { asDumpedByMysql } from './mysql-dump.ts'

const reader = await loadRailsReader({ adapter: 'mysql' })

function read(body: string, version = '6.0'): readonly Operation[] {
  const text = `class A < ActiveRecord::Migration[${version}]\ndef up\n${body}\nend\nend`
  return onMysql(reader.readMigration({ file: 'db/migrate/1_a.rb', text }).operations)
}

function dumped(tables: string): Schema {
  const text = `ActiveRecord::Schema.define(version: 1) do\n${tables}\nend`
  return applied(emptySchema, onMysql(reader.readSchema({ file: 'db/schema.rb', text }).operations))
}

function applied(base: Schema, operations: readonly Operation[]): Schema {
  const result = applyOperations(base, operations)
  if (result.outcome === 'refused') throw new Error(result.problem)
  return result.schema
}

/** What a migration makes of a dump, and what another dump says that was reached: the same, or not. */
function reached(before: string, body: string, rails = 6): readonly string[] {
  const base = dumped(before)
  const ran = withImpliedRenames(base, read(body), { rails, adapter: 'mysql' })
  return linesOf(applied(base, ran))
}

function linesOf(schema: Schema): readonly string[] {
  return schemaLines(asDumpedByMysql(schema)).filter((line) => !/^(?:aspect|sequence) /.test(line))
}

const table = (name: string, inside: string): string => `create_table "${name}" do |t|\n${inside}\nend\n`

it.each([
  [
    'MODIFY and CHANGE',
    `execute "ALTER TABLE a MODIFY x varchar(200) NOT NULL DEFAULT 'n', CHANGE y z bigint(20) unsigned"`,
    't.string "x"\nt.integer "y"',
    't.string "x", limit: 200, null: false, default: "n"\nt.bigint "z", unsigned: true',
  ],
  [
    'columns, and an index on the beginning of one',
    'execute "ALTER TABLE a ADD COLUMN y int(11) DEFAULT 0, ADD COLUMN at datetime DEFAULT CURRENT_TIMESTAMP"\nadd_index :a, :x, length: 191',
    't.string "x"',
    't.string "x"\nt.integer "y", default: 0\nt.datetime "at", default: -> { "current_timestamp()" }\nt.index ["x"], name: "index_a_on_x", length: { x: 191 }',
  ],
  [
    'types that a dump has no word for',
    'add_column :a, :bytes, "binary(3)"\nadd_column :a, :price, :decimal, precision: 8, scale: 0\nexecute "ALTER TABLE a ADD code char(2)"',
    't.string "x"',
    't.string "x"\nt.binary "bytes", limit: 3\nt.decimal "price", precision: 8\nt.string "code", limit: 2',
  ],
  [
    'options of the table, of which a dump is not compared',
    'execute "ALTER TABLE a ROW_FORMAT=DYNAMIC"\nexecute "ALTER TABLE a CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"',
    't.string "x"',
    't.string "x"',
  ],
  [
    'an index that loses a column, and one that falls with it',
    'remove_column :a, :y',
    't.string "x"\nt.string "y"\nt.index ["x", "y"], name: "both"\nt.index ["y"], name: "one"',
    't.string "x"\nt.index ["x"], name: "both"',
  ],
])('reads what MySQL makes of a migration as its dump says it: %s', (_, body, before, after) => {
  expect(reached(table('a', before), body)).toEqual(linesOf(dumped(table('a', after))))
})

it('would show what was not read', () => {
  const before = table('a', 't.string "x"')

  expect(reached(before, 'execute "ALTER TABLE a MODIFY x varchar(200)"')).not.toEqual(
    linesOf(dumped(before)),
  )
})

it('knows the index that a foreign key makes, and that it goes when there is another', () => {
  const two = (inside: string): string => `${table('a', inside)}${table('b', '')}`
  const key = 'add_foreign_key "a", "b", name: "fk_a_b"\n'
  const made = `${two('t.bigint "b_id"\nt.string "x"\nt.index ["b_id"], name: "fk_a_b"')}${key}`
  const replaced = `${two('t.bigint "b_id"\nt.string "x"\nt.index ["b_id", "x"], name: "wide"')}${key}`
  const without = two('t.bigint "b_id"\nt.string "x"')
  const wide = two('t.bigint "b_id"\nt.string "x"\nt.index ["b_id", "x"], name: "wide"')

  expect(reached(without, 'add_foreign_key :a, :b, name: "fk_a_b"')).toEqual(linesOf(dumped(made)))
  expect(reached(made, 'add_index :a, [:b_id, :x], name: "wide"')).toEqual(linesOf(dumped(replaced)))
  expect(reached(wide, 'add_foreign_key :a, :b, name: "fk_a_b"')).toEqual(linesOf(dumped(replaced)))
})

it('gives a column that is changed the collation of its table, as Rails did before 7', () => {
  const sorted = table('a', 't.string "x", collation: "utf8mb4_bin"')
  const plain = linesOf(dumped(table('a', 't.string "x", null: false')))
  const kept = linesOf(dumped(table('a', 't.string "x", null: false, collation: "utf8mb4_bin"')))

  for (const body of ['change_column :a, :x, :string, null: false', 'change_column_null :a, :x, false']) {
    expect(reached(sorted, body, 6.1)).toEqual(plain)
    expect(reached(sorted, body, 7)).toEqual(kept)
  }
})

it('lets every table have its own names of indexes, which move with it', () => {
  const before = `${table('a', 't.string "x"\nt.index ["x"], name: "x"')}${table('b', 't.string "x"\nt.index ["x"], name: "x"')}`
  const after = `${table('c', 't.string "x"\nt.index ["x"], name: "x"')}${table('b', 't.string "x"')}`
  const [ours, theirs] = [reached(before, 'rename_table :a, :c\nremove_index :b, name: "x"'), dumped(after)]

  const ofColumns = (lines: readonly string[]): readonly string[] =>
    lines.filter((line) => line.startsWith('index ') && !line.includes('pkey'))
  expect(ofColumns(ours)).toEqual(ofColumns(linesOf(theirs)))
  expect(ofColumns(ours)).toHaveLength(1)
})

it('says with their lines what it cannot read of MySQL’s SQL', () => {
  expect(read('x = 1\nexecute "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @x = 1"')).toMatchObject([
    { kind: 'opaque', place: { line: 4 } },
  ])
})

it('keys that count are what Rails makes, where the configuration may say their type', () => {
  const body = 'create_table :files, id: Rails.configuration.key || :primary_key'
  const base = dumped('create_table "a", id: { type: :bigint, unsigned: true } do |t|\nend')
  const [made] = withImpliedRenames(base, read(body), { adapter: 'mysql' })

  expect(made).toMatchObject({ confidence: 'dynamic', columns: [{ name: 'id', type: 'bigint' }] })
})
