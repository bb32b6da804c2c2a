import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareGemVersions, isTakenBy, parseGemConstraint, raiseGemConstraint } from './gem-version.ts'

test.each([
  ['1.0', '1.0.0', 0],
  ['1.0.a', '1.0', -1],
  ['1.0.0.pre2', '1.0.0.pre10', -1],
  ['1.0.0.beta', '1.0.0.alpha', 1],
  ['6.1.7.10', '6.1.7.9', 1],
  ['1.0.0-rc1', '1.0.0', -1],
])('compares %s with %s as RubyGems does', (one, other, order) => {
  expect(Math.sign(compareGemVersions(one, other))).toBe(order)
  expect(Math.sign(compareGemVersions(other, one))).toBe(order === 0 ? 0 : -order)
})

test.each([
  ['~> 1.2', '1.9', true],
  ['~> 1.2', '2.0', false],
  ['~> 1.2', '2.0.a', false],
  ['~> 1.2.3', '1.2.10', true],
  ['~> 1.2.3', '1.3.0', false],
  ['~> 1', '1.9', true],
  ['>= 1.0', '2.0', true],
  ['1.0', '1.0.0', true],
  ['!= 1.0', '1.0', false],
  ['< 2', '2.0', false],
])('%s takes %s: %s', (constraint, version, isTaken) => {
  const parsed = parseGemConstraint(constraint)
  expect(parsed !== null && isTakenBy(version, parsed)).toBe(isTaken)
})

test.each([
  ['~> 1.0', '1.5.0', 'kept', null],
  ['~> 1.0', '2.3.4', 'raised', '~> 2.3'],
  ['~> 1.0.4', '1.1.0', 'raised', '~> 1.1.0'],
  ['~>1.0.4', '1.1.0', 'raised', '~>1.1.0'],
  ['~> 1.0', '2.0.0.pre1', 'raised', '~> 2.0.0.pre1'],
  ['1.0.0', '1.1.0', 'raised', '1.1.0'],
  ['= 1.0.0', '1.1.0', 'raised', '= 1.1.0'],
  ['< 2', '2.1.0', 'raised', '< 3'],
  ['<= 2.0', '2.1.0', 'raised', '<= 2.1.0'],
  ['>= 1.0', '2.0.0', 'kept', null],
  ['>= 3.0', '2.0.0', 'ahead', null],
  ['~> 2.0', '1.9.0', 'ahead', null],
  ['= 2.0', '1.9.0', 'ahead', null],
  ['!= 1.9.0', '1.9.0', 'ahead', null],
])('%s for %s is %s', (constraint, version, outcome, text) => {
  const raised = raiseGemConstraint(constraint, version)
  expect(raised).toEqual(text === null ? { outcome } : { outcome, text })
})

const versions = fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'))

test('a raised constraint takes the version, and never takes less than it did of what is newer', () => {
  const constraints = fc.tuple(fc.constantFrom('', '= ', '~> ', '>= ', '< ', '<= '), versions)
  fc.assert(
    fc.property(constraints, versions, ([operator, than], version) => {
      const raised = raiseGemConstraint(`${operator}${than}`, version)
      if (raised.outcome !== 'raised') return
      const parsed = parseGemConstraint(raised.text)
      expect(parsed !== null && isTakenBy(version, parsed)).toBe(true)
      expect(compareGemVersions(parsed?.version ?? '0', than)).toBeGreaterThanOrEqual(0)
    }),
  )
})
