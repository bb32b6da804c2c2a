import { describe, expect, it } from 'vitest'
import { type Files, repoOf } from '../repo-fixture.ts'

async function found(files: Files) {
  const { migrations } = await repoOf('shop', files)
  return migrations.map(({ kind, tool, paths, isSure }) => ({ kind, tool, paths, isSure }))
}

const needs = (...names: string[]) => ({
  'package.json': { dependencies: Object.fromEntries(names.map((name) => [name, '1'])) },
})

describe('schema changes', () => {
  it.each([
    [
      'Rails, of every database',
      {
        'db/migrate/20260101000000_a.rb': '',
        'db/animals_migrate/20260101000001_b.rb': '',
        'db/structure.sql': '',
      },
      {
        kind: 'rails',
        tool: 'Rails',
        paths: ['db/migrate/**/*.rb', 'db/structure.sql', 'db/animals_migrate/**/*.rb'],
      },
    ],
    [
      'Rails below a folder',
      { 'backend/db/migrate/20260101000000_a.rb': '', 'backend/db/schema.rb': '' },
      { kind: 'rails', tool: 'Rails', paths: ['backend/db/migrate/**/*.rb', 'backend/db/schema.rb'] },
    ],
    [
      'Prisma',
      {
        'prisma/schema.prisma': '',
        'prisma/migrations/20260101000000_a/migration.sql': '',
        'prisma/migrations/migration_lock.toml': '',
      },
      { kind: 'prisma', tool: 'Prisma', paths: ['prisma/migrations/**/*.sql', 'prisma/schema.prisma'] },
    ],
    [
      'Prisma before its first migration',
      { 'packages/db/prisma/schema.prisma': '' },
      {
        kind: 'prisma',
        tool: 'Prisma',
        paths: ['packages/db/prisma/migrations/**/*.sql', 'packages/db/prisma/schema.prisma'],
      },
    ],
    [
      'Drizzle',
      { 'drizzle/0000_a.sql': '', 'drizzle/meta/_journal.json': '{}' },
      { kind: 'drizzle', tool: 'Drizzle', paths: ['drizzle/**/*.sql', 'drizzle/meta/*.json'] },
    ],
    [
      'Django',
      { 'manage.py': '', 'shop/migrations/__init__.py': '', 'shop/migrations/0001_initial.py': '' },
      { kind: 'django', tool: 'Django', paths: ['**/migrations/*.py'] },
    ],
    [
      'Alembic',
      { 'alembic/env.py': '', 'alembic/versions/1975ea83b712_a.py': '' },
      { kind: 'other', tool: 'Alembic', paths: ['alembic/versions/*.py'] },
    ],
    [
      'Knex',
      { ...needs('knex', 'pg'), 'migrations/20260101000000_a.js': '' },
      { kind: 'knex', tool: 'Knex', paths: ['migrations/**/*.{js,ts,cjs,mjs,cts,mts}'] },
    ],
    [
      'TypeORM, which nobody here reads',
      { ...needs('typeorm'), 'src/migrations/1700000000000-A.ts': '' },
      { kind: 'other', tool: 'TypeORM', paths: ['src/migrations/**/*.{js,ts,cjs,mjs,cts,mts}'] },
    ],
    [
      'Flyway',
      { 'src/main/resources/db/migration/V1__a.sql': '' },
      { kind: 'postgres', tool: 'Flyway', paths: ['src/main/resources/db/migration/**/*.sql'] },
    ],
    [
      'plain SQL for MySQL',
      { ...needs('mysql2'), 'migrations/0001_a.up.sql': '', 'migrations/0001_a.down.sql': '' },
      { kind: 'mysql', tool: 'plain SQL', paths: ['migrations/**/*.sql'] },
    ],
  ] as const)('%s', async (_name, files, expected) => {
    expect(await found(files)).toEqual([{ ...expected, isSure: true }])
  })

  it('that are such only by their names are not sure', async () => {
    expect(await found({ 'data/001_import.sql': 'SELECT 1' })).toEqual([
      { kind: 'postgres', tool: 'plain SQL', paths: ['data/**/*.sql'], isSure: false },
    ])
    expect(await found({ 'src/migrate/1_a.ts': '' })).toMatchObject([{ tool: 'scripts', isSure: false }])
  })

  it('of tests, fixtures and vendored code are nobody’s here', async () => {
    expect(
      await found({
        'test/db/migrate/20260101000000_a.rb': '',
        'vendor/x/migrations/0001_a.sql': '',
        'examples/migrations/0001_a.sql': '',
      }),
    ).toEqual([])
  })

  it('of many apps are known by the name of their folders', async () => {
    const files = Array.from({ length: 9 }, (_, at) => [`apps/${at}/db/migrations/001_a.sql`, ''])

    expect(await found(Object.fromEntries(files))).toMatchObject([{ paths: ['**/migrations/**/*.sql'] }])
  })

  it('of two tools in one folder are claimed once', async () => {
    const files = { 'db/migrate/20260101000000_a.rb': '', 'db/structure.sql': '', 'db/001_a.sql': '' }

    const claimed = (await found(files)).flatMap(({ paths }) => paths)

    expect(claimed).toEqual(['db/migrate/**/*.rb', 'db/structure.sql'])
  })
})
