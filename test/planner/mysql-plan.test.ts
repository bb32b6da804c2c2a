import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'

import { conduct, documentOf, temporaryFolder } from '../e2e/conduct-process.ts'
import { writeBranches } from './open-branches.ts'

const lanesYaml = (home: string): string =>
  `version: 1
estate: acme
store: ${JSON.stringify(`sqlite:${path.join(home, 'state.db')}`)}
people: { ana: {} }
repos: { ledger: { remote: "https://example.com/ledger.git" } }
lanes:
  migrations: { use: sql_migrations, captains: [ana], batching: { dialect: mysql } }
`

it('plans SQL for MySQL where the lane says so: what cannot be run again half-way is alone', async () => {
  using folder = temporaryFolder()
  folder.write('lanes.yaml', lanesYaml(folder.path))
  for (const name of ['a', 'b', 'c']) mkdirSync(path.join(folder.path, name))
  folder.write('a/V2__a.sql', 'ALTER TABLE `orders` ADD note text;\n')
  folder.write('b/V3__b.sql', 'ALTER TABLE `users` ADD nick varchar(20) AFTER `id`;\n')
  folder.write('c/V4__c.sql', 'ALTER TABLE `x` ADD a int;\nALTER TABLE `x` ADD b int;\n')

  const args = ['a', 'b', 'c'].flatMap((name) => ['--folder', `${name}=${name}`])
  const document = documentOf(
    await conduct(['batch', 'plan', ...args, '--json'], { cwd: folder.path, env: { HOME: folder.path } }),
  )

  expect(document).toMatchObject({
    turns: expect.arrayContaining([
      expect.objectContaining({
        tickets: expect.toSatisfy((ids: string[]) => ids.toSorted().join() === 'a,b') as unknown,
      }),
    ]) as unknown,
    solo: [{ ticket: 'c', because: [expect.stringMatching(/MySQL commits.*V4__c\.sql:2/)] }],
  })
})

it('classes what frameworks do by MySQL where the lane says so, and reads their SQL as MySQL’s', async () => {
  using folder = temporaryFolder()
  folder.write('lanes.yaml', lanesYaml(folder.path))
  const up = (body: string): string =>
    `class A < ActiveRecord::Migration[8.0]\n  def change\n    ${body}\n  end\nend\n`
  const write = (name: string, file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder.path, name, file)), { recursive: true })
    folder.write(path.join(name, file), text)
  }
  write('a', 'db/migrate/20260101000001_a.rb', up('add_column :orders, :note, :text'))
  write(
    'b',
    'db/migrate/20260101000002_b.rb',
    up('execute "ALTER TABLE `users` ADD `nick` varchar(20) AFTER `id`"'),
  )
  write('c', 'db/migrate/20260101000003_c.rb', up('add_foreign_key :orders, :users'))
  write(
    'd',
    'shop/migrations/0002_d.py',
    "from django.db import migrations\nclass Migration(migrations.Migration):\n    dependencies = []\n    operations = [migrations.RunSQL('ALTER TABLE `z` ADD `n` int')]\n",
  )
  write(
    'e',
    'migrations/20260101000005_e.js',
    "exports.up = (knex) => knex.raw('ALTER TABLE `y` ADD `n` int')\n",
  )

  const args = ['a', 'b', 'c', 'd', 'e'].flatMap((name) => ['--folder', `${name}=${name}`])
  const document = documentOf(
    await conduct(['batch', 'plan', ...args, '--json'], { cwd: folder.path, env: { HOME: folder.path } }),
  )

  expect(document).toMatchObject({
    tickets: expect.arrayContaining(
      ['a', 'b', 'd', 'e'].map((id) =>
        expect.objectContaining({
          id,
          class: 'S1',
          operations: [expect.objectContaining({ confidence: 'exact' })],
        }),
      ),
    ) as unknown,
    solo: [{ ticket: 'c', because: [expect.stringMatching(/rewrites a table, fact mysql add_fk/)] }],
  })
})

it('guards a schema of MySQL: its SQL in a program is understood, what no one understands is named', async () => {
  using folder = temporaryFolder()
  folder.write('lanes.yaml', lanesYaml(folder.path))
  const git = (...args: readonly string[]): void => {
    execFileSync('git', args, { cwd: folder.path })
  }
  git('init', '-q', '-b', 'main')
  folder.write(
    'tune.rake',
    "task(:x) { conn.execute('ALTER TABLE `orders` MODIFY `n` bigint'); conn.execute('CREATE TRIGGER t BEFORE INSERT ON o FOR EACH ROW SET @a = 1') }\n",
  )
  git('add', '.')

  const answer = await conduct(['guard', '--json'], { cwd: folder.path, env: { HOME: folder.path } })

  expect(documentOf(answer)).toMatchObject({
    smuggled: [
      expect.objectContaining({ why: expect.stringMatching(/^change type orders/) as unknown }),
      expect.objectContaining({ why: expect.stringMatching(/CREATE TRIGGER/) as unknown }),
    ],
  })
})

it('is not verified on a Postgres (BATCH_UNVERIFIABLE), whatever command there is', async () => {
  using folder = temporaryFolder()
  writeBranches(folder.path, {
    main: { 'lanes.yaml': lanesYaml(folder.path), 'db/V1__a.sql': 'CREATE TABLE `a` (`id` int);\n' },
    branches: { 'feat/b': { 'db/V2__b.sql': 'ALTER TABLE `a` ADD `b` int;\n' } },
  })
  folder.write('lanes.yaml', lanesYaml(folder.path))
  const batch = async (...args: readonly string[]) =>
    documentOf(await conduct(['batch', ...args, '--json'], { cwd: folder.path, env: { HOME: folder.path } }))

  const { branch } = await batch('write', 'turn-1', '--branch', 'feat/*')
  const server = ['--server', 'postgres://nobody@127.0.0.1:1/none']

  expect(await batch('verify', String(branch), ...server, '--run', 'true')).toMatchObject({
    error: {
      code: 'BATCH_UNVERIFIABLE',
      message: 'the scratch server is a Postgres, and migrations says that its migrations are for MySQL',
    },
  })
})
