import { expect, test } from 'vitest'
import { tagNames } from './tag-names.ts'

const of = (name: string, template: string | null = null) => ({ name, version: '1.2.0', template })

test('a single package is tagged with its version alone', () => {
  expect(tagNames([of('@acme/engine')])).toEqual(['v1.2.0'])
})

test('several packages carry their names, without the scope', () => {
  expect(tagNames([of('@acme/engine'), of('@acme/parts')])).toEqual(['engine-v1.2.0', 'parts-v1.2.0'])
})

test('packages that differ only by their scope keep it', () => {
  expect(tagNames([of('@acme/engine'), of('@other/engine')])).toEqual([
    '@acme/engine-v1.2.0',
    '@other/engine-v1.2.0',
  ])
})

test('a declared template decides', () => {
  expect(tagNames([of('@acme/engine', 'engine/{version}')])).toEqual(['engine/1.2.0'])
})
