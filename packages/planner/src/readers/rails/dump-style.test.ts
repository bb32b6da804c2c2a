import { expect, it } from 'vitest'

import { applyOperations } from '../../schema/apply.ts'
import { emptySchema, schemaLines } from '../../schema/schema.ts'
import { railsOfDump, railsOfLockfile } from './dump-style.ts'
import { withImpliedRenames } from './implied-renames.ts'
import { loadRailsReader } from './read-rails.ts'

const reader = await loadRailsReader()

it('knows the Rails that dumped a schema file by how it is written', () => {
  const dumps = {
    3.2: 'ActiveRecord::Schema.define(:version => 1) do\n  create_table "a", :force => true do |t|\n  end\nend',
    4.1: 'ActiveRecord::Schema.define(version: 1) do\n  create_table "a", force: true do |t|\n  end\nend',
    4.2: 'ActiveRecord::Schema.define(version: 1) do\n  create_table "a", force: :cascade do |t|\n  end\n  add_index "a", ["b"], name: "i"\nend',
    6.1: 'ActiveRecord::Schema.define(version: 1) do\n  create_table "a", force: :cascade do |t|\n    t.index ["b"], name: "i"\n  end\nend',
  }

  for (const [version, text] of Object.entries(dumps)) expect(railsOfDump(text)).toBe(Number(version))
  const [old] = reader.readSchema({ file: 'db/schema.rb', text: dumps[3.2] }).operations
  expect(old).toMatchObject({ columns: [{ name: 'id', type: 'serial' }] })
  expect(railsOfLockfile('GEM\n  specs:\n    rails (7.1.3)\n')).toBe(7.1)
  expect(railsOfLockfile('GEM\n  specs:\n    rack (3.0)\n')).toBeNull()
})

it('gives keys that the configuration types the type that the keys of the base have', () => {
  const migration = (version: string) => `class A < ActiveRecord::Migration[7.0]
  def change
    key = Rails.configuration.generators.options[:active_record][:primary_key_type]
    create_table :blobs, id: key || :primary_key do |t|
      t.references :owner, type: key || :bigint, index: false
    end
  end
end
# ${version}`
  const after = (dump: string) => {
    const base = applyOperations(
      emptySchema,
      reader.readSchema({ file: 'db/schema.rb', text: dump }).operations,
    )
    if (base.outcome === 'refused') throw new Error(base.problem)
    const { operations } = reader.readMigration({ file: 'db/migrate/1_a.rb', text: migration('1') })
    const applied = applyOperations(base.schema, withImpliedRenames(base.schema, operations))
    if (applied.outcome === 'refused') throw new Error(applied.problem)
    return schemaLines(applied.schema).filter((line) => line.startsWith('column blobs.'))
  }

  const uuid = after(
    'ActiveRecord::Schema[7.0].define(version: 1) do\n  create_table "a", id: :uuid, default: -> { "gen_random_uuid()" } do |t|\n  end\nend',
  )
  const counted = after(
    'ActiveRecord::Schema[7.0].define(version: 1) do\n  create_table "a" do |t|\n  end\nend',
  )

  expect(uuid).toEqual([
    expect.stringMatching(/^column blobs\.id .*gen_random_uuid.*"type":"uuid"/) as string,
    expect.stringMatching(/^column blobs\.owner_id .*"type":"uuid"/) as string,
  ])
  expect(counted).toEqual([
    expect.stringMatching(/^column blobs\.id .*"type":"bigserial"/) as string,
    expect.stringMatching(/^column blobs\.owner_id .*"type":"bigint"/) as string,
  ])
})
