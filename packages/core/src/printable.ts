import { showCharacters } from './display-width.ts'

/**
 * Words of others (a registry, a forge, a command, a file) as we may show them: they command no terminal, and none of
 * their lines can be taken for a line of ours.
 */

const special = /[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069]/u

/** One line: control and direction-changing characters shown as stand-ins, line ends as spaces. */
export function printableLine(text: string): string {
  if (!special.test(text)) return text
  return showCharacters(text.replace(/\s*[\r\n]+\s*/g, ' '))
    .map((character) => character.text)
    .join('')
}

const indentMin = '  '

/** Several lines, of which only the first may start at the margin, where our own words stand. */
export function printableLines(text: string): string {
  const [first = '', ...others] = text.split(/\r\n|\n|\r/).map(printableLine)
  return [first, ...others.map((line) => (line.startsWith(indentMin) ? line : indentMin + line))].join('\n')
}
