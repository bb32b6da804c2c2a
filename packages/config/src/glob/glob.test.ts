import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Automaton, parseGlob } from './glob.ts'
import { findPath } from './glob-language.ts'

const automaton = (pattern: string): Automaton => {
  const glob = parseGlob(pattern)
  if (!glob.ok) throw new Error(glob.problem)
  return glob.automaton
}
const literally = (path: string) => path.replace(/[*?[\]{}\\]/g, '\\$&')
const matches = (pattern: string, path: string) =>
  findPath({ all: [[automaton(pattern)], [automaton(literally(path))]], none: [] }).outcome === 'found'

describe('a pattern', () => {
  it.each([
    ['db/migrate/**', 'db/migrate/1_a.rb', true],
    ['db/migrate/**', 'db/migrate/a/b.rb', true],
    ['db/migrate/**', 'db/migrate', false],
    ['**/x.sql', 'x.sql', true],
    ['**/x.sql', 'a/b/x.sql', true],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a/**/b', 'a/xb', false],
    ['*.rb', 'a/b.rb', false],
    ['*.rb', '.rb', true],
    ['?.rb', 'ab.rb', false],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['[!a-c]x', 'dx', true],
    ['db/{schema.rb,structure.sql}', 'db/structure.sql', true],
    ['{a,b{c,d}}', 'bd', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['my dir/*', 'my dir/x', true],
  ])('%s on %s: %s', (pattern, path, isMatch) => {
    expect(matches(pattern, path)).toBe(isMatch)
  })

  it.each([['a[b'], ['a]b'], ['{a,b'], ['a}'], ['a\\'], [''], ['[b-a]'], ['{a,b}'.repeat(9)]])(
    '%s cannot be read',
    (pattern) => {
      expect(parseGlob(pattern).ok).toBe(false)
    },
  )
})

describe('a question about all paths', () => {
  it.each([['/a'], ['a//b'], ['./a'], ['a/../b'], ['a/']])('no path matches %s', (pattern) => {
    expect(findPath({ all: [[automaton(pattern)]], none: [] })).toEqual({ outcome: 'none' })
  })

  it('finds a path that two patterns share', () => {
    const answer = findPath({ all: [[automaton('db/**')], [automaton('**/*.sql')]], none: [] })

    expect(answer).toMatchObject({ outcome: 'found', path: expect.stringMatching(/^db\/.*\.sql$/) })
  })

  it('sees what exclusions take away, completely or in part', () => {
    const all = [[automaton('db/*.rb')]]

    expect(findPath({ all, none: [automaton('db/**')] })).toEqual({ outcome: 'none' })
    expect(findPath({ all, none: [automaton('db/schema.rb')] }).outcome).toBe('found')
  })

  it('answers as matching does, for any two small patterns', () => {
    const pattern = fc
      .array(fc.constantFrom('a', 'b', '*', '?', '/', '**/', '[ab]', '{a,b/a}'), {
        minLength: 1,
        maxLength: 5,
      })
      .map((parts) => parts.join(''))

    fc.assert(
      fc.property(pattern, pattern, (one, other) => {
        const answer = findPath({ all: [[automaton(one)], [automaton(other)]], none: [] })
        const isShared = (path: string) => matches(one, path) && matches(other, path)
        const shared = ['a', 'b', 'a/b', 'b/a', 'a/a', 'ab', 'a/b/a', 'x', 'aa'].filter(isShared)

        expect(answer.outcome === 'found' ? isShared(answer.path) : shared.length === 0).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})
