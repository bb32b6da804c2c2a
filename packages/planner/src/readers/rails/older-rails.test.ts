import { describe, expect, it } from 'vitest'

import type { Operation } from '../../model/operation.ts'
import { applyOperations } from '../../schema/apply.ts'
import { emptySchema, schemaLines } from '../../schema/schema.ts'
import { withImpliedRenames } from './implied-renames.ts'
import { loadRailsReader } from './read-rails.ts'

const reader = await loadRailsReader()
const mysql = await loadRailsReader({ adapter: 'mysql' })

function read(body: string, rails?: number): readonly Operation[] {
  const text = `class A < ActiveRecord::Migration\ndef change\n${body}\nend\nend`
  return reader.readMigration({ file: 'a.rb', text, ...(rails === undefined ? {} : { rails }) }).operations
}

const columnsOf = (operations: readonly Operation[]): string[] =>
  operations.flatMap((each) => {
    const columns =
      each.kind === 'create_table' ? each.columns : each.kind === 'add_column' ? [each.column] : []
    return columns.map(({ name, type, nullable }) => `${name} ${type}${nullable ? '' : ' not null'}`)
  })

describe('a migration without a version has the meaning of the Rails that ran it', () => {
  it.each([
    [3.2, 'name varchar(255)', 'created_at timestamp not null'],
    [4.0, 'name varchar(255)', 'created_at timestamp'],
    [4.2, 'name varchar', 'created_at timestamp'],
    [5.0, 'name varchar', 'created_at timestamp'],
  ])('%s', (rails, name, createdAt) => {
    expect(columnsOf(read('create_table(:t) { |t| t.string :name; t.timestamps }', rails))).toEqual([
      'id serial not null',
      name,
      createdAt,
      createdAt.replace('created', 'updated'),
    ])
  })

  it('gave null to the time stamps of a table that was there', () => {
    expect(columnsOf(read('change_table(:t) { |t| t.timestamps }', 3.2))).toEqual([
      'created_at timestamp',
      'updated_at timestamp',
    ])
  })

  it('named foreign keys as the library before Rails 4.2 did, and knew no index beside a column before 4', () => {
    expect(read('add_foreign_key :lines, :orders, dependent: :delete', 4.1)).toMatchObject([
      { name: 'lines_order_id_fk', actions: 'acs' },
    ])
    expect(read('create_table(:t) { |t| t.references :shop, index: true }', 3.2)).toHaveLength(1)
    expect(read('create_table(:t) { |t| t.references :shop, index: true }', 4.0)).toHaveLength(2)
  })

  it('renamed no index with its table before 4', () => {
    const base = applyOperations(emptySchema, read('create_table(:a) { |t| t.string :x }\nadd_index :a, :x'))
    if (base.outcome === 'refused') throw new Error(base.problem)
    const renamed = (rails: number): string[] =>
      withImpliedRenames(base.schema, read('rename_table :a, :b'), { rails }).map((each) => each.kind)

    expect(renamed(3.2)).toEqual(['rename_table', 'rename_constraint'])
    expect(renamed(4)).toEqual(['rename_table', 'rename_constraint', 'rename_index'])
  })
})

describe('a schema is the same, whoever says it', () => {
  const lines = (operations: readonly Operation[]): readonly string[] => {
    const applied = applyOperations(emptySchema, operations)
    if (applied.outcome === 'refused') throw new Error(applied.problem)
    return schemaLines(applied.schema)
  }

  it.each([
    [
      'a key that comes later',
      'create_table(:t, id: false)\nadd_column :t, :id, :primary_key',
      'create_table(:t)',
    ],
    [
      'a default that is set as a text',
      'create_table(:t) { |t| t.integer :n; t.boolean :b }\nchange_column_default :t, :n, "1"\nchange_column_default :t, :b, "f"',
      'create_table(:t) { |t| t.integer :n, default: 1; t.boolean :b, default: false }',
    ],
    [
      'an order that is the usual one',
      'create_table(:t) { |t| t.integer :n }\nadd_index :t, :n, order: { n: "ASC NULLS LAST" }',
      'create_table(:t) { |t| t.integer :n }\nadd_index :t, :n',
    ],
    [
      'a condition as the server writes it back',
      "create_table(:t) { |t| t.string :s }\nadd_index :t, :s, where: \"s IN ('a', 'b')\"",
      "create_table(:t) { |t| t.string :s }\nadd_index :t, :s, where: \"((s)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))\"",
    ],
    [
      'a column that is generated',
      'create_table(:t) { |t| t.integer :n; t.virtual :m, type: :decimal, as: "n * 1.5", stored: true }',
      'create_table(:t) { |t| t.integer :n; t.virtual :m, type: :decimal, as: "((n)::numeric * 1.5)", stored: true }',
    ],
    [
      'an attachment of a library',
      'create_table(:t)\nadd_attachment :t, :logo\nremove_attachment :t, :logo\nchange_table(:t) { |t| t.attachment :image }',
      'create_table(:t) { |t| t.string :image_file_name, :image_content_type; t.integer :image_file_size; t.datetime :image_updated_at }',
    ],
    [
      'what falls with a table',
      'create_table(:shops)\ncreate_table(:b) { |t| t.references :shop, index: false, foreign_key: true }\ndrop_table :shops, force: :cascade',
      'create_table(:b) { |t| t.integer :shop_id }',
    ],
    [
      'a table that is there already',
      'create_table(:t) { |t| t.integer :n, index: true }\ncreate_table(:t, if_not_exists: true) { |t| t.integer :n, index: true }',
      'create_table(:t) { |t| t.integer :n, index: true }',
    ],
    [
      'what a question to the database guards',
      'create_table(:t) { |t| t.integer :n }\nadd_column :t, :n, :integer unless column_exists?(:t, :n)',
      'create_table(:t) { |t| t.integer :n }',
    ],
  ])('%s', (_what, one, other) => {
    expect(lines(read(one))).toEqual(lines(read(other)))
  })

  it('tells conditions apart that are not the same', () => {
    const on = (where: string): readonly string[] =>
      lines(read(`create_table(:t) { |t| t.string :s }\nadd_index :t, :s, where: "${where}"`))

    expect(on("s IN ('a', 'b')")).not.toEqual(on("s IN ('a', 'c')"))
    expect(on("s = ANY (ARRAY['a'])")).not.toEqual(on("s <> ALL (ARRAY['a'])"))
    expect(on('length(s) = 1')).not.toEqual(on('length(s)::numeric(3,1) = 1'))
  })
})

it('names the types of MySQL in one way', () => {
  const text = `class A < ActiveRecord::Migration[5.0]\ndef change\ncreate_table(:t, id: false, collation: "utf8mb4_bin") { |t|
    t.column :a, :bool\nt.float :b, limit: 24\nt.float :c, limit: 53\nt.text :d, limit: 16.megabytes - 1 }\nend\nend`

  expect(columnsOf(mysql.readMigration({ file: 'a.rb', text }).operations)).toEqual([
    'a tinyint(1)',
    'b float',
    'c double',
    'd mediumtext',
  ])
})

it('takes a generated column of MySQL for what it is, as it was written and as it is written back', () => {
  const moreOf = (as: string): string | undefined => {
    const body = `create_table(:t, id: false) { |t| t.virtual :k, type: :string, stored: true, as: "${as}" }`
    const text = `class A < ActiveRecord::Migration[7.1]\ndef change\n${body}\nend\nend`
    const [created] = mysql.readMigration({ file: 'a.rb', text }).operations
    return created?.kind === 'create_table' ? created.columns[0]?.more : undefined
  }

  expect(moreOf("IF(gone, NULL, CONCAT(page_id, '-', wiki_id))")).toBe(
    moreOf("if(`gone`,NULL,concat(`page_id`,'-',`wiki_id`))"),
  )
  expect(moreOf("concat(a, 'x')")).not.toBe(moreOf("concat(a, 'y')"))
})
