import { turnMinutes, type Problem } from './problem.ts'

/** Turns in the order of the run: what is needed first, then the most weight per minute, then the smallest id. */
export function arrangeTurns(problem: Problem, turns: readonly (readonly number[])[]): number[][] {
  const rest = turns.map((members) => ({
    members: [...members],
    weight: members.reduce((sum, at) => sum + (problem.items[at]?.weight ?? 0), 0),
    minutes: turnMinutes(problem, members),
    first: Math.min(...members),
  }))
  // Weight per minute, compared without dividing.
  rest.sort(
    (one, other) => other.weight * one.minutes - one.weight * other.minutes || one.first - other.first,
  )
  const waiting = new Set(rest.flatMap((turn) => turn.members))
  const arranged: number[][] = []
  while (rest.length > 0) {
    const at = rest.findIndex(({ members }) =>
      members.every((each) =>
        [...(problem.before[each] ?? [])].every(
          (earlier) => !waiting.has(earlier) || members.includes(earlier),
        ),
      ),
    )
    if (at === -1) throw new Error('turns that need each other cannot be arranged')
    for (const turn of rest.splice(at, 1)) {
      for (const each of turn.members) waiting.delete(each)
      arranged.push(turn.members)
    }
  }
  return arranged
}
