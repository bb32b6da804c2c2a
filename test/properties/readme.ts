import { readFileSync, writeFileSync } from 'node:fs'

/** The README of the engine, whose tables are written by the commands that stand beside them. */
const readme = new URL('../../packages/lanes/README.md', import.meta.url)

export type Section = 'properties' | 'mutants' | 'soak'

export function readSection(section: Section): string {
  const { before, after, text } = find(section)
  return text.slice(before, after).trim()
}

export function writeSection(section: Section, content: string): void {
  const { before, after, text } = find(section)
  writeFileSync(readme, `${text.slice(0, before)}\n\n${content}\n\n${text.slice(after)}`)
}

/** Blanks and dashes that a formatter puts into a table say nothing. */
export function withoutPadding(table: string): string {
  return table
    .replaceAll(/-{3,}/g, '---')
    .replaceAll(/ +/g, ' ')
    .replaceAll('| ---', '|---')
    .replaceAll('--- |', '---|')
}

function find(section: Section): { readonly before: number; readonly after: number; readonly text: string } {
  const text = readFileSync(readme, 'utf8')
  const begin = `<!-- ${section}:begin -->`
  const before = text.indexOf(begin) + begin.length
  const after = text.indexOf(`<!-- ${section}:end -->`)
  if (before < begin.length || after < before) throw new Error(`the README has no section ${section}`)
  return { before, after, text }
}
