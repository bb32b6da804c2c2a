import { describe, expect, it } from 'vitest'

import { classifyOperations } from '../classify/classify.ts'
import { cannotBeResumed } from '../plan/resumable.ts'
import { loadMigrationReader, type SourceFile } from './read-migrations.ts'

const file = (path: string, text: string): SourceFile => ({ path, text, kind: 'added' })

async function onMysql(files: readonly SourceFile[], base: readonly SourceFile[] = []) {
  const all = [...base, ...files]
  const reader = await loadMigrationReader(
    all.map((each) => each.path),
    { engine: 'mysql' },
  )
  const { schema } = reader.readBase(base)
  const { operations } = reader.readTicket('T-1', files, schema)
  return {
    operations,
    classes: classifyOperations(operations, { major: 18, base: schema, smallRowsMax: 1000 }).map(
      ({ operation, cls, fact }) => `${operation.kind} ${cls} ${fact ?? '-'}`,
    ),
    unresumable: cannotBeResumed(operations),
  }
}

const rails = (body: string): SourceFile =>
  file(
    'db/migrate/20260102030405_a.rb',
    `class A < ActiveRecord::Migration[8.0]\n  def change\n    ${body}\n  end\nend\n`,
  )
const django = (operations: string, name = '0002_a'): SourceFile =>
  file(
    `shop/migrations/${name}.py`,
    `from django.db import migrations, models\nclass Migration(migrations.Migration):\n    dependencies = []\n    operations = [${operations}]\n`,
  )
const knex = (body: string): SourceFile =>
  file('migrations/20260102030405_a.js', `exports.up = (knex) => ${body}\n`)

describe('Rails for MySQL', () => {
  const base = [
    file(
      'db/schema.rb',
      'ActiveRecord::Schema[8.0].define(version: 1) do\n  create_table "orders" do |t|\n    t.string "state", limit: 40\n    t.integer "size"\n  end\nend\n',
    ),
  ]

  it.each([
    ['add_column :orders, :note, :string', 'add_column S1 mysql add_column_last'],
    ['add_index :orders, :state', 'create_index S2 mysql create_index'],
    ['add_index :orders, :state, unique: true', 'create_index B1 mysql create_unique_index'],
    ['add_index :orders, :state, type: :fulltext', 'create_index B1 mysql add_fulltext'],
    ['change_column :orders, :size, :bigint', 'change_type B2 mysql change_type'],
    ['change_column :orders, :state, :string, limit: 60', 'change_type S1 mysql extend_varchar'],
    ['add_foreign_key :orders, :users', 'add_foreign_key B2 mysql add_fk'],
    ['remove_column :orders, :size', 'drop_column D mysql drop_column'],
    ['change_column_null :orders, :size, false', 'set_nullable B2 mysql set_not_null'],
    ['execute "ALTER TABLE `orders` ADD `x` int"', 'add_column S1 mysql add_column_last'],
  ])('%s', async (body, expected) => {
    expect((await onMysql([rails(body)], base)).classes).toContain(expected)
  })

  it('makes a table with its indexes and references in one statement, and each other call in its own', async () => {
    const table =
      'create_table :a do |t|\n t.string :s, index: true\n t.references :order, foreign_key: true\n end'

    expect((await onMysql([rails(table)], base)).unresumable).toBeNull()
    expect((await onMysql([rails(`${table}\nadd_index :a, :x`)], base)).unresumable).toMatch(/MySQL commits/)
    const change = 'change_column :orders, :size, :bigint, null: false, default: 0'
    expect((await onMysql([rails(change)], base)).unresumable).toBeNull()
  })
})

describe('Django for MySQL', () => {
  const base = [
    django(
      "migrations.CreateModel('Order', [('id', models.BigAutoField(primary_key=True)), ('state', models.CharField(max_length=40)), ('n', models.PositiveIntegerField()), ('at', models.DateTimeField(unique=True))])",
      '0001_initial',
    ),
  ]

  it('has MySQL’s types, and neither the indexes for patterns nor the checks of Postgres', async () => {
    const { operations } = await onMysql(base)

    expect(operations.map((each) => each.kind)).toEqual(['create_table', 'create_index'])
    expect(operations[0]).toMatchObject({
      engine: 'mysql',
      columns: [
        { name: 'id', type: 'bigint', generated: 'identity' },
        { type: 'varchar(40)' },
        { type: 'int unsigned' },
        { type: 'datetime(6)' },
      ],
    })
  })

  it.each([
    ["migrations.AddField('order', 'x', models.TextField(null=True))", 'add_column S1 mysql add_column_last'],
    [
      "migrations.AddField('order', 'x', models.AutoField())",
      'add_column B2 mysql add_column_auto_increment',
    ],
    ["migrations.AlterField('order', 'state', models.TextField())", 'change_type B2 mysql change_type'],
    [
      "migrations.AlterField('order', 'state', models.CharField(max_length=50))",
      'change_type S1 mysql extend_varchar',
    ],
    [
      "migrations.AddIndex('order', models.Index(fields=['state'], name='i'))",
      'create_index S2 mysql create_index',
    ],
    [
      "migrations.AddConstraint('order', models.UniqueConstraint(fields=['state'], name='u'))",
      'create_index B1 mysql create_unique_index',
    ],
    ["migrations.RemoveField('order', 'n')", 'drop_column D mysql drop_column'],
    [
      "migrations.RunSQL('ALTER TABLE `shop_order` ADD `y` int AFTER `id`')",
      'add_column S1 mysql add_column_first_or_after',
    ],
    ["migrations.RunSQL('UPDATE `shop_order` SET `n` = 1')", 'data X -'],
  ])('%s', async (operation, expected) => {
    expect((await onMysql([django(operation)], base)).classes).toContain(expected)
  })
})

describe('Knex for MySQL', () => {
  it.each([
    ["knex.schema.alterTable('o', (t) => { t.string('x') })", 'add_column S1 mysql add_column_last'],
    [
      "knex.schema.alterTable('o', (t) => { t.integer('n').unsigned().notNullable().alter() })",
      'change_type B2 mysql change_type',
    ],
    ["knex.schema.alterTable('o', (t) => t.unique(['a']))", 'create_index B1 mysql create_unique_index'],
    [
      "knex.schema.alterTable('o', (t) => t.foreign('a').references('p.id'))",
      'add_foreign_key B2 mysql add_fk',
    ],
    ["knex.schema.alterTable('o', (t) => { t.dropColumn('a') })", 'drop_column D mysql drop_column'],
    ["knex.raw('ALTER TABLE `o` DROP PRIMARY KEY')", 'drop_constraint B2 mysql drop_primary_key'],
    ["knex('o').insert({ a: 1 })", 'data X -'],
    ["knex.schema.raw('CREATE TRIGGER x BEFORE INSERT ON o FOR EACH ROW SET @a = 1')", 'opaque opaque -'],
  ])('%s', async (body, expected) => {
    expect((await onMysql([knex(body)])).classes).toContain(expected)
  })

  it('adds all columns of a table in one statement', async () => {
    const added = "t.string('a'); t.integer('b')"
    const alter = (body: string): SourceFile => knex(`knex.schema.alterTable('o', (t) => { ${body} })`)

    expect((await onMysql([alter(added)])).unresumable).toBeNull()
    expect((await onMysql([alter(`${added}; t.index(['a'])`)])).unresumable).toMatch(/MySQL commits/)
  })
})

it('reads what Postgres alone understands as opaque, for every language', async () => {
  const text = 'ALTER TABLE orders ALTER COLUMN x TYPE bigint USING x::bigint'
  for (const each of [
    rails(`execute "${text}"`),
    django(`migrations.RunSQL('${text}')`),
    knex(`knex.raw('${text}')`),
  ]) {
    expect((await onMysql([each])).classes).toEqual(['opaque opaque -'])
  }
})
