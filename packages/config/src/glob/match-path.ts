import { type Automaton, parseGlob, reads } from './glob.ts'

/** Path patterns of one trigger: which of them brings a path in, null where none does or one takes it out. */
export type PathMatcher = (path: string) => string | null

/** @param patterns as in lanes.yaml, where they were checked; a leading `!` takes paths out, wherever it stands. */
export function matchPaths(patterns: readonly string[]): PathMatcher {
  const compiled = patterns.flatMap((text) => {
    const isNegated = text.startsWith('!')
    const glob = parseGlob(isNegated ? text.slice(1) : text)
    return glob.ok ? [{ text, isNegated, automaton: glob.automaton }] : []
  })
  const included = compiled.filter(({ isNegated }) => !isNegated)
  const excluded = compiled.filter(({ isNegated }) => isNegated)
  return (path) => {
    const found = included.find(({ automaton }) => accepts(automaton, path))
    if (found === undefined || excluded.some(({ automaton }) => accepts(automaton, path))) return null
    return found.text
  }
}

function accepts(automaton: Automaton, path: string): boolean {
  let here = reach(automaton, automaton.starts)
  for (const character of path) {
    const next: number[] = []
    for (const at of here) {
      for (const move of automaton.states[at]?.moves ?? []) {
        if (reads(move.reads, character)) next.push(move.to)
      }
    }
    if (next.length === 0) return false
    here = reach(automaton, next)
  }
  return [...here].some((at) => automaton.states[at]?.isAccepting === true)
}

function reach(automaton: Automaton, from: readonly number[]): ReadonlySet<number> {
  const reached = new Set(from)
  // A set that grows while it is walked: each state is walked once.
  for (const at of reached) {
    for (const to of automaton.states[at]?.empties ?? []) reached.add(to)
  }
  return reached
}
