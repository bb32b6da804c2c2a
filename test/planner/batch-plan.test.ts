import { mkdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { conduct, documentOf, normalise, temporaryFolder } from '../e2e/conduct-process.ts'
import { writeBranches } from './open-branches.ts'
import { sarifProblems } from '../sarif-schema.ts'

/** Twelve open branches over a small shop: Flyway's names, plain SQL. */
const estate = {
  main: {
    'README.md': 'a shop',
    'db/V1__users.sql': `CREATE TABLE users (id bigint PRIMARY KEY, name text, email text NOT NULL);
CREATE UNIQUE INDEX users_email ON users (email);`,
    'db/V2__orders.sql': `CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id), state text, note varchar(20));
CREATE INDEX orders_state ON orders (state);`,
  },
  branches: {
    'feat/colour': { 'db/V3__colour.sql': 'ALTER TABLE orders ADD COLUMN colour text;' },
    'feat/nickname': { 'db/V3__nickname.sql': 'ALTER TABLE users ADD COLUMN nickname text;' },
    'feat/carts': {
      'db/V4__carts.sql': 'CREATE TABLE carts (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));',
    },
    'feat/nick': { 'db/V5__nick.sql': '-- again\nALTER TABLE users ADD nickname text;' },
    'feat/nickname-index': {
      'db/V6__ix.sql': 'CREATE INDEX CONCURRENTLY users_nickname ON users (nickname);',
    },
    'feat/long-note': { 'db/V7__note.sql': 'ALTER TABLE orders ALTER COLUMN note TYPE varchar(200);' },
    'feat/drop-note': { 'db/V8__drop.sql': 'ALTER TABLE orders DROP COLUMN note;' },
    'feat/upper-names': { 'db/V9__upper.sql': 'UPDATE users SET name = upper(name);' },
    'feat/big-id': { 'db/V10__id.sql': 'ALTER TABLE users ALTER COLUMN id TYPE numeric;' },
    'feat/by-hand': { 'db/V11__do.sql': 'DO $$ BEGIN PERFORM by_hand(); END $$;' },
    'feat/rewritten': { 'db/V2__orders.sql': 'CREATE TABLE orders (id bigint);' },
    'feat/docs': { 'README.md': 'a better shop' },
  },
} as const

interface SarifResult {
  readonly ruleId: string
  readonly ruleIndex: number
  readonly level: string
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string }
      readonly region: { readonly startLine: number }
    }
  }[]
}

interface Sarif {
  readonly version: string
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } }
    readonly results: readonly SarifResult[]
  }[]
}

function placeOf({ locations }: SarifResult): string {
  const [place] = locations
  return `${place?.physicalLocation.artifactLocation.uri}:${place?.physicalLocation.region.startLine}`
}

const folder = temporaryFolder()
beforeAll(() => writeBranches(folder.path, estate))
afterAll(() => folder[Symbol.dispose]())

const plan = (...args: readonly string[]) => conduct(['batch', 'plan', ...args], { cwd: folder.path })

describe('conduct batch plan', () => {
  it('says which branches share a turn, in which order, and why', async () => {
    const ended = await plan('--branch', 'feat/*')

    expect(ended).toMatchObject({ exit: 0, stderr: '' })
    expect(normalise(ended.stdout, folder.path)).toMatchInlineSnapshot(`
      "11 tickets change the schema: 7 turns instead of 10 (no plan has fewer); 11.5 hours of waiting saved.
      turn-1  expand, about 50 min; locks orders (ACCESS EXCLUSIVE), users (ACCESS EXCLUSIVE)
        feat/carts           S1      create table carts, add foreign key carts
        feat/colour          S1      add column orders.colour
        feat/long-note       S1      change type orders.note
        feat/nick            S1      add column users.nickname
      turn-2  solo, about 35 min; locks users (ACCESS EXCLUSIVE)
        feat/big-id          B2      change type users.id
      turn-3  solo, about 35 min; what it locks is not known
        feat/by-hand         opaque  could not be read
      turn-4  expand, about 35 min; locks users (SHARE UPDATE EXCLUSIVE)
        feat/nickname-index  S2      create index users.users_nickname; after feat/nick
      turn-5  solo, about 35 min; what it locks is not known
        feat/rewritten       opaque  could not be read
      turn-6  solo, about 35 min; locks users (ROW EXCLUSIVE)
        feat/upper-names     X       data users
      turn-7  contract, about 35 min; locks orders (ACCESS EXCLUSIVE); waits until no live code uses orders.note
        feat/drop-note       D       drop column orders.note

      Alone
        feat/big-id: it rewrites a table, fact type_int_to_bigint (db/V10__id.sql:1)
        feat/by-hand: it could not be read: DO block: SELECT that calls a function or writes (db/V11__do.sql:1)
        feat/rewritten: it could not be read: changes a migration that is on the base (db/V2__orders.sql:1)
        feat/upper-names: it changes rows, fact update_all (db/V9__upper.sql:1)

      Dropped
        feat/nickname: feat/nick does the same

      How they stand to each other
        feat/drop-note × feat/long-note: conflict
          drop column orders.note and change type orders.note cannot both stand: column orders.note (db/V8__drop.sql:1, db/V7__note.sql:1)
        feat/nick × feat/nickname: duplicate
          both add column users.nickname (db/V5__nick.sql:2, db/V3__nickname.sql:1)
        feat/nick × feat/nickname-index: order
          add column users.nickname must come before create index users.users_nickname: column users.nickname (db/V5__nick.sql:2, db/V6__ix.sql:1)
        26 more pairs with what is alone or dropped: --json has all of them

      Files that collide
        same version 3: db/V3__colour.sql (feat/colour), db/V3__nickname.sql (feat/nickname)

      Not proved
        turn-3: DO block: SELECT that calls a function or writes (db/V11__do.sql:1)
        turn-5: changes a migration that is on the base (db/V2__orders.sql:1)
        turn-6: update of rows in users (db/V9__upper.sql:1)

      batch now: 4 tickets wait that can share a turn; 11 of 12 in flight change the schema, more than 30 %; it saves 11.5 hours of waiting, more than 8.
      Next: node <conduct.js> -C <folder> batch write turn-1 --branch 'feat/*'
      "
    `)
  })

  it('is one JSON document that is the same whatever the order of the patterns', async () => {
    const [one, other] = await Promise.all([
      plan('--branch', 'feat/n*', '--branch', 'feat/[a-m]*', '--json'),
      plan('--branch', 'feat/[a-m]*', '--branch', 'feat/n*', '--json'),
    ])

    const document = documentOf(one)
    expect(document).toMatchObject({
      command: 'batch plan',
      lower_bound: expect.any(Number) as number,
      dropped: [{ ticket: 'feat/nickname', duplicate_of: 'feat/nick' }],
      collisions: [{ rule: 'same_version', value: '3' }],
      input_hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    })
    // Only the moment of planning differs.
    expect({ ...documentOf(other), input_hash: null }).toEqual({ ...document, input_hash: null })
  })

  it('gives a turn of its own to what scans a table that is large, in folders as in branches', async () => {
    folder.write('rows.json', '{"orders": 50000000}')
    mkdirSync(`${folder.path}/ix`)
    folder.write('ix/1_ix.sql', 'CREATE INDEX orders_note ON orders (note);')

    const ended = await plan('--folder', 'a=ix', '--statistics', 'rows.json', '--json')

    expect(documentOf(ended)).toMatchObject({
      solo: [{ ticket: 'a', because: [expect.stringContaining('large table, fact create_index') as string] }],
      base_problem: 'there is nothing to read it from',
    })
  })

  it('reads Rails by schema.rb and its migrations, and sees one class name in two branches', async () => {
    using shop = temporaryFolder()
    const migration = (body: string): string => `class AddThing < ActiveRecord::Migration[7.1]
  def change
    ${body}
  end
end
`
    writeBranches(shop.path, {
      main: {
        'db/schema.rb': `ActiveRecord::Schema[7.1].define(version: 2026_01_01_000000) do
  create_table "orders", force: :cascade do |t|
    t.string "note", limit: 20
    t.index ["note"], name: "index_orders_on_note"
  end
end
`,
      },
      branches: {
        a: { 'db/migrate/20260201000000_add_a.rb': migration('add_column :orders, :a, :string') },
        b: {
          'db/migrate/20260202000000_add_b.rb': migration('add_column :orders, :b, :integer, default: 0'),
        },
        c: {
          'db/migrate/20260203000000_drop.rb': migration('remove_column :orders, :note, :string'),
          'db/schema.rb': `ActiveRecord::Schema[7.1].define(version: 2026_02_03_000000) do
  create_table "orders", force: :cascade do |t|
    t.text "stray"
  end
end
`,
          'lib/tasks/fix.rake': 'task(:fix) { execute "DROP TABLE orders" }',
        },
      },
    })

    const ended = await conduct(['batch', 'plan', '--branch', '[abc]', '--json'], { cwd: shop.path })

    expect(documentOf(ended)).toMatchObject({
      base_problem: null,
      turns: [
        { category: 'expand', tickets: ['a', 'b'], proof: { outcome: 'same', limits: [] } },
        { category: 'contract', tickets: ['c'], proof: { outcome: 'same' } },
      ],
      collisions: [{ rule: 'same_class', value: 'AddThing' }],
      smuggled: [
        { ticket: 'a', signals: [{ kind: 'schema_differs', place: { line: 3 } }] },
        { ticket: 'b', signals: [{ kind: 'schema_differs' }] },
        {
          ticket: 'c',
          signals: [
            { kind: 'schema_differs', place: { file: 'db/schema.rb', line: 2 } },
            { kind: 'hidden_ddl', place: { file: 'lib/tasks/fix.rake', line: 1 } },
          ],
        },
      ],
    })
  })

  it('is Markdown for a pull request, SARIF for code review, and a page with a picture', async () => {
    const [shown, unwritable] = await Promise.all([
      plan('--branch', 'feat/*', '--markdown', '--sarif', 'plan.sarif', '--html', 'plan.html'),
      plan('--branch', 'feat/*', '--html', 'no/such/plan.html', '--json'),
    ])

    expect(shown).toMatchObject({ exit: 0, stderr: '' })
    expect(shown.stdout).toMatch(
      /^# Schema changes that wait for the lane\n\n\*\*11 tickets change the schema: 7 turns/,
    )
    expect(shown.stdout).toContain(
      '| `feat/nickname-index` | S2: online, a step of its own | create index | after `feat/nick` |',
    )
    const sarif = JSON.parse(readFileSync(`${folder.path}/plan.sarif`, 'utf8')) as Sarif
    const [review] = sarif.runs
    expect(sarif.version).toBe('2.1.0')
    expect(sarifProblems(sarif)).toEqual([])
    expect(review?.results.map((each) => `${each.level} ${each.ruleId} ${placeOf(each)}`)).toEqual(
      expect.arrayContaining([
        'error batch/conflict db/V8__drop.sql:1',
        'error batch/collision db/V3__colour.sql:1',
        'warning batch/alone db/V10__id.sql:1',
        'warning batch/unread db/V11__do.sql:1',
        'note batch/order db/V5__nick.sql:2',
        'note batch/duplicate db/V5__nick.sql:2',
      ]),
    )
    for (const { ruleId, ruleIndex } of review?.results ?? []) {
      expect(review?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId)
    }
    const page = readFileSync(`${folder.path}/plan.html`, 'utf8')
    expect(page).not.toMatch(/<script|https?:/)
    expect(page.match(/<tr class="(?:first)?">/g)).toHaveLength(10)
    expect(page).toContain('title="feat/nick: add column users.nickname must come before create index')
    expect(documentOf(unwritable)).toMatchObject({ error: { code: 'OUTPUT_UNWRITABLE' } })
  })

  it('refuses what matches nothing (BATCH_SOURCE_MISSING), and sizes that are none (BATCH_ROWS_INVALID)', async () => {
    folder.write('bad.json', '{"orders": "many"}')

    const [nothing, rows] = await Promise.all([
      plan('--branch', 'nobody/*', '--json'),
      plan('--branch', 'feat/*', '--statistics', 'bad.json', '--json'),
    ])

    expect(documentOf(nothing)).toMatchObject({ exit: 2, error: { code: 'BATCH_SOURCE_MISSING' } })
    expect(documentOf(rows)).toMatchObject({ exit: 2, error: { code: 'BATCH_ROWS_INVALID' } })
  })
})
