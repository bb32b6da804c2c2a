import type { Problem } from './problem.ts'

/**
 * A number of turns that no partition goes below: the greatest of what each limit alone forces, per category where the limit is
 * about one turn (a turn holds one category, so those add up).
 */
export function lowerBoundOf(problem: Problem): number {
  const categories = Map.groupBy(problem.items.keys(), (at) => problem.items[at]?.category)
  const perCategory = [...categories].map(([category, members]) =>
    category === 'solo' ? members.length : boundOf(problem, members),
  )
  return Math.max(
    perCategory.reduce((sum, each) => sum + each, 0),
    longestChain(problem),
  )
}

function boundOf(problem: Problem, members: readonly number[]): number {
  const { policy, items } = problem
  const isOversized = (at: number): boolean => (items[at]?.risk ?? 0) > policy.riskPerTurnMax
  // An item beyond the budget runs alone; the others share the budget.
  const oversized = members.filter(isOversized).length
  const fitting = members.filter((at) => !isOversized(at))
  const risk = fitting.reduce((sum, at) => sum + (items[at]?.risk ?? 0), 0)
  const byRisk = policy.riskPerTurnMax > 0 ? Math.ceil(risk / policy.riskPerTurnMax) : 0
  const byCount = Math.ceil(fitting.length / Math.max(1, policy.ticketsPerTurnMax))
  const hot = new Set(members.flatMap((at) => (items[at]?.hotTables.length === 1 ? items[at].hotTables : [])))
  return Math.max(oversized + Math.max(byRisk, byCount), hot.size, cliqueSize(problem, members))
}

/** Items that are all apart from each other, grown greedily from each item: a clique, though not always the largest. */
function cliqueSize(problem: Problem, members: readonly number[]): number {
  const inside = new Set(members)
  const degree = (at: number): number =>
    [...(problem.apart[at] ?? [])].filter((each) => inside.has(each)).length
  const degrees = new Map(members.map((at) => [at, degree(at)]))
  const byDegree = [...members].sort(
    (one, other) => (degrees.get(other) ?? 0) - (degrees.get(one) ?? 0) || one - other,
  )
  let largest = 0
  for (const start of byDegree.slice(0, cliqueStartsMax)) {
    const clique = [start]
    for (const at of byDegree) {
      if (clique.every((each) => each !== at && problem.apart[each]?.has(at) === true)) clique.push(at)
    }
    largest = Math.max(largest, clique.length)
  }
  return largest
}

const cliqueStartsMax = 64

/** The most turns that must follow one another: each link of the order whose ends cannot share a turn starts a new one. */
function longestChain(problem: Problem): number {
  const depths = new Map<number, number>()
  const depthOf = (at: number): number => {
    const known = depths.get(at)
    if (known !== undefined) return known
    let depth = 1
    for (const earlier of problem.before[at] ?? []) {
      const isApart = problem.apart[at]?.has(earlier) === true
      depth = Math.max(depth, depthOf(earlier) + (isApart ? 1 : 0))
    }
    depths.set(at, depth)
    return depth
  }
  return problem.items.reduce((longest, _, at) => Math.max(longest, depthOf(at)), 0)
}
