import { commandEntries, nounBriefs } from '../commands.ts'

/**
 * Hints say `conduct lane show`; whoever reads them has to type the launcher that was used. Only what is a command
 * is rewritten, nothing in prose.
 */
export function commandsAsTyped(text: string, launcher: string): string {
  if (launcher === 'conduct') return text
  return text.replaceAll(pattern, `${launcher} `)
}

const firstWords = new Set([
  ...commandEntries.map(({ name }) => name.split(' ', 1)[0]),
  ...Object.keys(nounBriefs),
])
const pattern = new RegExp(`(?<![\\w/.-])conduct (?=(?:${[...firstWords].join('|')}|--help)\\b)`, 'g')
