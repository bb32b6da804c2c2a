import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson, hashJson } from './json.ts'

describe('canonical JSON', () => {
  test('is JSON of the same value, without a blank', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value)

        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
        expect(text).toHaveLength(JSON.stringify(value).length)
      }),
    )
  })

  test('is the same text whatever order keys were added in, numbers among them included', () => {
    const members = fc.dictionary(fc.oneof(fc.string(), fc.nat().map(String)), fc.jsonValue())
    fc.assert(
      fc.property(members, (record) => {
        const backwards = Object.fromEntries(Object.entries(record).toReversed())

        expect(canonicalJson(backwards)).toBe(canonicalJson(record))
        expect(hashJson({ inside: [backwards] })).toBe(hashJson({ inside: [record] }))
      }),
    )
  })

  test('leaves out what JSON leaves out, and uses what an object says of itself', () => {
    const value = { b: undefined, a: [undefined, () => 1], at: new Date(0), c: { d: Number.NaN } }

    expect(canonicalJson(value)).toBe('{"a":[null,null],"at":"1970-01-01T00:00:00.000Z","c":{"d":null}}')
    expect(hashJson({ a: 1 })).toMatch(/^[0-9a-f]{64}$/)
  })
})
