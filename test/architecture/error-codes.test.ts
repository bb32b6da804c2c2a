import { errorCodes, findingCodes, reviewCodes } from '@conduct/core'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

import { readSources, repositoryRoot } from './sources.ts'

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

  it('of findings and consequences are each pinned by a test or a fixture', () => {
    const fixtures = readFixtures()
    const unpinned = [...Object.keys(findingCodes), ...Object.keys(reviewCodes)].filter(
      (code) => !tests.some((file) => file.text.includes(code)) && !fixtures.includes(code),
    )

    expect(unpinned).toEqual([])
  })

  it('that are thrown are all explained: none is made up where it is thrown', () => {
    const known = new Set<string>(allCodes())
    const made = production.flatMap((file) =>
      [...file.text.matchAll(/new ConductError\(\s*'([A-Z0-9_]+)'/g)]
        .filter(([, code]) => !known.has(code ?? ''))
        .map(([, code]) => `${file.path}: ${code}`),
    )

    expect(made).toEqual([])
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

/** What tests hold their findings against, beside their own text. */
function readFixtures(): string {
  const folders = ['packages/config/fixtures/invalid'].map((folder) => path.join(repositoryRoot, folder))
  const texts = folders.flatMap((folder) =>
    readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8')),
  )
  const pairs = readSources().filter((file) => file.path.startsWith('test/review/'))
  return [...texts, ...pairs.map((file) => file.text)].join('\n')
}

function allCodes(): string[] {
  return [...Object.keys(errorCodes), ...Object.keys(findingCodes), ...Object.keys(reviewCodes)]
}

function quotes(text: string, code: string): boolean {
  return text.includes(`'${code}'`) || text.includes(`"${code}"`)
}
