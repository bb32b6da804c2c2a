import { compareText } from '../model/compare.ts'
import type { Constraints, Item, PartitionPolicy } from './model.ts'

/** The input in its canonical form: items by id, constraints by position. Every permutation of the input gives the same one. */
export interface Problem {
  readonly items: readonly Item[]
  /** Pairs that share no turn, in both directions: conflicts, other categories, and order where the policy says apart. */
  readonly apart: readonly ReadonlySet<number>[]
  /** Transitively closed: what must run before the item at this position. */
  readonly before: readonly ReadonlySet<number>[]
  readonly policy: PartitionPolicy
}

/** @returns the problem, or the positions of a cycle in `before`. Constraints that name an unknown item are left out. */
export function buildProblem(
  items: readonly Item[],
  constraints: Constraints,
  policy: PartitionPolicy,
): Problem | { readonly cycle: readonly string[] } {
  const sorted = [...items].sort((one, other) => compareText(one.id, other.id))
  const positions = new Map(sorted.map((item, at) => [item.id, at]))
  const direct = sorted.map(() => new Set<number>())
  for (const [first, second] of constraints.before) {
    const [from, to] = [positions.get(first), positions.get(second)]
    if (from !== undefined && to !== undefined) direct[to]?.add(from)
  }
  const cycle = findCycle(direct)
  if (cycle !== null) return { cycle: cycle.map((at) => sorted[at]?.id ?? '') }

  const before = closeTransitively(direct)
  const apart = sorted.map(() => new Set<number>())
  const keepApart = (one: number, other: number): void => {
    apart[one]?.add(other)
    apart[other]?.add(one)
  }
  for (const [first, second] of constraints.apart) {
    const [one, other] = [positions.get(first), positions.get(second)]
    if (one !== undefined && other !== undefined && one !== other) keepApart(one, other)
  }
  for (const [at, item] of sorted.entries()) {
    for (const [other, peer] of sorted.entries()) {
      if (other > at && (item.category !== peer.category || item.category === 'solo')) keepApart(at, other)
    }
  }
  if (policy.ordered === 'apart') {
    for (const [at, earlier] of before.entries()) for (const other of earlier) keepApart(at, other)
  }
  return { items: sorted, apart, before, policy }
}

/** A cycle in the order of running, from its smallest position; the same one for every order of the input. */
function findCycle(before: readonly ReadonlySet<number>[]): readonly number[] | null {
  const isDone = new Set<number>()
  const path: number[] = []
  const visit = (at: number): readonly number[] | null => {
    const seenAt = path.indexOf(at)
    if (seenAt !== -1) return path.slice(seenAt)
    if (isDone.has(at)) return null
    path.push(at)
    for (const earlier of [...(before[at] ?? [])].sort((one, other) => one - other)) {
      const found = visit(earlier)
      if (found !== null) return found
    }
    path.pop()
    isDone.add(at)
    return null
  }
  for (const at of before.keys()) {
    const found = visit(at)
    if (found === null) continue
    const running = found.toReversed()
    const first = running.indexOf(Math.min(...running))
    return [...running.slice(first), ...running.slice(0, first)]
  }
  return null
}

function closeTransitively(direct: readonly ReadonlySet<number>[]): readonly ReadonlySet<number>[] {
  const closed = new Map<number, ReadonlySet<number>>()
  const close = (at: number): ReadonlySet<number> => {
    const known = closed.get(at)
    if (known !== undefined) return known
    const all = new Set<number>()
    for (const earlier of direct[at] ?? []) {
      all.add(earlier)
      for (const each of close(earlier)) all.add(each)
    }
    closed.set(at, all)
    return all
  }
  return direct.map((_, at) => close(at))
}

/** Whether these share a turn; their order is not looked at. */
export function isTurn(problem: Problem, members: readonly number[]): boolean {
  const { policy, apart } = problem
  if (members.length > policy.ticketsPerTurnMax && members.length > 1) return false
  // One that exceeds the budget by itself still has to run: alone.
  const risk = members.reduce((sum, at) => sum + (problem.items[at]?.risk ?? 0), 0)
  if (risk > policy.riskPerTurnMax && members.length > 1) return false
  const hot = new Set(members.flatMap((at) => problem.items[at]?.hotTables ?? []))
  if (hot.size > 1 && members.length > 1) return false
  return members.every((one) => members.every((other) => apart[one]?.has(other) !== true))
}

export function turnMinutes(problem: Problem, members: readonly number[]): number {
  return members.reduce(
    (sum, at) => sum + (problem.items[at]?.minutes ?? 0),
    problem.policy.turnOverheadMinutes,
  )
}
