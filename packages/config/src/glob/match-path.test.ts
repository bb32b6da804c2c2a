import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseGlob } from './glob.ts'
import { findPath } from './glob-language.ts'
import { matchPaths } from './match-path.ts'

describe('paths of a trigger', () => {
  it.each([
    ['db/migrate/**', 'db/migrate/1_a.rb', true],
    ['db/migrate/**', 'db/migrate', false],
    ['db/migrate/**', 'x/db/migrate/1_a.rb', false],
    ['**/schema.rb', 'schema.rb', true],
    ['**/schema.rb', 'a/b/schema.rb', true],
    ['db/*.{rb,sql}', 'db/a.sql', true],
    ['db/*.{rb,sql}', 'db/a/b.sql', false],
    ['[!x]?', 'a😀', true],
  ])('%s against %s: %s', (pattern, path, isMatch) => {
    expect(matchPaths([pattern])(path)).toBe(isMatch ? pattern : null)
  })

  it('are taken out again by a pattern with "!", wherever it stands', () => {
    const matches = matchPaths(['!db/seeds/**', 'db/**'])

    expect(matches('db/a.rb')).toBe('db/**')
    expect(matches('db/seeds/a.rb')).toBeNull()
  })

  it('match what the language of the pattern contains, and only that', () => {
    const part = fc.constantFrom('a', 'b', '*', '**', '?', 'a*', '{a,b}', '[ab]', '[!a]')
    const pattern = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))

    fc.assert(
      fc.property(pattern, pattern, (inside, outside) => {
        const [one, other] = [parseGlob(inside), parseGlob(outside)]
        if (!one.ok || !other.ok) return
        const answer = findPath({ all: [[one.automaton]], none: [other.automaton] })
        if (answer.outcome !== 'found') return
        expect(matchPaths([inside])(answer.path)).toBe(inside)
        expect(matchPaths([outside])(answer.path)).toBeNull()
      }),
      { seed: 6, numRuns: 200 },
    )
  })
})
