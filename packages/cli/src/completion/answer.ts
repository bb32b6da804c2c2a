import { propose } from './propose.ts'
import { namesFor } from './names.ts'

/**
 * What a shell reads: a line per word, `word<TAB>what it means`.
 *
 * @param words all between `conduct` and the cursor; the last one is being typed and may be empty.
 */
export async function proposedLines(words: readonly string[], cwd: string): Promise<string> {
  const proposals = await propose(words, namesFor(words, cwd))
  return proposals.map(({ word, about }) => `${word}\t${about.replaceAll(/\s+/g, ' ')}\n`).join('')
}
