import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What commands write into the README of the engine, between `<!-- name:begin -->` and `<!-- name:end -->`. */
export type ReadmeTable = 'properties' | 'mutants' | 'soak' | 'bench'

const readme = join(import.meta.dirname, '../packages/lanes/README.md')

/** Replaces what stands between the markers of that name. */
export function writeReadmeTable(name: ReadmeTable, text: string): void {
  writeFileSync(readme, replaceTable(readFileSync(readme, 'utf8'), name, text))
}

export function replaceTable(page: string, name: ReadmeTable, text: string): string {
  const begin = `<!-- ${name}:begin -->\n`
  const end = `<!-- ${name}:end -->`
  const [before, rest, ...more] = page.split(begin)
  const after = rest?.split(end)
  if (before === undefined || after?.length !== 2 || more.length > 0) {
    throw new Error(`the page does not have the markers of ${name} exactly once`)
  }
  return `${before}${begin}\n${text.trim()}\n\n${end}${after[1] ?? ''}`
}
