import { expect, it } from 'vitest'

import type { Operation } from '../../model/operation.ts'
import { loadRailsReader } from './read-rails.ts'

const reader = await loadRailsReader()

/** The way up, in a migration of a version. */
function read(
  body: string,
  { version = '7.1', file = 'db/migrate/20260101000000_example.rb' } = {},
): readonly Operation[] {
  const text = `class Example < ActiveRecord::Migration[${version}]\n  def change\n${body}\n  end\nend\n`
  return reader.readMigration({ file, text }).operations
}

function bare(operations: readonly Operation[]): unknown[] {
  return operations.map(({ place: _place, confidence: _confidence, ...body }) => body)
}

it('reads a table with its columns, its indexes and its foreign keys', () => {
  const operations = read(`
    create_table :orders do |t|
      t.string :state, null: false, default: "new", limit: 20
      t.decimal :total, precision: 10, scale: 2
      t.references :shop, null: false, foreign_key: true
      t.timestamps
    end`)

  expect(operations.map((each) => each.kind)).toEqual(['create_table', 'create_index', 'add_foreign_key'])
  expect(operations[0]).toMatchObject({
    table: 'orders',
    primaryKey: ['id'],
    columns: [
      { name: 'id', type: 'bigserial', nullable: false },
      {
        name: 'state',
        type: 'varchar(20)',
        nullable: false,
        default: { volatility: 'constant', text: "'new'" },
      },
      { name: 'total', type: 'numeric(10,2)', nullable: true },
      { name: 'shop_id', type: 'bigint', nullable: false },
      { name: 'created_at', type: 'timestamp(6)', nullable: false },
      { name: 'updated_at', type: 'timestamp(6)', nullable: false },
    ],
  })
  expect(operations[1]).toMatchObject({ name: 'index_orders_on_shop_id', columns: ['shop_id'] })
  expect(operations[2]).toMatchObject({
    columns: ['shop_id'],
    references: 'shops',
    name: 'fk_rails_7e761c2e1b',
  })
})

it.each([
  ['4.2', 'serial', 'integer', 'timestamp', true, false, 'index_pets_on_owner_type_and_owner_id'],
  ['5.0', 'serial', 'integer', 'timestamp', false, true, 'index_pets_on_owner_type_and_owner_id'],
  ['5.1', 'bigserial', 'bigint', 'timestamp', false, true, 'index_pets_on_owner_type_and_owner_id'],
  ['6.0', 'bigserial', 'bigint', 'timestamp(6)', false, true, 'index_pets_on_owner_type_and_owner_id'],
  ['6.1', 'bigserial', 'bigint', 'timestamp(6)', false, true, 'index_pets_on_owner'],
  ['7.0', 'bigserial', 'bigint', 'timestamp(6)', false, true, 'index_pets_on_owner'],
])(
  'gives a migration of %s the meaning it had',
  (version, id, reference, timestamp, nullable, isIndexed, index) => {
    const operations = read(
      'create_table(:pets) { |t| t.references :owner, polymorphic: true; t.timestamps; t.datetime :seen }',
      { version },
    )

    const [table, created] = operations
    expect(table).toMatchObject({
      columns: [
        { name: 'id', type: id },
        { name: 'owner_type', type: 'varchar' },
        { name: 'owner_id', type: reference },
        { name: 'created_at', type: timestamp, nullable },
        { name: 'updated_at' },
        { name: 'seen', type: version === '7.0' ? 'timestamp(6)' : 'timestamp' },
      ],
    })
    expect(created === undefined ? [] : [created]).toMatchObject(
      isIndexed ? [{ name: index, columns: ['owner_type', 'owner_id'] }] : [],
    )
  },
)

it('reads a migration without a version as one of 4.2, with its class methods', () => {
  const text =
    'class Old < ActiveRecord::Migration\n  def self.up\n    create_table(:a) { |t| t.timestamps }\n  end\n  def self.down; end\nend'

  const { operations, className } = reader.readMigration({ file: 'db/migrate/001_old.rb', text })

  expect(className).toBe('Old')
  expect(operations).toMatchObject([
    { kind: 'create_table', columns: [{ type: 'serial' }, { nullable: true }, { nullable: true }] },
  ])
})

const statements: readonly [string, unknown][] = [
  [
    'add_column :orders, :note, :text, comment: "why"',
    [
      { kind: 'add_column', column: { name: 'note', type: 'text' } },
      { kind: 'alter_column', aspect: 'comment', value: 'why' },
    ],
  ],
  [
    'add_columns :orders, :a, :b, type: :integer',
    [{ column: { name: 'a', type: 'integer' } }, { column: { name: 'b' } }],
  ],
  [
    'add_column :orders, :tags, :string, array: true, default: []',
    [{ column: { type: 'varchar[]', default: { text: '[]' } } }],
  ],
  [
    'add_column :orders, :at, :datetime, default: -> { "now()" }',
    [{ column: { default: { volatility: 'stable' } } }],
  ],
  [
    'add_column :orders, :key, :uuid, default: "gen_random_uuid()"',
    [{ column: { default: { volatility: 'volatile' } } }],
  ],
  [
    'add_column :orders, :size, :integer, limit: 8, default: "0"',
    [{ column: { type: 'bigint', default: { text: '0' } } }],
  ],
  ['remove_column :orders, :note, :text', [{ kind: 'drop_column', column: 'note' }]],
  ['remove_columns :orders, :a, :b', [{ column: 'a' }, { column: 'b' }]],
  ['rename_column :orders, :a, :b', [{ kind: 'rename_column', column: 'a', to: 'b' }]],
  ['rename_table :orders, :sales', [{ kind: 'rename_table', table: 'orders', to: 'sales' }]],
  [
    'change_column :orders, :a, :bigint, null: false, default: 1',
    [
      { kind: 'change_type', type: 'bigint' },
      { kind: 'set_default', default: { text: '1' } },
      { kind: 'set_nullable', nullable: false },
    ],
  ],
  ['change_column :orders, :a, :date, using: "a::date"', [{ kind: 'change_type', using: 'a::date' }]],
  [
    'change_column_default :orders, :state, from: nil, to: "new"',
    [{ kind: 'set_default', default: { text: "'new'" } }],
  ],
  ['change_column_default :orders, :state, nil', [{ kind: 'set_default', default: null }]],
  ['change_column_null :orders, :state, false', [{ kind: 'set_nullable', nullable: false }]],
  [
    'change_column_null :orders, :state, false, "new"',
    [{ kind: 'data', verb: 'update', writes: ['orders'] }, { kind: 'set_nullable' }],
  ],
  ['change_column_comment :orders, :state, from: "a", to: "b"', [{ aspect: 'comment', value: 'b' }]],
  [
    'change_table_comment :orders, "all of them"',
    [{ kind: 'alter_table', aspect: 'comment', value: 'all of them' }],
  ],
  [
    'add_timestamps :orders, null: true',
    [{ column: { name: 'created_at', nullable: true } }, { column: { name: 'updated_at' } }],
  ],
  ['remove_timestamps :orders', [{ column: 'updated_at' }, { column: 'created_at' }]],
  [
    'add_reference :orders, :shop, foreign_key: { to_table: :stores, on_delete: :cascade }, index: { unique: true }',
    [
      { kind: 'add_column' },
      { kind: 'create_index', isUnique: true },
      { kind: 'add_foreign_key', references: 'stores', actions: 'acs' },
    ],
  ],
  [
    'add_belongs_to :orders, :shop, type: :uuid, index: false',
    [{ kind: 'add_column', column: { type: 'uuid' } }],
  ],
  [
    'remove_reference :orders, :shop, foreign_key: true',
    [
      { kind: 'drop_constraint', constraint: 'foreign_key', columns: ['shop_id'] },
      { kind: 'drop_column', column: 'shop_id' },
    ],
  ],
  [
    'add_index :orders, [:shop_id, :state], unique: true',
    [
      {
        kind: 'create_index',
        name: 'index_orders_on_shop_id_and_state',
        isUnique: true,
        method: 'btree',
        isConcurrent: false,
      },
    ],
  ],
  [
    'add_index :orders, :note, using: :gin, opclass: :gin_trgm_ops, algorithm: :concurrently',
    [{ method: 'gin', elements: ['note gin_trgm_ops'], isConcurrent: true }],
  ],
  [
    'add_index :orders, :state, where: "deleted_at IS NULL", order: { state: :desc }',
    [{ elements: ['state desc'], columns: ['state', 'deleted_at'], where: expect.any(String) as unknown }],
  ],
  [
    'add_index :orders, "lower(email)", name: "by_email", if_not_exists: true',
    [{ name: 'by_email', columns: ['email'], ifNotExists: true }],
  ],
  [
    'add_index :a_table_with_a_long_name, %i[one_column_with_a_long_name another_column_with_a_long_name]',
    [{ name: expect.stringMatching(/^idx_on_one_column_.*_[0-9a-f]{10}$/) as unknown }],
  ],
  ['remove_index :orders, :state', [{ kind: 'drop_index', columns: ['state'] }]],
  [
    'remove_index :orders, name: "by_email", algorithm: :concurrently',
    [{ kind: 'drop_index', name: 'by_email', isConcurrent: true }],
  ],
  ['rename_index :orders, "a", "b"', [{ kind: 'rename_index', table: 'orders', name: 'a', to: 'b' }]],
  [
    'add_foreign_key :orders, :shops, validate: false',
    [{ kind: 'add_foreign_key', columns: ['shop_id'], isValidated: false, isInline: false }],
  ],
  ['validate_foreign_key :orders, :shops', [{ kind: 'validate_constraint', references: 'shops' }]],
  ['remove_foreign_key :orders, column: :shop_id', [{ kind: 'drop_constraint', columns: ['shop_id'] }]],
  [
    'add_check_constraint :orders, "total >= 0", name: "positive", validate: false',
    [
      {
        kind: 'add_constraint',
        constraint: 'check',
        name: 'positive',
        columns: ['total'],
        isValidated: false,
      },
    ],
  ],
  [
    'remove_check_constraint :orders, name: "positive"',
    [{ kind: 'drop_constraint', constraint: 'check', name: 'positive' }],
  ],
  [
    'validate_check_constraint :orders, name: "positive"',
    [{ kind: 'validate_constraint', name: 'positive' }],
  ],
  [
    'add_exclusion_constraint :stays, "room WITH =, during WITH &&", using: :gist, name: "one_guest"',
    [{ kind: 'add_constraint', constraint: 'exclusion', name: 'one_guest' }],
  ],
  [
    'add_unique_constraint :orders, [:number], deferrable: :deferred',
    [{ kind: 'add_constraint', constraint: 'unique', columns: ['number'] }],
  ],
  ['create_enum :mood, %w[sad happy]', [{ kind: 'create_enum', name: 'mood', values: ['sad', 'happy'] }]],
  [
    'add_enum_value :mood, "calm", after: "sad"',
    [{ kind: 'add_enum_value', value: 'calm', neighbour: { value: 'sad', side: 'after' } }],
  ],
  ['enable_extension "pg_trgm"', [{ kind: 'create_extension', name: 'pg_trgm' }]],
  [
    'create_join_table :music_artists, :music_records',
    [
      {
        kind: 'create_table',
        table: 'music_artists_records',
        primaryKey: [],
        columns: [{ name: 'music_artist_id', nullable: false }, { name: 'music_record_id' }],
      },
    ],
  ],
  [
    'create_table :a, id: :uuid',
    [{ columns: [{ name: 'id', type: 'uuid', default: { volatility: 'volatile' } }] }],
  ],
  ['create_table :a, primary_key: [:b, :c]', [{ primaryKey: ['b', 'c'], columns: [] }]],
  [
    'create_table(:a, id: false) { |t| t.virtual :sum, type: :integer, as: "x + y", stored: true }',
    [{ columns: [{ name: 'sum', type: 'integer', generated: 'stored' }] }],
  ],
  ['drop_table :orders, if_exists: true', [{ kind: 'drop_table', table: 'orders', ifExists: true }]],
  [
    'change_table(:orders, bulk: true) { |t| t.string :a, index: true; t.remove :b; t.rename :c, :d; t.change_null :e, false }',
    [
      { kind: 'add_column' },
      { kind: 'create_index' },
      { kind: 'drop_column' },
      { kind: 'rename_column' },
      { kind: 'set_nullable' },
    ],
  ],
  ['execute "ALTER TABLE orders ADD COLUMN a int"', [{ kind: 'add_column', column: { type: 'integer' } }]],
  [
    'reversible { |dir| dir.up { add_column :a, :b, :text }; dir.down { drop_table :a } }',
    [{ kind: 'add_column' }],
  ],
  ['up_only { add_column :a, :b, :text }', [{ kind: 'add_column' }]],
  [
    'revert { add_column :a, :b, :text; add_index :a, :c }',
    [
      { kind: 'drop_index', columns: ['c'] },
      { kind: 'drop_column', column: 'b' },
    ],
  ],
]

it.each(statements)('reads %s', (statement, expected) => {
  const operations = read(statement)

  expect(operations).toMatchObject(expected as object[])
  expect(operations.filter((each) => each.confidence !== 'exact')).toEqual([])
})

it('gives each operation its line, in heredocs of SQL, too', () => {
  const operations = read(
    '    add_column :ä, :b, :text\n    execute <<~SQL\n      -- first\n      CREATE INDEX i ON t (a);\n\n      DROP TABLE gone;\n    SQL',
  )

  expect(operations.map((each) => [each.kind, each.place.line])).toEqual([
    ['add_column', 3],
    ['create_index', 6],
    ['drop_table', 8],
  ])
})

it('says that a migration runs outside of a transaction', () => {
  const text =
    'class A < ActiveRecord::Migration[7.1]\n  disable_ddl_transaction!\n  def change = add_index(:a, :b, algorithm: :concurrently)\nend'

  const migration = reader.readMigration({ file: 'db/migrate/20260102030405_a.rb', text })

  expect(migration).toMatchObject({ version: '20260102030405', className: 'A', isTransactional: false })
})

it.each([
  ['%i[a b].each { |name| add_column :t, name, :text }', ['a', 'b']],
  ['{ a: :text, b: :integer }.each { |name, type| add_column :t, name, type }', ['a', 'b']],
  [
    '%w[a b].freeze.map { |name| "#{name}_id".to_sym }.each { |name| add_column :t, name, :bigint }',
    ['a_id', 'b_id'],
  ],
  ['(1..3).each { |n| add_column :t, "c#{n}", :text }', ['c1', 'c2', 'c3']],
  ['names = []\nnames << :a\nnames.push(:b)\nnames.each { add_column :t, _1, :text }', ['a', 'b']],
  ['options = { null: false }\nadd_column :t, :a, :text, **options', ['a']],
  ['add = ->(name) { add_column :t, name, :text }\nadd.call(:a)\nadd.(:b)', ['a', 'b']],
  ['send(:add_column, :t, :a, :text)', ['a']],
  ['ActiveRecord::Base.connection.add_column(:t, :a, :text)', ['a']],
  ['case "x" when "x" then add_column :t, :a, :text else add_column :t, :b, :text end', ['a']],
])('folds what is known: %s', (body, columns) => {
  const operations = read(body)

  expect(operations.map((each) => (each.kind === 'add_column' ? each.column.name : each.kind))).toEqual(
    columns,
  )
  expect(operations.every((each) => each.confidence === 'exact')).toBe(true)
})

it.each([
  ['add_column :t, :a, :text unless column_exists?(:t, :a)', ['conditional']],
  ['return if table_exists?(:t)\nadd_column :t, :a, :text', ['conditional']],
  ['add_column :t, :a, :text, default: ENV["X"]', ['dynamic']],
  [
    'begin; remove_index :t, :a; rescue StandardError; add_column :t, :b, :text; end',
    ['conditional', 'conditional'],
  ],
  ['while more?; add_column :t, :a, :text; end', ['conditional']],
])('says how sure it is of %s', (body, confidences) => {
  const operations = read(body).filter((each) => each.kind !== 'opaque')

  expect(operations.map((each) => each.confidence)).toEqual(confidences)
})

it('knows the table of what it cannot read, where the text says it', () => {
  const operations = read(
    'add_column :t, ENV["NAME"], :text\ncreate_table(:u) { |t| t.rainbow :x }\nThing.build_it!',
  )

  expect(bare(operations)).toMatchObject([
    { kind: 'opaque', touches: ['t'] },
    { kind: 'create_table', table: 'u' },
    { kind: 'opaque', touches: ['u'] },
    { kind: 'opaque', touches: 'anything' },
  ])
})

it('reads changes of rows through models, of the file and of the app', () => {
  const text = `class Example < ActiveRecord::Migration[7.1]
  class Item < ActiveRecord::Base
    self.table_name = "old_items"
  end
  def up
    Item.where(state: nil).update_all(state: "new")
    User.find_each { |user| user.update!(name: "x") }
    Spree::LineItem.unscoped.delete_all
  end
end`

  const { operations } = reader.readMigration({ file: 'a.rb', text })

  expect(operations).toMatchObject([
    { kind: 'data', verb: 'update', writes: ['old_items'] },
    { kind: 'data', verb: 'update', writes: ['*'] },
    { kind: 'data', verb: 'delete', writes: ['*'] },
  ])
})

it('counts what it understood', () => {
  const text =
    'class A < ActiveRecord::Migration[7.1]\n  def change\n    add_column :a, :b, :text\n    Magic.happens\n  end\nend'

  expect(reader.readMigration({ file: 'a.rb', text }).coverage).toEqual({ resolved: 1, total: 2 })
})

it.each([
  ['class A', 'it is not Ruby'],
  ['puts 1', 'no migration is defined here'],
  ['class A < Library::Migration\n  def change; end\nend', 'is not in this file'],
  ['class A < ActiveRecord::Migration[7.0]\n  include Shared\nend', 'neither change nor up'],
  ['class A < ActiveRecord::Migration[7.0]\n  extend Shared\nend', 'neither change nor up'],
])('finds a file opaque whose migration it cannot see: %s', (text, reason) => {
  const { operations } = reader.readMigration({ file: 'a.rb', text })

  expect(operations).toMatchObject([
    { kind: 'opaque', touches: 'anything', reason: expect.stringContaining(reason) as unknown },
  ])
})
