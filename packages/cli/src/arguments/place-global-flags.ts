import { globalParameters } from '../global-flags.ts'

export interface Placed {
  /** The words of the command that were found, at most two. */
  readonly words: readonly string[]
  /** The same arguments, with every global flag that stood before or inside the command now after it. */
  readonly argv: readonly string[]
}

/**
 * Lets global flags stand before the command (`conduct -c lanes.yaml lane list`): the parser below wants the
 * words of the command first. Stops at the first thing it does not know and leaves it to the parser to refuse.
 */
export function placeGlobalFlags(argv: readonly string[], nouns: ReadonlySet<string>): Placed {
  const words: string[] = []
  const moved: string[] = []
  let index = 0
  while (index < argv.length && !isComplete(words, nouns)) {
    const token = argv[index] ?? ''
    const width = token.startsWith('-') ? globalFlagWidth(token) : 1
    if (width === 0) break
    const taken = argv.slice(index, index + width)
    if (token.startsWith('-')) moved.push(...taken)
    else words.push(token)
    index += width
  }
  const rest = argv.slice(index)
  return {
    words,
    argv: isComplete(words, nouns) ? [...words, ...moved, ...rest] : [...words, ...rest, ...moved],
  }
}

function isComplete(words: readonly string[], nouns: ReadonlySet<string>): boolean {
  return words.length >= (nouns.has(words[0] ?? '') ? 2 : 1)
}

/** How many arguments a global flag takes up, itself included; 0 when it is none. */
function globalFlagWidth(token: string): number {
  const long = /^--([a-z-]+)(=.*)?$/.exec(token)
  if (long !== null) {
    const name = (long[1] ?? '').replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
    return widthOf(name, long[2] !== undefined)
  }
  const short = /^-([a-zA-Z]+)(=.*)?$/.exec(token)
  if (short === null) return 0
  const widths = (short[1] ?? '').split('').map((letter) => {
    const aliases: Readonly<Record<string, string | undefined>> = globalParameters.aliases
    return widthOf(aliases[letter] ?? '', short[2] !== undefined)
  })
  return widths.includes(0) ? 0 : Math.max(...widths)
}

function widthOf(name: string, hasValue: boolean): number {
  const flags: Readonly<Record<string, { readonly kind: string } | undefined>> = globalParameters.flags
  const flag = flags[name]
  if (flag === undefined) return 0
  return flag.kind === 'boolean' || hasValue ? 1 : 2
}
