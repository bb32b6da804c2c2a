/**
 * Path patterns of triggers: `*` and `?` within a segment, `**` over any number of segments, `[abc]`, `[a-z]`,
 * `[!abc]`, `{a,b}`, `\` before a character to take it literally. Dot files match like all others.
 *
 * A pattern becomes a small automaton, so that questions about all paths at once have exact answers
 * (glob-language.ts).
 */
export type Glob =
  | { readonly ok: true; readonly automaton: Automaton }
  | { readonly ok: false; readonly problem: string }

export interface Automaton {
  readonly states: readonly State[]
  readonly starts: readonly number[]
}

interface State {
  readonly isAccepting: boolean
  /** Reached without reading anything. */
  readonly empties: readonly number[]
  readonly moves: readonly Move[]
}

interface Move {
  readonly reads: CharacterSet
  readonly to: number
}

export type CharacterSet =
  | { readonly kind: 'one'; readonly character: string }
  | { readonly kind: 'segment' }
  | {
      readonly kind: 'class'
      readonly isNegated: boolean
      readonly ranges: readonly (readonly [string, string])[]
    }

const alternativesMax = 256
const lengthMax = 1000

export function parseGlob(pattern: string): Glob {
  if (pattern === '') return { ok: false, problem: 'is empty' }
  if (pattern.length > lengthMax) return { ok: false, problem: `is longer than ${lengthMax} characters` }
  try {
    const builder = new AutomatonBuilder()
    for (const plain of expandBraces(pattern)) builder.add(plain)
    return { ok: true, automaton: builder.finish() }
  } catch (error) {
    if (error instanceof GlobProblem) return { ok: false, problem: error.message }
    throw error
  }
}

class GlobProblem extends Error {}

/** Never holds for what a class or wildcard must not cross: "/" separates segments. */
export function reads(set: CharacterSet, character: string): boolean {
  if (set.kind === 'one') return character === set.character
  if (character === '/') return false
  if (set.kind === 'segment') return true
  return set.ranges.some(([from, to]) => from <= character && character <= to) !== set.isNegated
}

class AutomatonBuilder {
  readonly #states: { isAccepting: boolean; empties: number[]; moves: Move[] }[] = []
  readonly #starts: number[] = []

  add(pattern: string): void {
    let here = this.#state()
    this.#starts.push(here)
    let index = 0
    while (index < pattern.length) {
      const atSegmentStart = index === 0 || pattern[index - 1] === '/'
      if (atSegmentStart && pattern.startsWith('**/', index)) {
        here = this.#anySegments(here)
        index += 3
      } else if (atSegmentStart && pattern.slice(index) === '**') {
        here = this.#rest(here)
        index += 2
      } else {
        const read = readOne(pattern, index)
        here = read.isStar ? this.#star(here) : this.#step(here, read.set)
        index = read.next
      }
    }
    const last = this.#states[here]
    if (last !== undefined) last.isAccepting = true
  }

  finish(): Automaton {
    return { states: this.#states, starts: this.#starts }
  }

  #state(): number {
    return this.#states.push({ isAccepting: false, empties: [], moves: [] }) - 1
  }

  #move(from: number, set: CharacterSet, to: number): void {
    this.#states[from]?.moves.push({ reads: set, to })
  }

  #step(from: number, set: CharacterSet): number {
    const to = this.#state()
    this.#move(from, set, to)
    return to
  }

  #star(from: number): number {
    const to = this.#state()
    this.#states[from]?.empties.push(to)
    this.#move(to, { kind: 'segment' }, to)
    return to
  }

  /** `**` + `/`: nothing, or whole segments with their slashes. */
  #anySegments(from: number): number {
    const inside = this.#state()
    const after = this.#state()
    this.#states[from]?.empties.push(after)
    this.#move(from, { kind: 'segment' }, inside)
    this.#move(inside, { kind: 'segment' }, inside)
    this.#move(inside, { kind: 'one', character: '/' }, after)
    this.#states[after]?.empties.push(from)
    const out = this.#state()
    this.#states[after]?.empties.push(out)
    return out
  }

  /** `**` at the end: anything, at least one character. */
  #rest(from: number): number {
    const to = this.#step(from, { kind: 'segment' })
    this.#move(to, { kind: 'segment' }, to)
    this.#move(to, { kind: 'one', character: '/' }, to)
    return to
  }
}

type ReadOne =
  | { readonly isStar: true; readonly next: number }
  | { readonly isStar: false; readonly set: CharacterSet; readonly next: number }

function readOne(pattern: string, index: number): ReadOne {
  const character = pattern[index] ?? ''
  switch (character) {
    case '*': {
      let next = index + 1
      while (pattern[next] === '*') next += 1
      return { isStar: true, next }
    }
    case '?':
      return { isStar: false, set: { kind: 'segment' }, next: index + 1 }
    case '[':
      return readClass(pattern, index)
    case ']':
      throw new GlobProblem('has a "]" without "["')
    case '\\': {
      const escaped = pattern[index + 1]
      if (escaped === undefined) throw new GlobProblem('ends with a backslash')
      return { isStar: false, set: { kind: 'one', character: escaped }, next: index + 2 }
    }
    default:
      return { isStar: false, set: { kind: 'one', character }, next: index + 1 }
  }
}

function readClass(pattern: string, index: number): ReadOne {
  const isNegated = pattern[index + 1] === '!' || pattern[index + 1] === '^'
  const ranges: (readonly [string, string])[] = []
  let next = index + (isNegated ? 2 : 1)
  const first = next
  while (next < pattern.length && (pattern[next] !== ']' || next === first)) {
    const from = pattern[next] ?? ''
    if (from === '/') throw new GlobProblem('has a "/" between "[" and "]"')
    if (pattern[next + 1] === '-' && pattern[next + 2] !== ']' && pattern[next + 2] !== undefined) {
      const to = pattern[next + 2] ?? from
      if (to < from) throw new GlobProblem(`has a range that runs backwards: ${from}-${to}`)
      ranges.push([from, to])
      next += 3
    } else {
      ranges.push([from, from])
      next += 1
    }
  }
  if (pattern[next] !== ']') throw new GlobProblem('has a "[" that is not closed')
  return { isStar: false, set: { kind: 'class', isNegated, ranges }, next: next + 1 }
}

/** `a{b,c}d` → `abd`, `acd`; nested ones too. */
function expandBraces(pattern: string): readonly string[] {
  const open = findOutsideEscape(pattern, '{', 0)
  const strayClose = findOutsideEscape(pattern, '}', 0)
  if (open === -1) {
    if (strayClose !== -1) throw new GlobProblem('has a "}" without "{"')
    return [pattern]
  }
  if (strayClose !== -1 && strayClose < open) throw new GlobProblem('has a "}" without "{"')
  const alternatives: string[] = []
  let depth = 0
  let from = open + 1
  for (let index = open; index < pattern.length; index += 1) {
    const character = pattern[index]
    if (character === '\\') index += 1
    else if (character === '{') depth += 1
    else if (character === ',' && depth === 1) {
      alternatives.push(pattern.slice(from, index))
      from = index + 1
    } else if (character === '}' && --depth === 0) {
      alternatives.push(pattern.slice(from, index))
      const before = pattern.slice(0, open)
      const expanded = alternatives.flatMap((inner) =>
        expandBraces(before + inner + pattern.slice(index + 1)),
      )
      if (expanded.length > alternativesMax)
        throw new GlobProblem(`has more than ${alternativesMax} alternatives`)
      return expanded
    }
  }
  throw new GlobProblem('has a "{" that is not closed')
}

function findOutsideEscape(pattern: string, wanted: string, from: number): number {
  for (let index = from; index < pattern.length; index += 1) {
    if (pattern[index] === '\\') index += 1
    else if (pattern[index] === wanted) return index
  }
  return -1
}
