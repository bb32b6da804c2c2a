import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRedactor, redact } from './redaction.ts'

test('gives the same text however it is cut into pieces', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 }), {
        maxLength: 3,
      }),
      fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c', '-'), maxLength: 6 }), { maxLength: 8 }),
      (secrets, chunks) => {
        const redactor = createRedactor(secrets)
        const inPieces = chunks.map((chunk) => redactor.push(chunk)).join('') + redactor.end()

        expect(inPieces).toBe(redact(chunks.join(''), secrets))
      },
    ),
  )
})

test('shows every character that belongs to no secret, and none that does', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 }), {
        maxLength: 3,
      }),
      fc.string({ unit: fc.constantFrom('a', 'b', 'c', '-'), maxLength: 30 }),
      (secrets, text) => {
        const isSecret = Array.from(text, () => false)
        for (const secret of secrets) {
          for (let at = text.indexOf(secret); at !== -1; at = text.indexOf(secret, at + 1)) {
            isSecret.fill(true, at, at + secret.length)
          }
        }
        const open = Array.from(text).filter((_, at) => isSecret[at] === false)

        expect(redact(text, secrets).replaceAll('*', '')).toBe(open.join(''))
      },
    ),
  )
})

test('covers overlapping secrets as a whole', () => {
  expect(redact('xabcdey', ['abc', 'cde'])).toBe('x***y')
  expect(redact('xabcdefy', ['abc', 'abcdef'])).toBe('x***y')
})

test('takes the signs of a pattern as text', () => {
  expect(redact('a.c abc $1', ['a.c', '$1'])).toBe('*** abc ***')
})

test('leaves the text alone without secrets, and ignores an empty one', () => {
  expect(redact('nothing here', [''])).toBe('nothing here')
})
