import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import {
  applyOperations,
  emptySchema,
  loadRailsReader,
  schemaLines,
  withImpliedRenames,
  type Operation,
  type RailsReader,
} from '@conduct/planner'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startPostgres, type PostgresServer } from '../servers/postgres.ts'
import { comparableLines } from './comparable-schema.ts'
import { railsMigrations } from './rails-migrations.ts'

/** What we read from migrations, against what Active Record makes of them on a real Postgres. */
const hasRails = spawnSync('ruby', ['-e', 'require "active_record"; require "pg"']).status === 0
const needsRails = hasRails ? '' : ' (skipped: needs ruby with activerecord and pg)'
const run = promisify(execFile)

/** Runs the migrations of a folder, and dumps the schema as `db:migrate` does. */
const migrate = `
  require "active_record"
  ActiveRecord::Base.establish_connection(ARGV[0])
  ActiveRecord::Migration.verbose = false
  ActiveRecord::MigrationContext.new(ARGV[1], ActiveRecord::SchemaMigration).migrate
  ActiveRecord::SchemaDumper.dump(ActiveRecord::Base.connection, $stdout)
`

let reader: RailsReader
let server: PostgresServer
let folder: string

describe.skipIf(!hasRails)(`migrations, run by real Rails${needsRails}`, () => {
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'conduct-rails-'))
    ;[reader, server] = await Promise.all([loadRailsReader(), startPostgres()])
  }, 30_000)
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  async function dumpedBy(migrations: Readonly<Record<string, string>>): Promise<string> {
    const place = await mkdtemp(path.join(folder, 'm-'))
    for (const [name, text] of Object.entries(migrations)) await writeFile(path.join(place, name), text)
    const url = await server.createDatabase()
    const { stdout } = await run('ruby', ['-e', migrate, url, place], { timeout: 60_000 })
    return stdout
  }

  function readAll(migrations: Readonly<Record<string, string>>): readonly Operation[] {
    return Object.entries(migrations).flatMap(
      ([file, text]) => reader.readMigration({ file, text }).operations,
    )
  }

  it('reach the schema that we read from them', async () => {
    const dump = await dumpedBy(railsMigrations)

    const read = readAll(railsMigrations)
    const migrated = applyOperations(emptySchema, withImpliedRenames(emptySchema, read))
    const schema = reader.readSchema({ file: 'db/schema.rb', text: dump })
    const dumped = applyOperations(emptySchema, schema.operations)

    expect(read.filter((each) => each.confidence !== 'exact')).toEqual([])
    expect(schema.coverage.resolved).toBe(schema.coverage.total)
    if (migrated.outcome === 'refused' || dumped.outcome === 'refused')
      throw new Error(JSON.stringify([migrated, dumped]))
    expect(comparableLines(migrated.schema)).toEqual(comparableLines(dumped.schema))
    expect(schemaLines(dumped.schema).length).toBeGreaterThan(60)
  })

  it('would show an operation that was not read', async () => {
    const migrations = {
      '20260101000001_a.rb':
        'class A < ActiveRecord::Migration[6.1]\n  def change\n    create_table(:as) { |t| t.text :b; t.text :c }\n  end\nend\n',
    }
    const dump = await dumpedBy(migrations)

    const missing = readAll(migrations).map((each) =>
      each.kind === 'create_table' ? { ...each, columns: each.columns.slice(0, 2) } : each,
    )
    const migrated = applyOperations(emptySchema, missing)
    const dumped = applyOperations(
      emptySchema,
      reader.readSchema({ file: 'db/schema.rb', text: dump }).operations,
    )

    if (migrated.outcome === 'refused' || dumped.outcome === 'refused') throw new Error('both apply')
    expect(comparableLines(migrated.schema)).not.toEqual(comparableLines(dumped.schema))
  })
})
