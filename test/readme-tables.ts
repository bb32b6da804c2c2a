import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const packages = join(import.meta.dirname, '../packages')

/** What commands write into a README, between `<!-- name:begin -->` and `<!-- name:end -->`, and whose README it is. */
const readmes = {
  properties: join(packages, 'lanes/README.md'),
  mutants: join(packages, 'lanes/README.md'),
  soak: join(packages, 'lanes/README.md'),
  bench: join(packages, 'lanes/README.md'),
  planner: join(packages, 'planner/README.md'),
  train: join(packages, 'README.md'),
  'rehearsed-train': join(packages, 'README.md'),
} as const
export type ReadmeTable = keyof typeof readmes

/** Replaces what stands between the markers of that name. */
export function writeReadmeTable(name: ReadmeTable, text: string): void {
  const readme = readmes[name]
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
