import { basename } from './program-name.ts'
import type { Known } from './shell/collect.ts'

/**
 * Whether these words may be a command that the pattern means: word by word, `*` for any word, at the end for any words. The
 * program is compared by its name, wherever it lies. A word that is not known may be any word that begins and ends like it.
 */
export function mayBeCommand(pattern: readonly string[], words: readonly Known[]): boolean {
  const [program, ...others] = pattern
  if (program === undefined) return false
  return fits([basename(program), ...others], words, { isProgram: true })
}

function fits(
  pattern: readonly string[],
  words: readonly Known[],
  { isProgram }: { readonly isProgram: boolean },
): boolean {
  const [wanted] = pattern
  const [word] = words
  if (wanted === '*' && pattern.length === 1) return word !== undefined || !isProgram
  if (wanted === undefined) return words.every(({ isSplit }) => isSplit)
  if (word === undefined) return false
  if (word.isSplit) {
    const isGone = fits(pattern, words.slice(1), { isProgram })
    return isGone || fits(pattern.slice(1), words, { isProgram: false })
  }
  return isWord(wanted, word, isProgram) && fits(pattern.slice(1), words.slice(1), { isProgram: false })
}

function isWord(wanted: string, { text, prefix, suffix }: Known, isProgram: boolean): boolean {
  if (wanted === '*') return true
  if (text !== null) return (isProgram ? basename(text) : text) === wanted
  const [from, to] = isProgram ? [prefix.includes('/') ? '' : prefix, basename(suffix)] : [prefix, suffix]
  return from.length + to.length <= wanted.length && wanted.startsWith(from) && wanted.endsWith(to)
}
