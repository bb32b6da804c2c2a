import { expect, test } from 'vitest'
import { replaceTable } from './readme-tables.ts'

const page = 'a\n\n<!-- soak:begin -->\nold\n<!-- soak:end -->\n\nb\n'

test('a table is put between its markers, as often as one likes', () => {
  const once = replaceTable(page, 'soak', '| new |\n')

  expect(once).toBe('a\n\n<!-- soak:begin -->\n\n| new |\n\n<!-- soak:end -->\n\nb\n')
  expect(replaceTable(once, 'soak', '| new |')).toBe(once)
})

test('a page without the markers is not written', () => {
  expect(() => replaceTable(page, 'bench', '')).toThrow('does not have the markers of bench')
  expect(() => replaceTable(`${page}${page}`, 'soak', '')).toThrow('exactly once')
})
