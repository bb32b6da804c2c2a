import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeKnownTexts } from './known-texts.ts'

test('what it puts into text is the document, also when items of its lists were put into text before', () => {
  const item = fc.oneof(fc.jsonValue(), fc.record({ claim: fc.string(), at: fc.double({ noNaN: true }) }))
  fc.assert(
    fc.property(fc.array(item), fc.dictionary(fc.string(), fc.jsonValue()), (items, rest) => {
      const known = makeKnownTexts()
      known.encode('x', { ...rest, holders: items })
      const next = { ...rest, holders: [...items, { claim: 'new' }], waiting: items.toReversed() }

      const text = known.encode('x', next)

      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(next)))
      expect(text.trimEnd()).toBe(JSON.stringify(next))
    }),
  )
})

test('an unchanged text is not parsed again; any other text is, whatever was known before', () => {
  const known = makeKnownTexts()
  const document = { format: 1, holders: ['ana'] }
  const text = known.encode('x', document)

  expect(known.decode('x', text)).toBe(document)
  expect(known.decode('x', '{"format":1,"holders":["ben"]}')).toEqual({ format: 1, holders: ['ben'] })
  expect(known.decode('x', text)).toEqual(document)
  expect(known.decode('y', text)).toEqual(document)
  expect(() => known.decode('x', '{"format":2}')).toThrow(expect.objectContaining({ code: 'STORE_NEWER' }))
})

test('a text stays as long as the one before it while it fits there and does not leave half of it empty', () => {
  const known = makeKnownTexts()
  const lengthOf = (chars: number): number => known.encode('x', { text: 'x'.repeat(chars) }).length

  expect([3000, 5000, 4000, 3100, 2900, 10, 3000].map(lengthOf)).toEqual([
    4096, 6144, 6144, 6144, 4096, 2048, 4096,
  ])
})
