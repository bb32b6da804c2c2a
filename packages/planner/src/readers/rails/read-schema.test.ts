import { expect, it } from 'vitest'

import { loadRailsReader } from './read-rails.ts'

const reader = await loadRailsReader()

const tables = `
  enable_extension "pg_catalog.plpgsql"
  enable_extension "citext"

  create_enum "mood", ["sad", "happy"]

  create_table "orders", id: :uuid, default: -> { "gen_random_uuid()" }, comment: "all", force: :cascade do |t|
    t.datetime "created_at", null: false
    t.bigint "shop_id", null: false
    t.enum "mood", default: "sad", enum_type: "mood"
    t.virtual "sum", type: :integer, as: "(x + y)", stored: true
    t.index ["shop_id"], name: "index_orders_on_shop_id", where: "(closed = false)"
    t.check_constraint "x > 0", name: "positive"
  end

  add_foreign_key "orders", "shops", on_delete: :cascade
`

it('reads what Rails has dumped', () => {
  const text = `ActiveRecord::Schema[7.1].define(version: 2026_06_11_223814) do${tables}end\n`

  const { operations, coverage, versions } = reader.readSchema({ file: 'db/schema.rb', text })

  expect(versions).toEqual(['20260611223814'])
  expect(coverage.resolved).toBe(coverage.total)
  expect(operations.map((each) => each.kind)).toEqual([
    'create_extension',
    'create_enum',
    'create_table',
    'create_index',
    'add_constraint',
    'alter_table',
    'add_foreign_key',
  ])
  expect(operations[2]).toMatchObject({
    columns: [
      { name: 'id', type: 'uuid', default: { volatility: 'volatile' } },
      { name: 'created_at', type: 'timestamp(6)' },
      { name: 'shop_id', type: 'bigint' },
      { name: 'mood', type: 'mood', default: { text: "'sad'" } },
      { name: 'sum', generated: 'stored' },
    ],
    place: { line: 7 },
  })
})

it('reads the versions that Rails 8.2 lists after the schema', () => {
  const text = `ActiveRecord::Schema[8.2].define do${tables}end\n\nActiveRecord::Schema.load_schema_migrations(__FILE__)\n__END__\n20260716101900\n20260716112003\n`

  const { coverage, versions } = reader.readSchema({ file: 'db/schema.rb', text })

  expect(versions).toEqual(['20260716101900', '20260716112003'])
  expect(coverage).toEqual({ resolved: 7, total: 7 })
})

it('gives a schema without a version in brackets the meaning it had', () => {
  const text =
    'ActiveRecord::Schema.define(version: 20150101000000) do\n  create_table "a" do |t|\n    t.datetime "at"\n    t.datetime "to", precision: 6\n  end\n  add_index "a", ["at"], name: "i", using: :btree\nend\n'

  const { operations, versions } = reader.readSchema({ file: 'db/schema.rb', text })

  expect(versions).toEqual(['20150101000000'])
  expect(operations).toMatchObject([
    { columns: [{ type: 'serial' }, { type: 'timestamp' }, { type: 'timestamp(6)' }] },
    { kind: 'create_index', name: 'i', method: 'btree' },
  ])
})

it('takes the version of a schema without one from who knows it', () => {
  const text =
    'ActiveRecord::Schema.define(version: 20150101000000) do\n  create_table "a" do |t|\n  end\nend\n'

  const { operations } = reader.readSchema({ file: 'db/schema.rb', text, rails: 4.2 })

  expect(operations).toMatchObject([{ columns: [{ type: 'serial' }] }])
})
