/**
 * The fewest turns; among those, the least weighted waiting; among those, the smallest ids first.
 *
 * Dynamic programming over the sets of items that have already run: each step runs one more turn. Because a turn may start only
 * when what it needs has run, the order of the turns has no cycle by construction, and both goals add up over the steps.
 * 3^n pairs of sets: right up to `exactItemsMax`.
 */
import { exactItemsMax } from './model.ts'
import { isTurn, turnMinutes, type Problem } from './problem.ts'

interface Best {
  readonly turns: number
  readonly cost: number
  readonly next: number
}

/** @returns turns of positions, in order; both levels. */
export function solveExactly(problem: Problem): number[][] {
  const count = problem.items.length
  if (count > exactItemsMax) throw new RangeError(`exact up to ${exactItemsMax} items, not ${count}`)
  const all = 2 ** count - 1
  const before = problem.before.map(maskOf)
  const turns = tabulateTurns(problem, all)
  const best: (Best | undefined)[] = Array.from({ length: all + 1 })
  best[all] = { turns: 0, cost: 0, next: 0 }
  for (let done = all - 1; done >= 0; done--) best[done] = bestFrom(done, { all, before, turns, best })
  return walk(best, all).map((mask) => inOrder(problem, membersOf(mask)))
}

interface Table {
  readonly all: number
  readonly before: readonly number[]
  readonly turns: {
    readonly minutes: Float64Array
    readonly weight: Float64Array
    readonly needs: Int32Array
  }
  readonly best: readonly (Best | undefined)[]
}

function bestFrom(done: number, { all, before, turns, best }: Table): Best | undefined {
  const rest = all & ~done
  // Not a set that can have run: somebody in it needs somebody outside.
  if (membersOf(done).some((at) => ((before[at] ?? 0) & ~done) !== 0)) return undefined
  let found: Best | undefined
  for (let turn = rest; turn > 0; turn = (turn - 1) & rest) {
    const minutes = turns.minutes[turn] ?? -1
    if (minutes < 0 || ((turns.needs[turn] ?? 0) & ~(done | turn)) !== 0) continue
    const after = best[done | turn]
    if (after === undefined) continue
    // Everybody who has not run yet waits for this turn.
    const cost = after.cost + minutes * (turns.weight[rest] ?? 0)
    const candidate = { turns: after.turns + 1, cost, next: turn }
    if (found === undefined || isBetter(candidate, found)) found = candidate
  }
  return found
}

function isBetter(one: Best, other: Best): boolean {
  if (one.turns !== other.turns) return one.turns < other.turns
  if (one.cost !== other.cost) return one.cost < other.cost
  const differing = one.next ^ other.next
  const lowest = differing & -differing
  return (one.next & lowest) !== 0
}

function tabulateTurns(problem: Problem, all: number): Table['turns'] {
  const minutes = new Float64Array(all + 1).fill(-1)
  const weight = new Float64Array(all + 1)
  const needs = new Int32Array(all + 1)
  const before = problem.before.map(maskOf)
  for (let mask = 1; mask <= all; mask++) {
    const members = membersOf(mask)
    const [lowest = 0] = members
    const others = mask & (mask - 1)
    weight[mask] = (weight[others] ?? 0) + (problem.items[lowest]?.weight ?? 0)
    needs[mask] = (needs[others] ?? 0) | (before[lowest] ?? 0)
    // A set that contains what is no turn is none; only then the whole is looked at.
    if (others !== 0 && (minutes[others] ?? -1) < 0) continue
    if (isTurn(problem, members)) minutes[mask] = turnMinutes(problem, members)
  }
  return { minutes, weight, needs }
}

function walk(best: readonly (Best | undefined)[], all: number): number[] {
  const turns: number[] = []
  for (let done = 0; done !== all;) {
    const next = best[done]?.next ?? 0
    if (next === 0) throw new Error('every item can run in a turn of its own')
    turns.push(next)
    done |= next
  }
  return turns
}

/** What others of the same turn need comes first, then by id. */
export function inOrder(problem: Problem, members: readonly number[]): number[] {
  const rest = [...members].sort((one, other) => one - other)
  const ordered: number[] = []
  while (rest.length > 0) {
    const at = rest.findIndex((each) => !rest.some((other) => problem.before[each]?.has(other) === true))
    ordered.push(...rest.splice(Math.max(at, 0), 1))
  }
  return ordered
}

function maskOf(positions: ReadonlySet<number>): number {
  let mask = 0
  for (const at of positions) mask |= 1 << at
  return mask
}

function membersOf(mask: number): number[] {
  const members: number[] = []
  for (let at = 0; mask >> at !== 0; at++) if ((mask & (1 << at)) !== 0) members.push(at)
  return members
}
