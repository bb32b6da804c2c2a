import type { Files } from '../repositories/files.ts'
import type { MigrationRepository } from './branches.ts'

const schema = `ActiveRecord::Schema.define(version: 2026_01_02_000000) do

  # These are extensions that must be enabled in order to support this database
  enable_extension "plpgsql"

  create_table "orders", force: :cascade do |t|
    t.bigint "user_id"
    t.string "state"
    t.string "note", limit: 20
    t.integer "quantity"
    t.index ["user_id"], name: "index_orders_on_user_id"
  end

  create_table "users", force: :cascade do |t|
    t.string "name"
    t.string "email", null: false
  end

  add_foreign_key "orders", "users"
end
`

/**
 * A shop on Active Record with twelve open branches, some of them with SQL in `execute`. Its `bin/migrate` does what `db:migrate`
 * does: it runs what has not run yet, and writes `db/schema.rb`. Some branches bring that file along, some forgot it.
 */
export const railsShop: MigrationRepository = {
  main: {
    'README.md': 'a shop\n',
    'bin/migrate': `#!/usr/bin/env ruby
require "active_record"
ActiveRecord::Base.establish_connection(ENV.fetch("DATABASE_URL"))
ActiveRecord::Migration.verbose = false
ActiveRecord::MigrationContext.new("db/migrate", ActiveRecord::SchemaMigration).migrate
File.open("db/schema.rb", "w") { |file| ActiveRecord::SchemaDumper.dump(ActiveRecord::Base.connection, file) }
`,
    ...migration(
      '20260101000000_create_users',
      'create_table(:users) { |t| t.string :name; t.string :email, null: false }',
    ),
    ...migration(
      '20260102000000_create_orders',
      'create_table :orders do |t|\n      t.references :user, foreign_key: true\n      t.string :state\n      t.string :note, limit: 20\n      t.integer :quantity\n    end',
    ),
    'db/schema.rb': schema,
  },
  branches: {
    'feat/colour': {
      ...migration('20260201000000_add_colour', 'add_column :orders, :colour, :string'),
      ...dumped('2026_02_01_000000', { orders: '    t.string "colour"\n' }),
    },
    'feat/nickname': migration('20260202000000_add_nickname', 'add_column :users, :nickname, :string'),
    'feat/nick': migration('20260203000000_add_nickname', 'change_table(:users) { |t| t.string :nickname }'),
    'feat/carts': {
      ...migration(
        '20260204000000_create_carts',
        'create_table :carts do |t|\n      t.references :user, foreign_key: true\n      t.timestamps\n    end',
      ),
      ...dumped('2026_02_04_000000', {
        before: `  create_table "carts", force: :cascade do |t|
    t.bigint "user_id"
    t.datetime "created_at", precision: 6, null: false
    t.datetime "updated_at", precision: 6, null: false
    t.index ["user_id"], name: "index_carts_on_user_id"
  end

`,
        keys: '  add_foreign_key "carts", "users"\n',
      }),
    },
    'feat/nickname-index': migration(
      '20260205000000_index_nickname',
      'add_index :users, :nickname, algorithm: :concurrently',
      '  disable_ddl_transaction!\n\n',
    ),
    'feat/long-note': migration(
      '20260206000000_longer_note',
      'change_column :orders, :note, :string, limit: 200',
      '',
      'up',
    ),
    'feat/drop-note': migration('20260207000000_drop_note', 'remove_column :orders, :note, :string'),
    'feat/upper-names': migration(
      '20260208000000_upper_names',
      'execute "UPDATE users SET name = upper(name)"',
      '',
      'up',
    ),
    'feat/big-quantity': migration(
      '20260209000000_big_quantity',
      'change_column :orders, :quantity, :bigint',
      '',
      'up',
    ),
    'feat/audits': migration(
      '20260210000000_create_audits',
      'execute <<~SQL\n      CREATE TABLE audits (id bigint PRIMARY KEY, said text NOT NULL);\n      CREATE INDEX audits_said ON audits (said);\n    SQL',
      '',
      'up',
    ),
    'feat/flag-users': {
      ...migration(
        '20260211000000_add_flag',
        'add_column :users, :flag, :boolean, default: false, null: false',
      ),
      ...dumped('2026_02_11_000000', { users: '    t.boolean "flag", default: false, null: false\n' }),
    },
    'feat/flag-orders': {
      ...migration('20260212000000_add_flag', 'add_column :orders, :flag, :boolean'),
      ...dumped('2026_02_12_000000', { orders: '    t.boolean "flag"\n' }),
    },
  },
}

function migration(name: string, body: string, before = '', method = 'change'): Files {
  const className = name.replace(/^\d+/, '').replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase())
  const text = `class ${className} < ActiveRecord::Migration[6.1]
${before}  def ${method}
    ${body}
  end
end
`
  return { [`db/migrate/${name}.rb`]: text }
}

/** The schema file as Active Record dumps it after the branch's own migration. */
function dumped(
  version: string,
  {
    orders = '',
    users = '',
    before = '',
    keys = '',
  }: Readonly<Partial<Record<'orders' | 'users' | 'before' | 'keys', string>>>,
): Files {
  const [start = '', rest = ''] = schema
    .replace(/(?<=version: )[\d_]+/, version)
    .split('  create_table "orders"')
  const text = `${start}${before}  create_table "orders"${rest}`
    .replace('    t.index ["user_id"], name: "index_orders', (index) => `${orders}${index}`)
    .replace('    t.string "email", null: false\n', (email) => `${email}${users}`)
    .replace('  add_foreign_key "orders"', (key) => `${keys}${key}`)
  return { 'db/schema.rb': text }
}
