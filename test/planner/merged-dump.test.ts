import { execFile, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { loadSchemaMerger } from '@conduct/planner'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startPostgres, type PostgresServer } from '../servers/postgres.ts'

/** The merged file, against what Rails dumps of a database that has run the migrations of both branches. */
const hasRails = spawnSync('ruby', ['-e', 'require "active_record"; require "pg"']).status === 0
const needsRails = hasRails ? '' : ' (skipped: needs ruby with activerecord and pg)'
const run = promisify(execFile)

/** Each argument is an address and a folder; what is dumped stands behind a line of its own. */
const migrateAll = `
  require "active_record"
  ActiveRecord::Migration.verbose = false
  ARGV.each_slice(2) do |url, folder|
    ActiveRecord::Base.establish_connection(url)
    ActiveRecord::MigrationContext.new(folder, ActiveRecord::SchemaMigration).migrate
    ActiveRecord::SchemaDumper.dump(ActiveRecord::Base.connection, $stdout)
    puts "== dumped =="
  end
`

const migration = (name: string, body: string): string =>
  `class ${name} < ActiveRecord::Migration[6.1]\n  def up\n    ${body}\n  end\nend\n`

const base = {
  '20260101000001_base.rb': migration(
    'Base',
    `enable_extension "citext"
    create_table(:shops) { |t| t.string :name, limit: 80; t.citext :slug; t.index :slug }
    create_table(:orders) { |t| t.references :shop, foreign_key: true; t.string :state, default: "new"; t.integer :size; t.text :old; t.timestamps }
    create_table(:people) { |t| t.string :name; t.index :name }`,
  ),
}
/** Two branches, each with a schema change of every kind, in tables of their own and in shared ones. */
const ours = {
  '20260201000001_ours.rb': migration(
    'Ours',
    `create_table(:carts) { |t| t.references :order, foreign_key: true; t.index [:id, :order_id], unique: true, name: "carts_twice" }
    add_column :orders, :note, :text, null: false, default: "it's \\"new\\""
    add_column :orders, :paid_at, :datetime, precision: 6
    rename_column :orders, :size, :amount
    add_index :orders, :state, where: "state IS NOT NULL"
    change_column_default :shops, :name, "none"
    add_check_constraint :orders, "amount > 0", name: "positive"
    remove_index :people, :name
    add_foreign_key :people, :shops, column: :id, name: "people_are_shops"`,
  ),
}
const theirs = {
  '20260202000001_theirs.rb': migration(
    'Theirs',
    `enable_extension "btree_gin"
    create_table(:visits, id: :uuid) { |t| t.inet :address; t.jsonb :seen, default: {}; t.belongs_to :person, foreign_key: { to_table: :people } }
    add_column :orders, :tags, :string, array: true, default: []
    remove_column :orders, :old
    add_index :orders, :created_at
    change_column_null :shops, :name, false
    add_column :people, :shop_id, :bigint
    add_foreign_key :people, :shops
    change_column :people, :name, :string, limit: 40`,
  ),
}

let server: PostgresServer
let folder: string

describe.skipIf(!hasRails)(`a merged schema.rb${needsRails}`, () => {
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'conduct-merged-'))
    server = await startPostgres()
  }, 30_000)
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  it('is byte by byte what Rails dumps after the migrations of both', async () => {
    const sets = [base, { ...base, ...ours }, { ...base, ...theirs }, { ...base, ...ours, ...theirs }]
    const args = await Promise.all(
      sets.map(async (files, at) => {
        const place = path.join(folder, String(at))
        await mkdir(place)
        for (const [name, text] of Object.entries(files)) await writeFile(path.join(place, name), text)
        return [await server.createDatabase(), place]
      }),
    )
    const { stdout } = await run('ruby', ['-e', migrateAll, ...args.flat()], { timeout: 60_000 })
    const [atBase = '', atOurs = '', atTheirs = '', atBoth = ''] = stdout.split('== dumped ==\n')

    const merge = await loadSchemaMerger()
    const merged = merge({ base: atBase, ours: atOurs, theirs: atTheirs })
    const turned = merge({ base: atBase, ours: atTheirs, theirs: atOurs })

    expect(atBoth).toContain('2026_02_02_000001')
    expect(merged).toMatchObject({ outcome: 'merged', text: atBoth })
    expect(turned).toMatchObject({ outcome: 'merged', text: atBoth })
  })
})
