import type { Style } from '../output/style.ts'

/** Two columns, the first as wide as its widest cell; each row ends with a line feed. */
export function table(rows: readonly (readonly [left: string, right: string])[], style: Style): string {
  const width = Math.max(0, ...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${style.cyan(left.padEnd(width))}  ${right}\n`).join('')
}
