import { stripVTControlCharacters } from 'node:util'

/** Breaks a text at blanks into lines of at most `width` columns; a longer word has a line of its own. */
export function wrapWords(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const isFull = line !== '' && lengthOf(line) + 1 + lengthOf(word) > width
    if (isFull) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** Below this, what hangs beside something is broken into pieces that nobody can read. */
const hangingMin = 30

/** Lines of a text that stands in a column: all but the first begin at that column. No width: one line. */
export function hangWords(
  text: string,
  options: { readonly at: number; readonly width: number | null },
): string {
  const { at, width } = options
  if (width === null || width - at < hangingMin) return text
  return wrapWords(text, width - at).join(`\n${' '.repeat(at)}`)
}

function lengthOf(text: string): number {
  return stripVTControlCharacters(text).length
}
