import { expect, it } from 'vitest'
import { afterWithin } from './after-within.ts'
import { aConsumer } from './survey-fixture.ts'

const consumers = [
  aConsumer({ repo: 'core', after: [] }),
  aConsumer({ repo: 'shop', after: ['core'] }),
  aConsumer({ repo: 'docs', after: ['core', 'shop'] }),
  aConsumer({ repo: 'admin', after: ['shop', 'docs'] }),
]

it('is what lanes.yaml says while everybody travels', () => {
  expect(afterWithin(consumers, 'admin', [])).toEqual(['shop', 'docs'])
  expect(afterWithin(consumers, 'core', [])).toEqual([])
})

it('leads past those that are left out, to whoever stands before them', () => {
  expect(afterWithin(consumers, 'admin', ['shop', 'docs'])).toEqual(['core'])
  expect(afterWithin(consumers, 'admin', ['shop'])).toEqual(['core', 'docs'])
  expect(afterWithin(consumers, 'docs', ['core', 'shop'])).toEqual([])
})
