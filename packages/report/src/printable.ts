import { displayWidth, showCharacters } from '@conduct/core'

/** One line that cannot command a terminal: control characters shown, line ends as spaces. */
export function printable(text: string): string {
  return showCharacters(text.replace(/\s*[\r\n]+\s*/g, ' '))
    .map((character) => character.text)
    .join('')
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)))
}
