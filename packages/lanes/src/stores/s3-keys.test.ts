import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeName, encodeName, makeS3Keys } from './s3-keys.ts'

describe('names in keys', () => {
  test('come back whole, whatever they hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        expect(decodeName(encodeName(name))).toBe(name)
      }),
    )
  })

  test('are one segment of safe characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        expect(encodeName(name)).toMatch(/^(?!\.)[A-Za-z0-9._!-]*$/)
      }),
    )
  })

  test('begin alike exactly when their keys do', () => {
    const names = fc.string({ unit: fc.constantFrom('a', 'b', '/', '%', '_', '!', '.', '2', 'F', 'é') })
    fc.assert(
      fc.property(names, names, (name, start) => {
        expect(encodeName(name).startsWith(encodeName(start))).toBe(name.startsWith(start))
      }),
    )
  })

  test('of estates, of none and of the probe never meet', () => {
    const keys = ['acme', 'acme-2', '!none', '!probe', 'd', null].map((estate) =>
      makeS3Keys('team/', estate).document('lane/x'),
    )

    expect(new Set(keys).size).toBe(keys.length)
    expect(keys[0]).toBe('team/acme/d/lane!2Fx')
    expect(keys.filter((key) => key.startsWith('team/!probe/'))).toEqual([])
  })

  test('of slots sort as their numbers do', () => {
    const keys = makeS3Keys('', 'acme')
    const sorted = [1, 2, 10, 999, 1000, 123_456_789].map((seq) => keys.slot('run/1', seq))

    expect(sorted.toSorted()).toEqual(sorted)
    expect(sorted.map((key) => keys.seqOf(key))).toEqual([1, 2, 10, 999, 1000, 123_456_789])
  })
})
