import { describe, expect, it } from 'vitest'

import { allocateVersions } from './allocate-versions.ts'
import { findCollisions, type MigrationFile } from './collisions.ts'
import { compareVersions, identifyFile } from './file-identity.ts'

describe('the name of a migration', () => {
  it.each([
    ['db/migrate/20260102030405_add_note.rb', { version: '20260102030405', name: 'add_note' }],
    ['db/migrate/2026_add_note.shop_engine.rb', { version: '2026', name: 'add_note', origin: 'shop_engine' }],
    ['sql/V1_10__note.sql', { version: '1.10', name: 'note' }],
    ['sql/R__views.sql', { name: 'views' }],
    ['sql/B3__base.sql', { version: '3', name: 'base' }],
    ['sql/afterMigrate__grants.sql', { name: 'afterMigrate' }],
    ['shop/migrations/0002_note.py', { version: '0002', name: '0002_note', scope: 'shop' }],
    ['prisma/migrations/20260102030405_note/migration.sql', { version: '20260102030405', name: 'note' }],
    ['migrations/0007_note.sql', { version: '0007', name: 'note' }],
    ['migrations/7_note.up.sql', { version: '7', name: 'note' }],
  ])('%s', (file, expected) => {
    expect(identifyFile(file)).toEqual({ file, ...expected })
  })

  it.each([
    'sql/U1__note.sql',
    'shop/migrations/__init__.py',
    'db/schema.rb',
    'migrations/7_note.down.sql',
    'readme.sql',
    'prisma/migrations/migration.sql',
  ])('is none: %s', (file) => {
    expect(identifyFile(file)).toBeNull()
  })

  it('counts by number, part by part', () => {
    expect(['10', '1.10', '9', '1.9', '1'].sort(compareVersions)).toEqual(['1', '1.9', '1.10', '9', '10'])
  })
})

describe('a version for a batch', () => {
  const now = new Date('2026-05-01T12:00:00Z')

  it('is the time, counted up by seconds', () => {
    expect(allocateVersions({ count: 2, taken: ['20260430000000'], now })).toEqual([
      '20260501120000',
      '20260501120001',
    ])
  })

  it('comes after a branch from the future, over the end of a year', () => {
    expect(allocateVersions({ count: 2, taken: ['20261231235958'], now })).toEqual([
      '20261231235959',
      '20270101000000',
    ])
  })

  it('comes after a stamp that is no time', () => {
    const [version = ''] = allocateVersions({ count: 1, taken: ['20270101000099'], now })

    expect(compareVersions(version, '20270101000099')).toBe(1)
  })

  it('counts on in the width of the numbers that are there', () => {
    expect(allocateVersions({ count: 2, taken: ['0008', '0009'], now })).toEqual(['0010', '0011'])
    expect(allocateVersions({ count: 1, taken: ['1.2', '3'], now })).toEqual(['4'])
  })
})

describe('two files collide', () => {
  const file = (ticket: string | null, name: string, more: Partial<MigrationFile> = {}): MigrationFile => ({
    name,
    file: `${name}.rb`,
    contentKey: `${name} of ${ticket}`,
    ticket,
    ...more,
  })
  const rules = (...files: readonly MigrationFile[]): string[] =>
    findCollisions(files).map((each) => `${each.rule} ${each.value}`)

  it('by version, class name, origin or content', () => {
    expect(rules(file('a', 'x', { version: '1' }), file('b', 'y', { version: '1' }))).toEqual([
      'same_version 1',
    ])
    expect(rules(file('a', 'x', { className: 'X' }), file(null, 'y', { className: 'X' }))).toEqual([
      'same_class X',
    ])
    expect(
      rules(file('a', 'x', { origin: 'e', file: '1' }), file('b', 'x', { origin: 'e', file: '2' })),
    ).toEqual(['same_origin x.e'])
    expect(rules(file('a', 'x', { contentKey: 'k' }), file('b', 'y', { contentKey: 'k' }))).toEqual([
      'same_content k',
    ])
  })

  it('by a version within their app only, where each app counts for itself', () => {
    const [shop, zoo] = ['shop', 'zoo'].map((scope) => ({ version: '0002', scope }))

    expect(rules(file('a', 'x', shop), file('b', 'y', zoo))).toEqual([])
    expect(rules(file('a', 'x', shop), file('b', 'y', shop))).toEqual(['same_version 0002 of shop'])
  })

  it('never with themselves: what a branch has from base, or within one ticket', () => {
    const shared = { version: '1', contentKey: 'k' }

    expect(rules(file('a', 'x', shared), file(null, 'x', shared))).toEqual([])
    expect(rules(file('a', 'x', { version: '1' }), file('a', 'y', { version: '1' }))).toEqual([])
  })
})
