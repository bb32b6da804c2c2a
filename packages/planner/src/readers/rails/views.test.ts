import { describe, expect, it } from 'vitest'

import { openSchema } from '../../schema/schema.ts'
import { loadMigrationReader } from '../read-migrations.ts'
import { loadRailsReader } from './read-rails.ts'

const reader = await loadRailsReader()
const onMysql = await loadRailsReader({ adapter: 'mysql' })

const migrate = (body: string) =>
  reader.readMigration({
    file: 'db/migrate/1_x.rb',
    text: `class X < ActiveRecord::Migration[7.1]\n  def change\n    ${body}\n  end\nend\n`,
  })
const dump = `ActiveRecord::Schema[7.1].define(version: 1) do
  create_table "posts" do |t|
    t.text "body"
  end

  create_view "recent", sql_definition: <<-SQL
      SELECT id FROM posts;
  SQL
  create_view "counted", materialized: true, sql_definition: <<-SQL
      SELECT count(*) AS n FROM posts;
  SQL
  add_index "counted", ["n"], name: "counted_n", unique: true
  create_function :touched, sql_definition: <<-'SQL'
      CREATE OR REPLACE FUNCTION public.touched() RETURNS trigger LANGUAGE plpgsql AS $function$ begin return new; end $function$
  SQL
  create_trigger :posts_touched, sql_definition: <<-SQL
      CREATE TRIGGER posts_touched BEFORE INSERT ON public.posts FOR EACH ROW EXECUTE FUNCTION touched()
  SQL
end
`

describe('views, functions and triggers of libraries', () => {
  it('are read from the SQL that a dump has of them, with what they select from', () => {
    const { operations, coverage } = reader.readSchema({ file: 'db/schema.rb', text: dump })

    expect(coverage.resolved).toBe(coverage.total)
    expect(operations.slice(1)).toMatchObject([
      { kind: 'create_view', name: 'recent', isMaterialized: false, reads: ['posts'], place: { line: 6 } },
      { kind: 'create_view', name: 'counted', isMaterialized: true, reads: ['posts'] },
      { kind: 'create_index', table: 'counted' },
      { kind: 'create_function', name: expect.stringContaining('touched') as string },
      { kind: 'create_trigger', table: expect.stringContaining('posts') as string, name: 'posts_touched' },
    ])
  })

  it('are known by their names in the dump of a database whose SQL is not read', () => {
    const [, ...operations] = onMysql.readSchema({ file: 'db/schema.rb', text: dump }).operations

    expect(operations.slice(0, 2)).toMatchObject([
      { kind: 'create_view', name: 'recent', confidence: 'exact' },
      { kind: 'create_view', name: 'counted' },
    ])
  })

  it('are read from the file of their version, where it is there', async () => {
    const added = (path: string, text: string) => ({ path, text, kind: 'added' as const })
    const migration = (body: string) =>
      added(
        'db/migrate/20260102030405_x.rb',
        `class X < ActiveRecord::Migration[7.1]\n  def change\n    ${body}\n  end\nend\n`,
      )
    const read = async (body: string, engine: 'postgres' | 'mysql' = 'postgres') => {
      const files = [
        migration(body),
        added('db/views/recent_v01.sql', 'SELECT id FROM posts\n'),
        added('db/views/billing_totals_v02.sql', 'SELECT sum(n) AS n FROM bills;'),
        added(
          'db/functions/touched_v01.sql',
          'CREATE OR REPLACE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS $$ begin return new; end $$;',
        ),
      ]
      const loaded = await loadMigrationReader(
        files.map((each) => each.path),
        { engine },
      )
      return loaded.readTicket('T-1', files, openSchema).operations
    }

    expect(await read('create_view :recent')).toMatchObject([
      { kind: 'create_view', name: 'recent', reads: ['posts'], confidence: 'exact', place: { line: 3 } },
    ])
    expect(await read('update_view "billing.totals", version: 2, materialized: true')).toMatchObject([
      {
        kind: 'create_view',
        name: 'billing.totals',
        reads: ['bills'],
        isReplacing: true,
        isMaterialized: true,
      },
    ])
    expect(await read('create_function :touched')).toMatchObject([{ kind: 'create_function' }])
    expect(await read('create_view :recent, version: 3')).toMatchObject([
      { kind: 'create_view' },
      { kind: 'opaque' },
    ])
    expect(await read('create_view :recent', 'mysql')).toMatchObject([
      { kind: 'create_view', name: 'recent', reads: ['posts'], engine: 'mysql' },
    ])
  })

  it('say that SQL which has run was changed', async () => {
    const changed = { path: 'db/views/recent_v01.sql', text: 'SELECT 1', kind: 'modified' } as const
    const loaded = await loadMigrationReader([changed.path])

    expect(loaded.readTicket('T-1', [changed], openSchema).operations).toMatchObject([
      { kind: 'opaque', reason: 'changes SQL that a migration on the base has run', place: { line: 1 } },
    ])
  })

  it('are opaque in a migration beside their name: what they select stands in another file', () => {
    expect(migrate('create_view :recent').operations).toMatchObject([
      { kind: 'create_view', name: 'recent', isReplacing: false },
      { kind: 'opaque', touches: 'anything' },
    ])
    expect(migrate('update_view :recent, version: 2, revert_to_version: 1').operations).toMatchObject([
      { kind: 'create_view', name: 'recent', isReplacing: true },
      { kind: 'opaque' },
    ])
    expect(migrate('create_view :recent, sql_definition: "SELECT id FROM posts"').operations).toMatchObject([
      { kind: 'create_view', name: 'recent', reads: ['posts'] },
    ])
    expect(migrate('drop_view :recent, revert_to_version: 2').operations).toMatchObject([
      { kind: 'drop_view', name: 'recent', isMaterialized: false },
    ])
    expect(migrate('create_trigger :t').operations).toMatchObject([{ kind: 'opaque' }])
  })
})
