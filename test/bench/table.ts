/** What a benchmark found, for people at a terminal or for a page. */
export interface Table {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** How it was measured, where the columns do not say it. */
  readonly note?: string
}

export type Form = 'text' | 'markdown'

export function toForm(table: Table, form: Form): string {
  return form === 'markdown' ? toMarkdown(table) : toText(table)
}

function toText({ title, columns, rows, note }: Table): string {
  const lines = [columns, ...rows]
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => (line[at] ?? '').length)))
  const shown = lines.map(
    (line) =>
      `    ${line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ')}\n`,
  )
  return `\n  ${title}\n${note === undefined ? '' : `  (${note})\n`}${shown.join('')}`
}

function toMarkdown({ title, columns, rows, note }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`
  const rule = columns.map((_, at) => (at === 0 ? '---' : '--:'))
  return `\n**${title}**${note === undefined ? '' : `: ${note}`}\n\n${line(columns)}${line(rule)}${rows.map(line).join('')}`
}

export function showMs(ms: number): string {
  if (!Number.isFinite(ms)) return '–'
  if (ms < 10) return `${ms.toFixed(2)} ms`
  return ms < 100 ? `${ms.toFixed(1)} ms` : `${ms.toFixed(0)} ms`
}

export function showRatio(ratio: number): string {
  return `${ratio.toFixed(2)}×`
}
