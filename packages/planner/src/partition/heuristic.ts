/**
 * Beyond what can be weighed exhaustively: fill turns greedily, then improve until nothing does.
 *
 * Two improvements, both deterministic: empty a turn by moving its members elsewhere, and solve a window of consecutive turns
 * exactly. Not promised: the fewest turns; the caller prints the gap to a lower bound.
 */
import { inOrder, solveExactly } from './exact.ts'
import { isTurn, type Problem } from './problem.ts'
import { restrict } from './restrict.ts'

/** 3^10 pairs a window: milliseconds. */
const windowItemsMax = 10
const improvementRoundsMax = 20

export function solveGreedily(problem: Problem): number[][] {
  let turns = fill(problem)
  for (let round = 0; round < improvementRoundsMax; round++) {
    const emptied = emptyOne(problem, turns)
    const improved = solveWindows(problem, emptied)
    if (improved.length === turns.length) return improved
    turns = improved
  }
  return turns
}

function fill(problem: Problem): number[][] {
  const urgency = new Map(problem.items.map((_, at) => [at, followersOf(problem, at)]))
  const rank = (one: number, other: number): number =>
    (urgency.get(other) ?? 0) - (urgency.get(one) ?? 0) ||
    (problem.apart[other]?.size ?? 0) - (problem.apart[one]?.size ?? 0) ||
    one - other
  const rest = new Set([...problem.items.keys()].sort(rank))
  const turns: number[][] = []
  while (rest.size > 0) {
    const turn: number[] = []
    for (const at of rest) {
      const isReady = [...(problem.before[at] ?? [])].every((each) => !rest.has(each) || turn.includes(each))
      if (isReady && isTurn(problem, [...turn, at])) turn.push(at)
    }
    for (const at of turn) rest.delete(at)
    turns.push(turn)
  }
  return turns
}

function followersOf(problem: Problem, at: number): number {
  return problem.before.filter((earlier) => earlier.has(at)).length
}

/** Empties as many turns as it can, the smallest first. */
function emptyOne(problem: Problem, turns: readonly (readonly number[])[]): number[][] {
  const result = turns.map((turn) => [...turn])
  const smallestFirst = [...result.keys()].sort(
    (one, other) => (result[one]?.length ?? 0) - (result[other]?.length ?? 0) || one - other,
  )
  for (const from of smallestFirst) {
    const trial = result.map((turn) => [...turn])
    const members = trial[from] ?? []
    trial[from] = []
    const areMoved = members.every((at) => {
      const to = trial.findIndex((turn, index) => turn.length > 0 && canJoin(problem, { trial, at, index }))
      trial[to]?.push(at)
      return to !== -1
    })
    if (areMoved) for (const [index, turn] of trial.entries()) result[index] = turn
  }
  return result.filter((turn) => turn.length > 0).map((turn) => inOrder(problem, turn))
}

interface Move {
  readonly trial: readonly (readonly number[])[]
  readonly at: number
  readonly index: number
}

/** Everything it needs runs no later, everything that needs it no earlier; those that share its turn are put in order there. */
function canJoin(problem: Problem, { trial, at, index }: Move): boolean {
  const turn = trial[index] ?? []
  if (!isTurn(problem, [...turn, at])) return false
  return trial.every((others, where) =>
    others.every((other) => {
      if (problem.before[at]?.has(other) === true) return where <= index
      if (problem.before[other]?.has(at) === true) return where >= index
      return true
    }),
  )
}

function solveWindows(problem: Problem, turns: readonly (readonly number[])[]): number[][] {
  const result = turns.map((turn) => [...turn])
  for (let start = 0; start < result.length; start++) {
    let size = 0
    let count = 0
    for (const turn of result.slice(start)) {
      if (size + turn.length > windowItemsMax) break
      size += turn.length
      count++
    }
    if (count < 2) continue
    const positions = result
      .slice(start, start + count)
      .flat()
      .sort((one, other) => one - other)
    const solved = solveExactly(restrict(problem, positions))
    if (solved.length >= count) continue
    result.splice(start, count, ...solved.map((turn) => turn.map((each) => positions[each] ?? -1)))
  }
  return result
}
