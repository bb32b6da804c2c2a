import { expect, test } from 'vitest'
import { nearest } from './nearest.ts'

test('finds what was meant behind a swap, a missing or a wrong letter', () => {
  const candidates = ['engine', 'shop', 'admin']

  expect(nearest('shpo', candidates)).toBe('shop')
  expect(nearest('engin', candidates)).toBe('engine')
  expect(nearest('amdin', candidates)).toBe('admin')
})

test('finds nothing when nothing is near', () => {
  expect(nearest('zebra', ['engine', 'shop'])).toBeNull()
})
