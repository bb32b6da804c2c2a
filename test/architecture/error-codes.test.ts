import { errorCodes, findingCodes, reviewCodes } from '@conduct/core'
import { describe, expect, it } from 'vitest'

import { readSources } from './sources.ts'

const sources = readSources().filter((file) => !file.path.startsWith('test/architecture/'))
const production = sources.filter((file) => !file.isTest && !file.path.startsWith('packages/core/src/codes'))
const tests = sources.filter((file) => file.isTest)

describe('error codes', () => {
  it('are each used by production code', () => {
    const unused = allCodes().filter((code) => !production.some((file) => quotes(file.text, code)))

    expect(unused).toEqual([])
  })

  it('of thrown errors are each pinned by a test', () => {
    const unpinned = Object.keys(errorCodes).filter((code) => !tests.some((file) => file.text.includes(code)))

    expect(unpinned).toEqual([])
  })

  it('are screaming snake case with a sentence each', () => {
    const tables = { ...errorCodes, ...findingCodes, ...reviewCodes }
    const wrong = Object.entries(tables).filter(
      ([code, entry]) =>
        !/^[A-Z0-9]+(?:_[A-Z0-9]+)*$/.test(code) ||
        !entry.meaning.endsWith('.') ||
        !entry.remedy.endsWith('.'),
    )

    expect(wrong.map(([code]) => code)).toEqual([])
  })

  it('stand in one table each', () => {
    expect(new Set(allCodes()).size).toBe(allCodes().length)
  })
})

function allCodes(): string[] {
  return [...Object.keys(errorCodes), ...Object.keys(findingCodes), ...Object.keys(reviewCodes)]
}

function quotes(text: string, code: string): boolean {
  return text.includes(`'${code}'`) || text.includes(`"${code}"`)
}
