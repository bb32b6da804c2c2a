import { describe, expect, it } from 'vitest'
import { parseGemfileLock } from './gemfile-lock.ts'
import { gemsThatCouldStay, withGemsAsBefore } from './gems-that-stay.ts'

function lockOf(
  specs: Readonly<Record<string, readonly string[]>>,
  dependencies: readonly string[],
  more = '',
) {
  const lines = Object.entries(specs).flatMap(([gem, needs]) => [
    `    ${gem}`,
    ...needs.map((need) => `      ${need}`),
  ])
  const text = `GEM\n  remote: https://gems.example/\n  specs:\n${lines.join('\n')}\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n${dependencies.map((one) => `  ${one}`).join('\n')}\n${more}`
  return parseGemfileLock('Gemfile.lock', text)
}

const before = lockOf({ 'base (1.0)': [], 'engine (1.0)': ['leaf (~> 1.0)'], 'leaf (1.0)': ['base'] }, [
  'engine',
])

describe('gems that could stay', () => {
  it('are those whose old version satisfies everything that is asked for now', () => {
    const after = lockOf(
      { 'base (2.0)': [], 'engine (1.1)': ['leaf (~> 1.0)'], 'leaf (1.5)': ['base (>= 2)'] },
      ['engine'],
    )

    // base alone could not: the new leaf needs the new base. Together they can.
    expect([...gemsThatCouldStay(before, after, ['engine'])].sort()).toEqual(['base', 'leaf'])
  })

  it('are not those that somebody needs newer, nor what these then need', () => {
    const after = lockOf(
      { 'base (2.0)': [], 'engine (1.1)': ['leaf (~> 1.5)'], 'leaf (1.5)': ['base (>= 2)'] },
      ['engine'],
    )

    expect([...gemsThatCouldStay(before, after, ['engine'])]).toEqual([])
  })

  it('are not those whose own needs are gone, nor those that the Gemfile asks for newer', () => {
    const gone = lockOf({ 'engine (1.1)': ['leaf'], 'leaf (1.5)': [] }, ['engine'])
    const asked = lockOf({ 'base (1.0)': [], 'engine (1.1)': ['leaf'], 'leaf (1.5)': [] }, [
      'engine',
      'leaf (>= 1.5)',
    ])

    expect([...gemsThatCouldStay(before, gone, ['engine'])]).toEqual([])
    expect([...gemsThatCouldStay(before, asked, ['engine'])]).toEqual([])
  })

  it('are put back with what they need and their checksums, everything else untouched', () => {
    const sums = (leaf: string) => `\nCHECKSUMS\n  leaf (${leaf}) sha256=${'0'.repeat(63)}${leaf[0]}\n`
    const old = lockOf({ 'engine (1.0)': ['leaf (~> 1.0)'], 'leaf (1.0)': [] }, ['engine'], sums('1.0'))
    const after = lockOf(
      { 'engine (1.1)': ['leaf (~> 1.0)'], 'leaf (2.0)': ['base'] },
      ['engine'],
      sums('2.0'),
    )

    const text = withGemsAsBefore(old, after, new Set(['leaf']))

    expect(text).toBe(
      lockOf({ 'engine (1.1)': ['leaf (~> 1.0)'], 'leaf (1.0)': [] }, ['engine'], sums('1.0')).text,
    )
  })
})
