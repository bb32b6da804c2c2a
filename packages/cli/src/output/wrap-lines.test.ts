import { expect, test } from 'vitest'

import { createStyle } from './style.ts'
import { wrapLines } from './wrap-lines.ts'

test('breaks a line at its blanks, and goes on further in', () => {
  const text = '  a ticket that says more than a narrow terminal has columns for\nshort\n'

  expect(wrapLines(text, 40)).toBe(
    '  a ticket that says more than a narrow\n      terminal has columns for\nshort\n',
  )
})

test('keeps gaps between columns, and counts no colours', () => {
  const style = createStyle(true)
  const row = `  ${style.cyan('feature/a')}   S1   add column orders.a`

  expect(wrapLines(row, 42)).toBe(row)
  expect(wrapLines(`${row}, orders.b`, 42)).toBe(`${row},\n      orders.b`)
})

test('leaves lines as they are without a terminal, or on one that is too narrow to help', () => {
  const text = 'word '.repeat(50)

  expect(wrapLines(text, null)).toBe(text)
  expect(wrapLines(text, 20)).toBe(text)
})
