/**
 * Questions about all paths at once: is there a path that these patterns match and those do not? Answered exactly
 * by walking the product of the automata (subset construction on the fly), shortest path first.
 */
import { type Automaton, type CharacterSet, reads } from './glob.ts'

/** Product states looked at before giving up; ordinary patterns need a few hundred. */
const statesMax = 20_000

export interface PathQuestion {
  /** The path must match at least one automaton of each group. */
  readonly all: readonly (readonly Automaton[])[]
  readonly none: readonly Automaton[]
}

export type PathAnswer =
  | { readonly outcome: 'found'; readonly path: string }
  | { readonly outcome: 'none' }
  | { readonly outcome: 'unknown' }

export function findPath(question: PathQuestion): PathAnswer {
  const groups = [...question.all, question.none].map(joinAutomata)
  const wanted = question.all.length
  const alphabet = alphabetOf(groups)
  const start: ProductState = {
    path: '',
    shape: 'segment_start',
    sets: groups.map((group) => closure(group, group.starts)),
  }
  const seen = new Set([keyOf(start)])
  let frontier = [start]
  while (frontier.length > 0) {
    const next: ProductState[] = []
    for (const state of frontier) {
      if (isAnswer(state, groups, wanted)) return { outcome: 'found', path: state.path }
      for (const character of alphabet) {
        const shape = nextShape(state.shape, character)
        if (shape === null) continue
        const sets = groups.map((group, index) => advance(group, state.sets[index] ?? [], character))
        if (sets.slice(0, wanted).some((set) => set.length === 0)) continue
        const reached = { path: state.path + character, shape, sets }
        const key = keyOf(reached)
        if (seen.has(key)) continue
        if (seen.size >= statesMax) return { outcome: 'unknown' }
        seen.add(key)
        next.push(reached)
      }
    }
    frontier = next
  }
  return { outcome: 'none' }
}

/** Where in a path we are; a repository's paths have no empty, "." or ".." segments. */
type Shape = 'segment_start' | 'one_dot' | 'two_dots' | 'inside'

interface ProductState {
  readonly path: string
  readonly shape: Shape
  readonly sets: readonly (readonly number[])[]
}

function nextShape(shape: Shape, character: string): Shape | null {
  if (character === '/') return shape === 'inside' ? 'segment_start' : null
  if (shape === 'inside' || character !== '.') return 'inside'
  if (shape === 'segment_start') return 'one_dot'
  return shape === 'one_dot' ? 'two_dots' : 'inside'
}

function isAnswer(state: ProductState, groups: readonly Automaton[], wanted: number): boolean {
  if (state.shape !== 'inside') return false
  return groups.every((group, index) => {
    const isMatched = (state.sets[index] ?? []).some((at) => group.states[at]?.isAccepting === true)
    return isMatched === index < wanted
  })
}

function joinAutomata(automata: readonly Automaton[]): Automaton {
  const states: Automaton['states'][number][] = []
  const starts: number[] = []
  for (const automaton of automata) {
    const shift = states.length
    starts.push(...automaton.starts.map((start) => start + shift))
    for (const state of automaton.states) {
      states.push({
        isAccepting: state.isAccepting,
        empties: state.empties.map((to) => to + shift),
        moves: state.moves.map((move) => ({ reads: move.reads, to: move.to + shift })),
      })
    }
  }
  return { states, starts }
}

function advance(automaton: Automaton, from: readonly number[], character: string): readonly number[] {
  const reached: number[] = []
  for (const at of from) {
    for (const move of automaton.states[at]?.moves ?? [])
      if (reads(move.reads, character)) reached.push(move.to)
  }
  return closure(automaton, reached)
}

function closure(automaton: Automaton, from: readonly number[]): readonly number[] {
  const reached = new Set(from)
  const open = [...reached]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const to of automaton.states[at]?.empties ?? []) {
      if (reached.has(to)) continue
      reached.add(to)
      open.push(to)
    }
  }
  return [...reached].sort((a, b) => a - b)
}

function keyOf(state: ProductState): string {
  return `${state.shape} ${state.sets.map((set) => set.join(',')).join(' ')}`
}

/** One character for each way the automata can tell characters apart; one of them stands for all others. */
function alphabetOf(automata: readonly Automaton[]): readonly string[] {
  const sets = automata.flatMap((automaton) =>
    automaton.states.flatMap((state) => state.moves.map((move) => move.reads)),
  )
  const named = new Set(['/', '.', ...sets.flatMap(boundaries)])
  const other = Array.from('xyzabcdefghijklmnopqrstuvw0123456789\uE000').find(
    (character) => !named.has(character),
  )
  const alphabet = new Set(other === undefined ? named : [other, ...named])
  // Control characters next to a boundary tell nothing that a printable one does not, and read badly.
  return [...alphabet].filter((character) => character >= ' ')
}

function boundaries(set: CharacterSet): readonly string[] {
  if (set.kind === 'one') return [set.character]
  if (set.kind === 'segment') return []
  return set.ranges.flatMap(([from, to]) => {
    const low = from.codePointAt(0) ?? 0
    const high = to.codePointAt(0) ?? low
    const inside = Array.from({ length: Math.min(high - low + 1, 128) }, (_, index) =>
      String.fromCodePoint(low + index),
    )
    return [...inside, String.fromCodePoint(high + 1)]
  })
}
