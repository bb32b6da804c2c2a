/** Made-up migrations and schema files of the sizes and shapes that old apps have; the same ones every time. */

const types = [
  'string',
  'text',
  'integer',
  'bigint',
  'boolean',
  'datetime',
  'decimal',
  'jsonb',
  'date',
  'uuid',
] as const

export interface MigrationText {
  readonly file: string
  readonly text: string
}

export function makeMigrations(count: number): readonly MigrationText[] {
  return Array.from({ length: count }, (_each, at) => {
    const version = String(20_150_101_000_000 + at * 137)
    const shape = shapes[at % shapes.length] ?? createTable
    const body = shape(at)
    return {
      file: `db/migrate/${version}_change_${at}.rb`,
      text: `# frozen_string_literal: true\n\nclass Change${at} < ActiveRecord::Migration[${5 + (at % 3)}.1]\n${body}end\n`,
    }
  })
}

type Shape = (at: number) => string

const typeOf = (at: number): string => types[at % types.length] ?? 'string'
const change = (lines: readonly string[]): string =>
  `  def change\n${lines.map((line) => `    ${line}\n`).join('')}  end\n`

const createTable: Shape = (at) =>
  change([
    `create_table :things_${at} do |t|`,
    `  t.references :owner, null: false, foreign_key: { to_table: :users }`,
    ...Array.from(
      { length: 6 },
      (_each, n) => `  t.${typeOf(at + n)} :column_${n}${n % 2 === 0 ? ', null: false' : ''}`,
    ),
    `  t.timestamps`,
    `end`,
    `add_index :things_${at}, [:column_0, :column_1], unique: true`,
  ])

const shapes: readonly Shape[] = [
  createTable,
  (at) => change([`add_column :things_${at - 1}, :extra_${at}, :${typeOf(at)}`]),
  (at) =>
    change([
      `add_column :orders, :note_${at}, :string, default: "none", null: false`,
      `add_index :orders, :note_${at}`,
    ]),
  (at) => change([`remove_column :orders, :old_${at}, :string`]),
  (at) =>
    change([
      `%i[a b c].each do |name|`,
      `  add_column :shops, "#{name}_${at}", :boolean, default: false`,
      `end`,
    ]),
  (at) => change([`add_index :orders, :state, where: "deleted_at IS NULL", name: "state_${at}"`]),
  (at) =>
    change([`rename_column :orders, :a_${at}, :b_${at}`, `change_column_null :orders, :b_${at}, false`]),
  (at) =>
    `  def up\n    execute <<~SQL\n      ALTER TABLE orders ADD COLUMN c_${at} integer NOT NULL DEFAULT 0;\n    SQL\n  end\n\n  def down\n    remove_column :orders, :c_${at}\n  end\n`,
  (at) =>
    `  disable_ddl_transaction!\n\n${change([`add_index :orders, :c_${at}, algorithm: :concurrently, if_not_exists: true`])}`,
  (at) =>
    `  class Order < ActiveRecord::Base; end\n\n  def up\n    add_column :orders, :total_${at}, :decimal, precision: 10, scale: 2\n    Order.where(state: nil).update_all(total_${at}: 0)\n  end\n\n  def down; end\n`,
]

/** As Rails 7.1 dumps it. */
export function makeSchema(bytesMin: number): string {
  const lines = [
    'ActiveRecord::Schema[7.1].define(version: 2026_01_01_000000) do',
    '  enable_extension "plpgsql"',
    '',
  ]
  let bytes = 0
  for (let table = 0; bytes < bytesMin; table++) {
    const part = [
      `  create_table "things_${table}", force: :cascade do |t|`,
      ...Array.from(
        { length: 12 },
        (_each, n) => `    t.${typeOf(table + n)} "column_number_${n}"${tail(n)}`,
      ),
      `    t.datetime "created_at", null: false`,
      `    t.datetime "updated_at", null: false`,
      `    t.index ["column_number_0", "column_number_1"], name: "index_things_${table}_on_both", unique: true`,
      `    t.index ["column_number_3"], name: "index_things_${table}_on_column_number_3"${table % 5 === 0 ? ', where: "(column_number_4 IS NOT NULL)"' : ''}`,
      '  end',
      '',
    ]
    lines.push(...part)
    bytes += part.join('\n').length
  }
  return [...lines, 'end', ''].join('\n')
}

function tail(at: number): string {
  return at % 4 === 0 ? ', null: false' : ''
}
