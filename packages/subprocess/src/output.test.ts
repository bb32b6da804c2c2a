import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { captureOutput } from './output.ts'

const capture = (bytesMax: number, chunks: readonly Uint8Array[], lines: string[] = []) => {
  const output = captureOutput({ bytesMax, secrets: [], onLine: (line) => lines.push(line) })
  for (const chunk of chunks) output.write(chunk)
  output.end()
  return output
}

test('never cuts a character in two', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '€', '🚂'), maxLength: 20 }), { maxLength: 10 }),
      fc.integer({ min: 8, max: 40 }),
      (chunks, bytesMax) => {
        const output = capture(
          bytesMax,
          chunks.map((chunk) => Buffer.from(chunk)),
        )

        expect(output.text()).not.toContain('\uFFFD')
        const whole = chunks.join('')
        const mustFit = Buffer.byteLength(whole) <= bytesMax - 3
        expect(output.isTruncated()).toBe(output.text() !== whole)
        expect(mustFit && output.isTruncated()).toBe(false)
      },
    ),
  )
})

test('joins a character that arrives in two pieces', () => {
  const [first, second] = [Buffer.from('🚂').subarray(0, 2), Buffer.from('🚂').subarray(2)]

  expect(capture(100, [first, second]).text()).toBe('🚂')
})

test('passes on whole lines, the last one without its end too, and \\r\\n as one end', () => {
  const lines: string[] = []

  capture(
    100,
    ['a', 'b\nc\r\n', '\nlast'].map((chunk) => Buffer.from(chunk)),
    lines,
  )

  expect(lines).toEqual(['ab', 'c', '', 'last'])
})

test('passes on an endless line in pieces instead of keeping it all', () => {
  const lines: string[] = []

  capture(
    10,
    Array.from({ length: 5 }, () => Buffer.alloc(40_000, 'x')),
    lines,
  )

  expect(lines.length).toBeGreaterThan(1)
  expect(lines.join('')).toHaveLength(200_000)
})
