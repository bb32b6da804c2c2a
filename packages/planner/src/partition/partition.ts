/**
 * Which tickets share a turn of the lane, and in which order the turns run.
 *
 * Promise: the same answer for every permutation of the input; the fewest turns up to `exactItemsMax` items (in each category, when
 * no order leads from one category to another); beyond, never fewer than the printed lower bound.
 */
import { arrangeTurns } from './arrange.ts'
import { solveExactly } from './exact.ts'
import { solveGreedily } from './heuristic.ts'
import { lowerBoundOf } from './lower-bound.ts'
import {
  exactItemsMax,
  type Constraints,
  type CyclicOrder,
  type Item,
  type Partition,
  type PartitionPolicy,
} from './model.ts'
import { buildProblem, type Problem } from './problem.ts'
import { restrict } from './restrict.ts'

export function partitionIntoTurns(
  items: readonly Item[],
  constraints: Constraints,
  policy: PartitionPolicy,
): Partition | CyclicOrder {
  const problem = buildProblem(items, constraints, policy)
  if ('cycle' in problem) return { outcome: 'cycle', cycle: problem.cycle }

  const { turns, lowerBound } = solve(problem)
  return {
    outcome: 'planned',
    turns: turns.map((turn) => turn.map((at) => problem.items[at]?.id ?? '')),
    lowerBound,
    isExact: lowerBound === turns.length,
  }
}

interface Solved {
  readonly turns: readonly (readonly number[])[]
  readonly lowerBound: number
}

function solve(problem: Problem): Solved {
  if (problem.items.length <= exactItemsMax) return solvePart(problem)
  const parts = independentParts(problem).map((positions) => {
    const { turns, lowerBound } = solvePart(restrict(problem, positions))
    return { turns: turns.map((turn) => turn.map((at) => positions[at] ?? -1)), lowerBound }
  })
  const bound = parts.reduce((sum, part) => sum + part.lowerBound, 0)
  return {
    turns: arrangeTurns(
      problem,
      parts.flatMap((part) => part.turns),
    ),
    lowerBound: Math.max(bound, lowerBoundOf(problem)),
  }
}

function solvePart(problem: Problem): Solved {
  if (problem.items.length <= exactItemsMax) {
    const turns = solveExactly(problem)
    return { turns, lowerBound: turns.length }
  }
  return { turns: solveGreedily(problem), lowerBound: lowerBoundOf(problem) }
}

/** Categories never share a turn, so without an order between them each is a problem of its own. */
function independentParts(problem: Problem): readonly (readonly number[])[] {
  const positions = [...problem.items.keys()]
  const categoryOf = (at: number): string | undefined => problem.items[at]?.category
  const isCrossed = positions.some((at) =>
    [...(problem.before[at] ?? [])].some((earlier) => categoryOf(earlier) !== categoryOf(at)),
  )
  if (isCrossed) return [positions]
  return [...Map.groupBy(positions, categoryOf).values()].flatMap((members) => {
    const [first] = members
    const isSolo = first !== undefined && categoryOf(first) === 'solo'
    const isOrdered = members.some((at) => (problem.before[at]?.size ?? 0) > 0)
    return isSolo && !isOrdered ? members.map((at) => [at]) : [members]
  })
}
