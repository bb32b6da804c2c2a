import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Cell, externals, faults, faultsTable, matrix } from '../faults/matrix.ts'
import { withoutPadding } from '../properties/readme.ts'
import { repositoryRoot } from './sources.ts'

const read = (file: string): string => readFileSync(path.join(repositoryRoot, file), 'utf8')
const cells = externals.flatMap((external) =>
  faults.map((fault): { readonly name: string; readonly cell: Cell } => ({
    name: `${external}: ${fault}`,
    cell: matrix[external][fault],
  })),
)

describe('the faults of what is outside', () => {
  it('are seven at each of seven, each shown by a test or impossible for a reason', () => {
    expect(cells).toHaveLength(49)
    const empty = cells.filter(({ cell }) =>
      'cannotBe' in cell ? cell.cannotBe === '' : cell.shownBy.length === 0 || cell.ends.length === 0,
    )
    expect(empty.map(({ name }) => name)).toEqual([])
  })

  it('name tests that exist, and codes that these tests pin', () => {
    const missing = cells.flatMap(({ name, cell }) => {
      if ('cannotBe' in cell) return []
      const texts = cell.shownBy.map(({ file }) => read(file)).join('\n')
      const codes = cell.ends
        .flatMap((end) => end.split(' ').slice(1))
        .filter((code) => !texts.includes(code))
      const tests = cell.shownBy.filter(({ file, test }) => !read(file).includes(test))
      return [...codes, ...tests.map(({ test }) => test)].map((what) => `${name}: ${what}`)
    })

    expect(missing).toEqual([])
  })

  it('stand in the README of the packages as they are here', () => {
    const page = read('packages/README.md')
    const section = /<!-- faults:begin -->\n([^]*?)<!-- faults:end -->/.exec(page)?.[1] ?? ''

    expect(withoutPadding(section.trim())).toBe(withoutPadding(faultsTable()))
  })
})
