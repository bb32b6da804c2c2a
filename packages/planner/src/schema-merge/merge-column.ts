import type { Sides } from './merge-list.ts'
import type { Statement } from './statement.ts'

/** The order in which Rails dumps what it says of a column. */
const optionOrder = [
  'type',
  'as',
  'stored',
  'limit',
  'precision',
  'scale',
  'default',
  'null',
  'collation',
  'comment',
  'array',
  'enum_type',
]

/** Different options of one column, changed by two sides; null when both changed the same one. */
export function mergeColumn({ base, first, second }: Sides<Statement>): Statement | null {
  if (first.method !== second.method && first.method !== base.method && second.method !== base.method)
    return null
  const method = first.method === base.method ? second.method : first.method
  if (first.given.join() !== second.given.join()) return null
  const names = [...new Set([...base.options.keys(), ...first.options.keys(), ...second.options.keys()])]
  const options = new Map<string, string>()
  for (const name of names.sort((one, other) => rankOf(one) - rankOf(other))) {
    const [before, one, other] = [base, first, second].map((each) => each.options.get(name))
    if (one !== other && one !== before && other !== before) return null
    const value = one === before ? other : one
    if (value !== undefined) options.set(name, value)
  }
  const merged = { ...first, method, options }
  const indent = /^\s*/.exec(first.text)?.[0] ?? ''
  return { ...merged, text: `${indent}${plainText(merged)}\n` }
}

function rankOf(name: string): number {
  const at = optionOrder.indexOf(name)
  return at === -1 ? optionOrder.length : at
}

function plainText({ method, given, options }: Statement): string {
  return `t.${method} ${[...given, ...named(options)].join(', ')}`
}

function named(options: ReadonlyMap<string, string>): readonly string[] {
  return [...options].map(([name, value]) => `${name}: ${value}`)
}

/**
 * Until 5.0, Rails dumped the columns of a table as a table: each option below its namesake.
 *
 * @param known the columns as the sides have them: what they look like tells whether it was so.
 * @returns the texts by key, of all columns or of none.
 */
export function realign(
  columns: readonly Statement[],
  known: readonly Statement[],
): ReadonlyMap<string, string> {
  const wasAligned = known.some((each) => each.group === 'column' && each.text.trim() !== plainText(each))
  if (!wasAligned) return new Map()
  const names = optionOrder.filter((name) => columns.some(({ options }) => options.has(name)))
  const widthOf = (texts: readonly string[]): number => Math.max(0, ...texts.map((each) => each.length))
  const typeWidth = widthOf(columns.map(({ method }) => method))
  const cells = columns.map(({ given, options }) => [
    given.join(', '),
    ...names.map((name) => (options.has(name) ? `${name}: ${options.get(name)}` : '')),
  ])
  const widths = ['', ...names].map((_, at) => widthOf(cells.map((row) => row[at] ?? '')) + ', '.length)
  return new Map(
    columns.map(({ key, method, text }, at) => {
      const row = (cells[at] ?? []).map((cell, column) =>
        (cell === '' ? '' : `${cell}, `).padEnd(widths[column] ?? 0),
      )
      const indent = /^\s*/.exec(text)?.[0] ?? ''
      return [key, `${indent}t.${method.padEnd(typeWidth)} ${row.join('').replace(/,\s*$/, '')}\n`]
    }),
  )
}
