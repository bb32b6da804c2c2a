import type { Style } from '../output/style.ts'
import { hangWords } from '../output/wrap-words.ts'

/** Two columns, the first as wide as its widest cell, the second within the terminal; each row ends with a line feed. */
export function table(rows: readonly (readonly [left: string, right: string])[], style: Style): string {
  const width = Math.max(0, ...rows.map(([left]) => left.length))
  return rows
    .map(([left, right]) => {
      const hung = hangWords(right, { at: width + 4, width: style.width })
      return `  ${style.cyan(left.padEnd(width))}  ${hung}\n`
    })
    .join('')
}
