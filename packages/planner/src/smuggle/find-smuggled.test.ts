import { describe, expect, it } from 'vitest'

import { loadSmuggleFinder } from './find-smuggled.ts'
import type { ChangedText, SmuggleInput } from './signal.ts'
import { isWorthReading, mayBeSmuggled, mayHideDdl, pathsToParse } from './worth-reading.ts'

const schemaFile = 'db/schema.rb'
const dump = (columns: string, more = ''): string =>
  `ActiveRecord::Schema[7.1].define(version: 1) do\n  create_table "orders", force: :cascade do |t|\n    t.string "state"\n${columns}  end\n${more}end\n`
const migration = (body: string): string =>
  `class A < ActiveRecord::Migration[7.1]\n  def change\n    ${body}\n  end\nend\n`
const added = (path: string, after: string): ChangedText => ({ path, before: null, after })
const changed = (path: string, before: string, after: string): ChangedText => ({ path, before, after })
const add = (body: string): ChangedText => added('db/migrate/20260102000000_a.rb', migration(body))

async function find(changes: readonly ChangedText[], more: Partial<SmuggleInput> = {}) {
  const finder = await loadSmuggleFinder(changes.map((each) => each.path))
  const input = { changes, isFlagged: null, schemaFile: null, origins: [], ...more }
  const found = finder(input)
  expect(finder({ ...input, changes: changes.toReversed() })).toEqual(found)
  // Nothing is lost with what is not worth a parser, nor with parsers that are not loaded.
  expect(finder({ ...input, changes: changes.filter(isWorthReading) })).toEqual(found)
  expect((await loadSmuggleFinder(pathsToParse(input)))(input)).toEqual(found)
  return {
    ...found,
    lines: found.signals.map(({ kind, place, why }) => `${kind} ${place.file}:${place.line} ${why}`),
  }
}

describe('a change that is not flagged', () => {
  it('has its migrations and schema files named', async () => {
    const changes = [
      add('add_column :orders, :x, :text'),
      changed(schemaFile, dump(''), dump('    t.text "x"\n')),
    ]

    expect((await find(changes, { isFlagged: false })).lines).toEqual([
      'unflagged db/migrate/20260102000000_a.rb:1 A migration changed, and the ticket does not say that it changes the schema.',
      'unflagged db/schema.rb:1 The schema file changed, and the ticket does not say that it changes the schema.',
    ])
    expect((await find(changes, { isFlagged: true })).lines).toEqual([])
    expect((await find(changes)).lines).toEqual([])
  })
})

describe('a schema file that differs from its migrations', () => {
  it('is found in both directions, and where something is not the same', async () => {
    const { lines, unknown } = await find([
      add('add_column :orders, :x, :text; add_column :orders, :size, :integer; add_index :orders, :state'),
      changed(
        schemaFile,
        dump(''),
        dump(
          '    t.integer "size", default: 3\n    t.text "stray"\n    t.index ["state"], name: "index_orders_on_state"\n',
          '  create_table "loose" do |t|\n  end\n',
        ),
      ),
    ])

    expect(lines).toEqual([
      'schema_differs db/migrate/20260102000000_a.rb:3 The migrations lead to column orders.x, which db/schema.rb does not have.',
      'schema_differs db/schema.rb:2 db/schema.rb has another column orders.size than the migrations lead to.',
      'schema_differs db/schema.rb:2 db/schema.rb has column orders.stray, which no migration makes.',
      'schema_differs db/schema.rb:8 db/schema.rb has table loose, which no migration makes.',
    ])
    expect(unknown).toEqual([])
  })

  it('is found where only one of the two changed', async () => {
    expect((await find([add('add_column :orders, :x, :text')], { schemaFile })).lines).toEqual([
      'schema_differs db/migrate/20260102000000_a.rb:3 The migration changes the schema, and db/schema.rb does not.',
    ])
    expect((await find([add('add_column :orders, :x, :text')])).lines).toEqual([])
    expect((await find([changed(schemaFile, dump(''), dump('    t.text "x"\n'))])).lines).toEqual([
      'schema_differs db/schema.rb:2 db/schema.rb has column orders.x, which no migration makes.',
    ])
  })

  it('is none where both say the same, in the words of Rails or of SQL', async () => {
    const foreign = 'add_reference :orders, :shop, foreign_key: true; create_table(:shops)'
    const after = dump(
      '    t.bigint "shop_id"\n    t.index ["shop_id"], name: "index_orders_on_shop_id"\n',
      '  create_table "shops", force: :cascade do |t|\n  end\n  add_foreign_key "orders", "shops"\n',
    )
    const shops = 'create_table(:shops); add_reference :orders, :shop, foreign_key: true'
    expect(foreign).not.toBe(shops)
    expect((await find([add(shops), changed(schemaFile, dump(''), after)])).lines).toEqual([])
    expect(
      (
        await find([
          added('db/migrate/2_x.sql', 'ALTER TABLE t ADD x int;'),
          changed('db/structure.sql', 'CREATE TABLE t (id int);', 'CREATE TABLE t (id int, x int);'),
        ])
      ).lines,
    ).toEqual([])
  })

  it('is not looked for in what could not be read, and that is said', async () => {
    const hidden = await find([
      add('Whatever.call(:orders)'),
      changed(schemaFile, dump(''), dump('    t.text "x"\n')),
    ])

    expect(hidden.lines).toEqual([])
    expect(hidden.unknown).toEqual([expect.stringContaining('db/migrate/20260102000000_a.rb:3') as string])
    expect((await find([changed(schemaFile, dump(''), 'load("db/more.rb")')])).unknown).toEqual([
      'db/schema.rb:1: another file is loaded, which is not read',
    ])
  })
})

describe('a library that brings migrations', () => {
  const lock = (good: string, rails: string): string =>
    `GEM\n  specs:\n    good_job (${good})\n      rails (>= 6)\n    rails (${rails})\n    shop_engine (${good})\n`

  it('is found by its name, and by what was copied from it', async () => {
    const bump = changed('Gemfile.lock', lock('3.0.0', '7.1.0'), lock('4.0.0', '7.2.0'))

    expect((await find([bump])).lines).toEqual([
      'dependency_migrations Gemfile.lock:3 good_job goes from 3.0.0 to 4.0.0; it brings migrations of its own, and none of them is here.',
    ])
    expect((await find([bump], { origins: ['shop_engine'] })).lines).toHaveLength(2)
    expect(
      (await find([bump, added('db/migrate/20260102000000_b.shop_engine.rb', migration('nil'))])).lines,
    ).toContain(
      'dependency_migrations Gemfile.lock:6 shop_engine goes from 3.0.0 to 4.0.0, and migrations of it are copied here.',
    )
    expect(
      (
        await find([
          changed('requirements.txt', 'Django==4.2\n', 'requests==2\nDjango==5.0\n'),
          changed(
            'package.json',
            '{\n  "pg-boss": "^9.0.0"\n}',
            '{\n  "left-pad": "2.0.0",\n  "pg-boss": "^10.0.0"\n}',
          ),
        ])
      ).lines.map((line) => line.split(';')[0]),
    ).toEqual([
      'dependency_migrations package.json:3 pg-boss goes from ^9.0.0 to ^10.0.0',
      'dependency_migrations requirements.txt:2 Django goes from 4.2 to 5.0',
    ])
  })
})

describe('statements of the schema where nobody looks for them', () => {
  it('are found in tasks, seeds and initializers, put together or not', async () => {
    const task = [
      'task :fix do',
      '  ActiveRecord::Base.connection.execute(<<~SQL)',
      '    ALTER TABLE orders ADD COLUMN x text;',
      '    UPDATE orders SET x = 1;',
      '  SQL',
      '  ActiveRecord::Base.connection.add_index :orders, :x',
      '  execute "CREATE INDEX #{name} ON orders (x)"',
      '  execute "ALTER TABLE #{a} #{b} #{c}"',
      '  query "SELECT 1"',
      '  add_column(name, value)',
      'end',
    ].join('\n')

    expect((await find([added('lib/tasks/fix.rake', task)])).lines).toEqual([
      'hidden_ddl lib/tasks/fix.rake:2 add column orders changes the schema outside of every migration.',
      'hidden_ddl lib/tasks/fix.rake:6 add_index orders changes the schema outside of every migration.',
      'hidden_ddl lib/tasks/fix.rake:7 create index filled_in changes the schema outside of every migration.',
      'hidden_ddl lib/tasks/fix.rake:8 ALTER TABLE filled_in filled_in changes the schema outside of every migration.',
    ])
    expect((await find([changed('lib/tasks/fix.rake', task, `# again\n${task}`)])).lines).toEqual([])
    expect((await find([added('db/seeds.sql', 'INSERT INTO t VALUES (1);\nDROP TABLE u;')])).lines).toEqual([
      'hidden_ddl db/seeds.sql:2 drop table u changes the schema outside of every migration.',
    ])
    expect((await find([added('spec/support/db.rb', task)])).lines).toEqual([])
  })

  it('are found in texts of JavaScript and Python, and in calls on the schema of Knex', async () => {
    const script = [
      "import { Client } from 'pg'",
      'await client.query(`',
      '  alter table orders add column x text`)',
      "await prisma.$executeRawUnsafe('DROP TABLE ' + name)",
      'await sql`CREATE INDEX i ON ${table} (x)`',
      "const later = 'CREATE TABLE carts (id int)'",
      "await db.schema.alterTable('orders', (t) => t.text('y'))",
      "await db.query('SELECT 1'); await db.query(rest); log('drop table')",
      "// 'DROP TABLE comments'",
    ].join('\n')
    const program = [
      'cursor.execute("""',
      '  alter table orders add column x text""")',
      'op.execute(f"CREATE INDEX i ON {table} (x)")',
      "LATER = 'CREATE TABLE ' 'carts (id int)'",
      "cursor.execute('SELECT 1', rest); print('drop table')",
      "# 'DROP TABLE comments'",
    ].join('\n')
    const outside = 'changes the schema outside of every migration.'

    expect((await find([added('src/setup.ts', script)])).lines).toEqual([
      `hidden_ddl src/setup.ts:2 add column orders ${outside}`,
      `hidden_ddl src/setup.ts:4 DROP TABLE ${outside}`,
      `hidden_ddl src/setup.ts:5 create index i ${outside}`,
      `hidden_ddl src/setup.ts:6 create table carts ${outside}`,
      `hidden_ddl src/setup.ts:7 alterTable orders ${outside}`,
    ])
    expect((await find([added('shop/setup.py', program)])).lines).toEqual([
      `hidden_ddl shop/setup.py:1 add column orders ${outside}`,
      `hidden_ddl shop/setup.py:3 create index i ${outside}`,
      `hidden_ddl shop/setup.py:4 create table carts ${outside}`,
    ])
    expect((await find([changed('src/setup.ts', script, `// again\n${script}`)])).lines).toEqual([])
    const asides = ['src/setup.test.ts', 'tests/setup.ts', 'alembic/versions/1_a.py', 'src/a.d.ts']
    expect(asides.filter(mayHideDdl)).toEqual([])
    expect((await find([added('src/broken.ts', "query('DROP TABLE t'")])).unknown).toEqual([
      'src/broken.ts: it cannot be read, and may hold statements of the schema',
    ])
  })

  it('are found in a migration where the schema file has no place for them', async () => {
    const body =
      'execute "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f()"; execute "ALTER TABLE orders ADD x int"'

    const { lines } = await find([add(body)])

    expect(lines).toEqual([
      expect.stringMatching(
        /^hidden_ddl .*:3 create trigger t stands in execute: schema\.rb has no place/,
      ) as string,
    ])
  })
})

describe('models without their migration', () => {
  const model = (field: string): string => `// shop\nmodel Order {\n  id Int @id\n  ${field}\n}\n`

  it('are found for Prisma, Drizzle and Django', async () => {
    const prisma = changed('prisma/schema.prisma', model(''), model('note String? // free'))
    const drizzle = (column: string): string =>
      `import { pgTable, text } from 'drizzle-orm/pg-core'\nexport const t = pgTable('t', {${column}})\n`
    const django = (field: string): string =>
      `from django.db import models\n\nclass Order(models.Model):\n    state = models.TextField()\n${field}`

    const { lines } = await find([
      prisma,
      changed('src/db.ts', drizzle(''), drizzle(' x: text() ')),
      changed('shop/models.py', django(''), django('    note = models.TextField(null=True)\n')),
    ])

    expect(lines).toEqual([
      'model_without_migration prisma/schema.prisma:4 The models of Prisma changed, and no migration of it comes along.',
      'model_without_migration shop/models.py:5 The models of Django changed (column shop_order.note), and no migration of it comes along.',
      'model_without_migration src/db.ts:2 The models of Drizzle changed, and no migration of it comes along.',
    ])
  })

  it('are compared by what they declare, where Prisma says which engine it is for', async () => {
    const source = 'datasource db {\n  provider = "postgresql"\n}\n'
    const file = (fields: string): string =>
      `${source}model Order {\n  id Int @id\n  ${fields}\n}\nmodel Shop {\n  id Int @id\n}\n`
    const change = changed('prisma/schema.prisma', file(''), file('note String?'))
    const path = 'prisma/migrations/20260101000000_note/migration.sql'

    expect((await find([change])).lines).toEqual([
      'model_without_migration prisma/schema.prisma:6 The models of Prisma changed (column Order.note), and no migration of it comes along.',
    ])
    expect(
      (await find([changed('prisma/schema.prisma', file(''), `// x\n${file('/// note')}`)])).lines,
    ).toEqual([])
    expect((await find([change, added(path, 'ALTER TABLE "Order" ADD COLUMN "note" TEXT;')])).lines).toEqual(
      [],
    )
    expect((await find([change, added(path, 'ALTER TABLE "Shop" ADD COLUMN "note" TEXT;')])).lines).toEqual([
      `schema_differs ${path}:1 The migrations lead to column Shop.note, which prisma/schema.prisma does not have.`,
      'schema_differs prisma/schema.prisma:6 prisma/schema.prisma has column Order.note, which no migration makes.',
    ])
    expect(
      (await find([change, added(path, 'ALTER TABLE "Order" ADD COLUMN "note" TEXT NOT NULL;')])).lines,
    ).toEqual([
      'schema_differs prisma/schema.prisma:6 prisma/schema.prisma has another column Order.note than the migrations lead to.',
    ])
  })

  it('are none with one, or where only remarks and settings changed', async () => {
    const changes = [
      changed('prisma/schema.prisma', model(''), model('note String?')),
      added('prisma/migrations/20260101_note/migration.sql', 'ALTER TABLE "Order" ADD COLUMN "note" TEXT;'),
    ]
    const settings = 'generator client {\n  provider = "x"\n}\n'

    expect((await find(changes)).lines).toEqual([])
    expect(
      (await find([changed('schema.prisma', model(''), `${settings}// more\n${model('')}`)])).lines,
    ).toEqual([])
    expect((await find([changed('src/index.ts', 'let a = 1', 'let a = 2')])).lines).toEqual([])
  })
})

it('names a second schema, which the plan does not cover', async () => {
  const { lines } = await find([changed('db/queue_schema.rb', dump(''), dump('    t.text "x"\n'))])

  expect(lines).toEqual([
    'secondary_schema db/queue_schema.rb:1 The schema of another database changed; it is not part of what was planned.',
  ])
  expect(mayBeSmuggled('README.md')).toBe(false)
})

it('needs no parser for programs without a word of the schema', () => {
  const worth = (path: string, after: string): boolean => isWorthReading(added(path, after))

  expect(worth('app/models/order.rb', 'class Order\n  def total = 1\nend\n')).toBe(false)
  expect(worth('src/order.ts', 'export const total = 1\n')).toBe(false)
  expect(isWorthReading(changed('src/order.ts', 'sql`DROP TABLE orders`', ''))).toBe(true)
  expect(worth('lib/tasks/a.rake', 'connection.execute(sql)\n')).toBe(true)
  expect(worth('db/migrate/1_a.rb', '# nothing\n')).toBe(true)
  expect(worth('README.md', 'DROP TABLE orders')).toBe(false)
})
