import { describe, expect, it } from 'vitest'
import type { LockedNode, Lockfile } from './lockfile.ts'
import { movementsBetween, unexplainedMovements } from './movements.ts'
import { parsePackageLock } from './package-lock.ts'
import { parsePnpmLock } from './pnpm-lock.ts'

/** `a@1 > b@1` is a node that needs another. */
function lockfileOf(...lines: readonly string[]): Lockfile {
  const nodes = lines.map((line): LockedNode => {
    const [id = '', ...needs] = line.split(' > ')
    const [name = '', version = ''] = id.split('@')
    return { id, name, version, integrity: `sha512-${id}`, needs }
  })
  return { file: 'lock', nodes }
}

describe('movements between two lockfiles', () => {
  it('are versions that came, went or were replaced', () => {
    const before = lockfileOf('a@1.0.0', 'b@1.0.0', 'c@1.0.0')
    const after = lockfileOf('a@1.1.0', 'c@1.0.0', 'd@1.0.0')

    expect(movementsBetween(before, after)).toEqual([
      { package: 'a', from: '1.0.0', to: '1.1.0' },
      { package: 'b', from: '1.0.0', to: null },
      { package: 'd', from: null, to: '1.0.0' },
    ])
  })

  it('include content that was swapped under the same version', () => {
    const before = lockfileOf('a@1.0.0')
    const after = { ...before, nodes: before.nodes.map((node) => ({ ...node, integrity: 'sha512-other' })) }

    expect(movementsBetween(before, after)).toEqual([{ package: 'a', from: '1.0.0', to: '1.0.0' }])
  })
})

describe('unexplained movements', () => {
  it('leave out the adopted package and all it needs now', () => {
    const before = lockfileOf('a@1.0.0 > b@1.0.0', 'b@1.0.0', 'x@1.0.0')
    const after = lockfileOf('a@2.0.0 > b@2.0.0', 'b@2.0.0 > c@1.0.0', 'c@1.0.0', 'x@1.0.0')

    expect(unexplainedMovements(before, after, ['a'])).toEqual([])
  })

  it('leave out what only its old version needed and is gone', () => {
    const before = lockfileOf('a@1.0.0 > b@1.0.0', 'b@1.0.0')

    expect(unexplainedMovements(before, lockfileOf('a@2.0.0'), ['a'])).toEqual([])
  })

  it('name what neither needs', () => {
    const before = lockfileOf('a@1.0.0', 'x@1.0.0', 'y@1.0.0')
    const after = lockfileOf('a@2.0.0', 'x@1.0.1', 'z@1.0.0')

    expect(unexplainedMovements(before, after, ['a'])).toEqual([
      { package: 'x', from: '1.0.0', to: '1.0.1' },
      { package: 'y', from: '1.0.0', to: null },
      { package: 'z', from: null, to: '1.0.0' },
    ])
  })

  it('name a replacement that only the old version of the adopted package needed', () => {
    const before = lockfileOf('a@1.0.0 > b@1.0.0', 'b@1.0.0')
    const after = lockfileOf('a@2.0.0', 'b@1.0.1')

    expect(unexplainedMovements(before, after, ['a'])).toEqual([{ package: 'b', from: '1.0.0', to: '1.0.1' }])
  })
})

describe('the graph of a lockfile', () => {
  it('follows package-lock.json as Node would look packages up', () => {
    const { nodes } = parsePackageLock(
      'package-lock.json',
      JSON.stringify({
        lockfileVersion: 3,
        packages: {
          '': { name: 'top' },
          'node_modules/a': { version: '1.0.0', dependencies: { b: '^2.0.0', c: '*' } },
          'node_modules/a/node_modules/b': { version: '2.0.0', dependencies: { c: '*' } },
          'node_modules/b': { version: '1.0.0' },
          'node_modules/c': { version: '1.0.0', name: 'real-c' },
          'node_modules/m': { resolved: 'packages/m', link: true },
          'packages/m': { version: '1.0.0' },
        },
      }),
    )

    expect(nodes.map(({ name, version, needs }) => [name, version, needs])).toEqual([
      ['a', '1.0.0', ['node_modules/a/node_modules/b', 'node_modules/c']],
      ['b', '2.0.0', ['node_modules/c']],
      ['b', '1.0.0', []],
      ['real-c', '1.0.0', []],
    ])
  })

  it('follows pnpm-lock.yaml through peers and aliases, past a first document of its own', () => {
    const { nodes } = parsePnpmLock(`lockfileVersion: '9.0'
importers: {}
---
lockfileVersion: '9.0'
packages:
  '@acme/a@1.0.0':
    resolution: {integrity: sha512-a}
  b@2.0.0:
    resolution: {integrity: sha512-b}
snapshots:
  '@acme/a@1.0.0(b@2.0.0)':
    dependencies:
      b: 2.0.0
      alias: b@2.0.0
  b@2.0.0: {}
`)

    expect(nodes).toEqual([
      {
        id: '@acme/a@1.0.0(b@2.0.0)',
        name: '@acme/a',
        version: '1.0.0',
        integrity: 'sha512-a',
        needs: ['b@2.0.0', 'b@2.0.0'],
      },
      { id: 'b@2.0.0', name: 'b', version: '2.0.0', integrity: 'sha512-b', needs: [] },
    ])
  })
})

describe('a lockfile that cannot be parsed', () => {
  it.each([
    ['package-lock.json', () => parsePackageLock('package-lock.json', '<<<<<<< ours\n{}')],
    ['pnpm-lock.yaml', () => parsePnpmLock('packages:\n<<<<<<< ours\n  a: [')],
  ])('is FILE_UNREADABLE, never an empty one: %s', (file, parse) => {
    expect(parse).toThrow(expect.objectContaining({ code: 'FILE_UNREADABLE', exit: 3 }))
    expect(parse).toThrow(file)
  })
})
