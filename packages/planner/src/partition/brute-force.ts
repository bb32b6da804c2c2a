/**
 * Every way to cut the items into turns and every order of those turns, judged from the definition: the peer that the solver is
 * compared with. It shares nothing with it but the types.
 */
import type { Constraints, Item, PartitionPolicy } from './model.ts'

export function fewestTurnsByForce(
  items: readonly Item[],
  constraints: Constraints,
  policy: PartitionPolicy,
): { readonly turns: number; readonly cost: number } {
  let best = { turns: Number.POSITIVE_INFINITY, cost: Number.POSITIVE_INFINITY }
  const extend = (at: number, groups: Item[][]): void => {
    const item = items[at]
    if (groups.length > best.turns) return
    if (item === undefined) {
      for (const order of permutations(groups)) {
        if (!respectsOrder(order, constraints, policy)) continue
        const cost = waiting(order, policy)
        if (order.length < best.turns || (order.length === best.turns && cost < best.cost)) {
          best = { turns: order.length, cost }
        }
      }
      return
    }
    for (const [index, group] of groups.entries()) {
      if (mayShare([...group, item], constraints, policy)) {
        extend(
          at + 1,
          groups.map((each, other) => (other === index ? [...each, item] : each)),
        )
      }
    }
    extend(at + 1, [...groups, [item]])
  }
  extend(0, [])
  return best
}

function mayShare(group: readonly Item[], { apart }: Constraints, policy: PartitionPolicy): boolean {
  const ids = new Set(group.map((item) => item.id))
  return (
    new Set(group.map((item) => item.category)).size === 1 &&
    group[0]?.category !== 'solo' &&
    group.length <= policy.ticketsPerTurnMax &&
    group.reduce((sum, item) => sum + item.risk, 0) <= policy.riskPerTurnMax &&
    new Set(group.flatMap((item) => item.hotTables)).size <= 1 &&
    !apart.some(([one, other]) => ids.has(one) && ids.has(other))
  )
}

/** Runs the turns one after another: an item runs when all that comes directly before it has run. */
function respectsOrder(
  turns: readonly (readonly Item[])[],
  { before }: Constraints,
  policy: PartitionPolicy,
): boolean {
  const hasRun = new Set<string>()
  const ids = new Set(turns.flat().map((item) => item.id))
  const needs = (id: string): string[] =>
    before.filter(([first, second]) => second === id && ids.has(first)).map(([first]) => first)
  return turns.every((turn) => {
    const startedWith = new Set(hasRun)
    const rest = turn.map((item) => item.id)
    for (let round = turn.length; round > 0 && rest.length > 0; round--) {
      for (const id of rest.slice()) {
        if (!needs(id).every((each) => (policy.ordered === 'apart' ? startedWith : hasRun).has(each)))
          continue
        hasRun.add(id)
        rest.splice(rest.indexOf(id), 1)
      }
    }
    return rest.length === 0
  })
}

function waiting(turns: readonly (readonly Item[])[], policy: PartitionPolicy): number {
  let clock = 0
  let cost = 0
  for (const turn of turns) {
    clock += policy.turnOverheadMinutes + turn.reduce((sum, item) => sum + item.minutes, 0)
    cost += clock * turn.reduce((sum, item) => sum + item.weight, 0)
  }
  return cost
}

function permutations<T>(values: readonly T[]): T[][] {
  if (values.length === 0) return [[]]
  return values.flatMap((value, at) =>
    permutations(values.filter((_, other) => other !== at)).map((rest) => [value, ...rest]),
  )
}
