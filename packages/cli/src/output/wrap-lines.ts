import { stripVTControlCharacters } from 'node:util'

/** Narrower than this, wrapping makes it worse. */
const widthMin = 40

/** Breaks lines at blanks, and goes on below what the line begins with, two further in. No width: as they are. */
export function wrapLines(text: string, width: number | null): string {
  if (width === null || width < widthMin) return text
  return text
    .split('\n')
    .flatMap((line) => wrapLine(line, width))
    .join('\n')
}

function wrapLine(line: string, width: number): readonly string[] {
  if (lengthOf(line) <= width) return [line]
  const indent = /^ */.exec(line)?.[0] ?? ''
  const next = `${indent}    `
  const lines: string[] = []
  let current = indent
  for (const word of line.slice(indent.length).split(/(?<=\S) (?=\S)/)) {
    const isStart = current.trim() === ''
    if (!isStart && lengthOf(current) + 1 + lengthOf(word) > width) {
      lines.push(current)
      current = next + word.trimStart()
    } else current = isStart ? current + word : `${current} ${word}`
  }
  return [...lines, current]
}

function lengthOf(text: string): number {
  return stripVTControlCharacters(text).length
}
