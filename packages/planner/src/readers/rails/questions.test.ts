import { expect, it } from 'vitest'

import { applyOperations } from '../../schema/apply.ts'
import { emptySchema, openSchema, type Schema } from '../../schema/schema.ts'
import { loadRailsReader } from './read-rails.ts'

const reader = await loadRailsReader()

const base = applied(
  emptySchema,
  reader.readSchema({
    file: 'db/schema.rb',
    text: 'ActiveRecord::Schema.define(version: 1) do\n  create_table "a" do |t|\n    t.string "x"\n    t.index ["x"], name: "i"\n  end\n  create_table "b" do |t|\n    t.bigint "a_id"\n  end\n  add_foreign_key "b", "a", column: "a_id"\nend',
  }).operations,
)

function applied(from: Schema, operations: Parameters<typeof applyOperations>[1]): Schema {
  const result = applyOperations(from, operations)
  if (result.outcome === 'refused') throw new Error(result.problem)
  return result.schema
}

function read(question: string, from: Schema | null) {
  const text = `class A < ActiveRecord::Migration[6.1]\n  def up\n    ${question.includes('\n') ? question : `add_column :a, :asked, :text if ${question}`}\n  end\nend`
  const source = { file: 'db/migrate/2_a.rb', text }
  if (from === null) return reader.readMigration(source).operations
  return reader.readMigration({ ...source, stateAfter: (done) => applied(from, done) }).operations
}

it.each([
  ['table_exists?(:a)', 'table_exists?(:c)'],
  ['column_exists?(:a, :x)', 'column_exists?(:a, :y)'],
  ['index_exists?(:a, :x)', 'index_exists?(:b, :a_id)'],
  ['index_exists?(:a, :x, name: "i")', 'index_exists?(:a, :x, name: "j")'],
  ['index_name_exists?(:a, "i")', 'index_name_exists?(:b, "i")'],
  ['foreign_key_exists?(:b, :a)', 'foreign_key_exists?(:a, :b)'],
  ['foreign_key_exists?(:b, column: :a_id)', 'foreign_key_exists?(:b, column: :x_id)'],
])('a question has one answer where the schema is known: %s', (yes, no) => {
  expect(read(yes, base)).toMatchObject([{ kind: 'add_column', confidence: 'exact' }])
  expect(read(no, base)).toEqual([])
  // The control: without the schema, and with one that is not complete, both answers are read.
  for (const from of [null, openSchema]) {
    expect(read(no, from)).toMatchObject([{ kind: 'add_column', confidence: 'conditional' }])
  }
})

it('is asked of what the migration has done so far, and never on a path that may not be taken', () => {
  const after = read('add_column :a, :y, :text\nadd_column :a, :z, :text if column_exists?(:a, :y)', base)
  const unsure = read('if rand > 0.5\nadd_column :a, :y, :text unless column_exists?(:a, :x)\nend', base)

  expect(after).toMatchObject([{ column: { name: 'y' } }, { column: { name: 'z' }, confidence: 'exact' }])
  expect(unsure).toMatchObject([{ column: { name: 'y' }, confidence: 'conditional' }])
})

it('has both answers where it says more than is known here', () => {
  expect(read('column_exists?(:a, :x, :string)', base)).toMatchObject([{ confidence: 'conditional' }])
  expect(read('index_exists?(:a, :x, unique: true)', base)).toMatchObject([{ confidence: 'conditional' }])
})
