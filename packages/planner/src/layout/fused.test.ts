import { beforeAll, describe, expect, it } from 'vitest'

import { loadSqlReader } from '../readers/sql/read-sql.ts'
import { applyOperations } from '../schema/apply.ts'
import { emptySchema, openSchema, type Schema } from '../schema/schema.ts'
import type { Layout } from './batch-file.ts'
import { layOutFusedRails } from './fuse-rails.ts'
import { type FusingTools, layOutFused } from './fused.ts'
import { loadFusingTools, loadRailsFusingTools } from './load-fusing-tools.ts'

let tools: FusingTools
let base: Schema
beforeAll(async () => {
  const [read, loaded] = await Promise.all([loadSqlReader(), loadFusingTools()])
  tools = loaded
  const text = `CREATE TABLE orders (id bigint PRIMARY KEY, state text, note varchar(20));
    CREATE TABLE users (id bigint PRIMARY KEY, name text);`
  const applied = applyOperations(emptySchema, read({ file: 'base.sql', text }).operations)
  base = applied.outcome === 'applied' ? applied.schema : openSchema
})

const fuse = (texts: Readonly<Record<string, string>>, suffix = '.sql'): Layout =>
  layOutFused(
    {
      tickets: Object.keys(texts),
      files: Object.entries(texts).map(([ticket, text], at) => ({
        ticket,
        text,
        path: `db/V${at + 3}__${ticket}${suffix}`,
        kind: 'added',
      })),
      taken: { versions: ['2', '9'], classNames: [] },
      basePaths: [],
      base,
      now: new Date('2026-02-01T00:00:00Z'),
      major: 18,
    },
    tools,
  )

describe('the layout fused', () => {
  it('alters each table once, the mildest first, and leaves what needs its own transaction for the end', () => {
    const fused = fuse({
      a: "ALTER TABLE public.orders ADD COLUMN colour text DEFAULT 'a;b'; -- really\nALTER TABLE orders ALTER note TYPE varchar(50);",
      b: 'ALTER TABLE "users" ADD nickname text;\nCREATE INDEX CONCURRENTLY n ON users (nickname);',
      c: 'CREATE TABLE carts (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));\nALTER TABLE orders ADD cart_id bigint, DROP COLUMN state;',
    })

    expect(fused.refused).toEqual([])
    expect(fused.files).toEqual([
      {
        ticket: null,
        from: null,
        version: '10',
        path: 'db/V10__batch.sql',
        isTransactional: true,
        text: `CREATE TABLE carts (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));

ALTER TABLE public.orders
  ADD COLUMN colour text DEFAULT 'a;b',
  ALTER note TYPE varchar(50),
  ADD cart_id bigint, DROP COLUMN state;

ALTER TABLE "users" ADD nickname text;
`,
      },
      {
        ticket: null,
        from: null,
        version: '11',
        path: 'db/V11__batch_2.sql',
        isTransactional: false,
        text: 'CREATE INDEX CONCURRENTLY n ON users (nickname);\n',
      },
    ])
  })

  it('keeps apart what names one column twice, since one statement has no order', () => {
    const fused = fuse({
      a: 'ALTER TABLE orders ADD x int; ALTER TABLE orders ALTER x SET DEFAULT 1; ALTER TABLE orders ADD y int;',
    })

    expect(fused.files[0]?.text.match(/ALTER TABLE/g)).toHaveLength(2)
    expect(fused.refused).toEqual([])
  })

  it('refuses, with the line, what is not exact, what changes rows, settings, and what is no SQL', () => {
    const because = (text: string, suffix?: string): string | undefined =>
      fuse({ a: text }, suffix).refused[0]?.because

    expect(because('ALTER TABLE IF EXISTS orders ADD x int;')).toContain('db/V3__a.sql:1: it is conditional')
    expect(because('SELECT 1;\nDO $$ BEGIN END $$;')).toContain('db/V3__a.sql')
    expect(because('\nUPDATE orders SET state = 1;')).toBe('db/V3__a.sql:2: it changes rows')
    expect(because("SET lock_timeout = '1s';")).toContain('a setting of its session')
    expect(because('ALTER TABLE orders DROP COLUMN nothing;')).toContain('nothing')
  })
})

describe('the layout fused for Rails', () => {
  const migration = (name: string, body: string): string =>
    `class ${name} < ActiveRecord::Migration[6.1]\n  def change\n    ${body}\n  end\nend\n`
  const fuseRails = async (bodies: Readonly<Record<string, string>>): Promise<Layout> =>
    layOutFusedRails(
      {
        tickets: Object.keys(bodies),
        files: Object.entries(bodies).map(([ticket, body], at) => ({
          ticket,
          text: migration(`Ticket${ticket.toUpperCase()}`, body),
          path: `db/migrate/2026010100000${at}_ticket_${ticket}.rb`,
          kind: 'added',
        })),
        taken: { versions: ['20260101000009'], classNames: [] },
        basePaths: [],
        base,
        now: new Date('2026-02-01T00:00:00Z'),
        major: 18,
      },
      await loadRailsFusingTools(),
    )

  it('adds the columns of all in one change of each table, and keeps the files of who does more', async () => {
    const fused = await fuseRails({
      a: 'add_column :orders, :colour, :string, limit: 20, default: \'red "#1"\'',
      b: 'add_index :users, :name',
      c: 'change_table(:orders) { |t| t.boolean :paid, default: false, null: false; t.datetime :paid_at }',
    })

    expect(fused.refused).toEqual([])
    expect(fused.files.map((each) => each.path)).toEqual([
      'db/migrate/20260201000000_ticket_b.rb',
      'db/migrate/20260201000001_fused_batch.rb',
    ])
    expect(fused.files[1]?.text).toBe(`class FusedBatch < ActiveRecord::Migration[6.1]
  def change
    change_table "orders", bulk: true do |t|
      t.column "colour", "varchar(20)", default: -> { "'red \\"\\#1\\"'" }
      t.column "paid", "boolean", default: -> { "false" }, null: false
      t.column "paid_at", "timestamp without time zone"
    end
  end
end
`)
  })

  it('refuses what has nothing to fuse', async () => {
    expect(await fuseRails({ a: 'add_column :orders, :x, :integer', b: 'drop_table :users' })).toMatchObject({
      files: [],
      refused: [{ because: 'no table gets columns of two of them: there is nothing to fuse' }],
    })
  })
})
