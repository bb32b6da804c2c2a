import { assert, constantFrom, nat, property, tuple } from 'fast-check'
import semver from 'semver'
import { describe, expect, it } from 'vitest'
import { raiseRange } from './ranges.ts'

describe('a range in a manifest', () => {
  it.each([
    ['^1.0.0', '1.1.0'],
    ['~1.1.0', '1.1.4'],
    ['>=1.0.0', '2.0.0'],
    ['1.x', '1.9.0'],
    ['*', '3.0.0'],
    ['^1.0.0 || ^2.0.0', '2.5.0'],
    ['1.1.0', '1.1.0'],
  ])('stays as it is when it takes the version: %s and %s', (range, version) => {
    expect(raiseRange(range, version)).toEqual({ outcome: 'kept' })
  })

  it.each([
    ['1.0.0', '1.1.0', '1.1.0'],
    ['=1.0.0', '1.1.0', '=1.1.0'],
    ['~1.0.0', '1.1.0', '~1.1.0'],
    ['^1.0.0', '2.0.0', '^2.0.0'],
    ['^0.3.0', '0.4.0', '^0.4.0'],
    ['1.x', '2.1.0', '2.x'],
    ['1.0.x', '1.1.7', '1.1.x'],
    ['~1.0', '1.1.0', '~1.1'],
    ['1', '2.0.0', '2'],
    ['>=1.0.0 <2.0.0', '2.0.0', '^2.0.0'],
    ['1.0.0 - 1.5.0', '1.6.0', '^1.6.0'],
    ['^1.0.0 || ^2.0.0', '3.0.0', '^1.0.0 || ^2.0.0 || ^3.0.0'],
    ['^1.0.0', '1.1.0-rc.1', '^1.1.0-rc.1'],
    ['1.x', '2.0.0-rc.1', '2.0.0-rc.1'],
  ])('keeps its manner when it must move: %s for %s is %s', (range, version, expected) => {
    expect(raiseRange(range, version)).toEqual({ outcome: 'raised', range: expected })
  })

  it.each([
    ['^2.0.0', '1.9.0'],
    ['2.0.0', '1.9.9'],
    ['~1.2.0', '1.1.9'],
  ])('never goes down: %s is ahead of %s', (range, version) => {
    expect(raiseRange(range, version)).toEqual({ outcome: 'ahead' })
  })

  it('takes the version after being raised, and never what is below its old beginning', () => {
    const version = tuple(nat(20), nat(20), nat(20)).map((parts) => parts.join('.'))
    const operator = constantFrom('', '^', '~', '=', '>=')

    assert(
      property(operator, version, version, (op, from, to) => {
        const result = raiseRange(`${op}${from}`, to)

        const lowest = semver.minVersion(result.outcome === 'raised' ? result.range : `>=${from}`)
        const isRight = {
          ahead: semver.lt(to, from),
          kept: semver.satisfies(to, `${op}${from}`),
          raised: result.outcome === 'raised' && semver.satisfies(to, result.range),
        }
        expect(isRight[result.outcome]).toBe(true)
        expect(semver.gte(lowest ?? '0.0.0', from)).toBe(true)
      }),
    )
  })
})
