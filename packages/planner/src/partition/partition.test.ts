import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { fewestTurnsByForce } from './brute-force.ts'
import type { Constraints, Item, Partition, PartitionPolicy } from './model.ts'
import { partitionIntoTurns } from './partition.ts'

const policy: PartitionPolicy = {
  ticketsPerTurnMax: 8,
  riskPerTurnMax: 10,
  turnOverheadMinutes: 30,
  ordered: 'apart',
}
const item = (id: string, more: Partial<Item> = {}): Item => ({
  id,
  category: 'expand',
  weight: 1,
  minutes: 1,
  risk: 1,
  hotTables: [],
  ...more,
})
const none: Constraints = { apart: [], before: [] }

function planned(items: readonly Item[], constraints = none, rules = policy): Partition {
  const result = partitionIntoTurns(items, constraints, rules)
  if (result.outcome !== 'planned') throw new Error(`cycle ${result.cycle.join(' ')}`)
  return result
}

/** Orders lead from a smaller position to a larger one, so that there is no cycle; ids are in no order. */
const instance = (sizeMax: number) =>
  fc
    .record({
      items: fc.array(
        fc.record({
          category: fc.constantFrom('expand', 'expand', 'expand', 'contract', 'solo'),
          weight: fc.integer({ min: 1, max: 5 }),
          minutes: fc.integer({ min: 1, max: 9 }),
          risk: fc.integer({ min: 0, max: 4 }),
          hotTables: fc.subarray(['orders', 'users'], { maxLength: 1 }),
        }),
        { minLength: 1, maxLength: sizeMax, size: 'max' },
      ),
      pairs: fc.array(fc.tuple(fc.nat(sizeMax - 1), fc.nat(sizeMax - 1), fc.boolean()), {
        maxLength: sizeMax,
      }),
      ticketsPerTurnMax: fc.integer({ min: 1, max: 4 }),
      riskPerTurnMax: fc.integer({ min: 4, max: 9 }),
      turnOverheadMinutes: fc.nat(20),
      ordered: fc.constantFrom('apart', 'together'),
    })
    .map(({ items, pairs, ...rules }) => {
      const named = items.map((each, at): Item => ({ ...each, id: `t${(at * 7) % 41}` }))
      const id = (at: number): string => named[at]?.id ?? 'unknown'
      const ordered = pairs.filter(([one, other]) => one < other)
      return {
        items: named,
        rules,
        constraints: {
          apart: ordered
            .filter(([, , isOrder]) => !isOrder)
            .map(([one, other]) => [id(one), id(other)] as const),
          before: ordered
            .filter(([, , isOrder]) => isOrder)
            .map(([one, other]) => [id(one), id(other)] as const),
        },
      }
    })

describe('partitioning', () => {
  it('puts three small independent changes into one turn', () => {
    expect(planned([item('c'), item('a'), item('b')])).toMatchObject({
      turns: [['a', 'b', 'c']],
      isExact: true,
    })
  })

  it('keeps conflicts apart, gives solo work a turn, and never mixes categories', () => {
    const items = [item('a'), item('b'), item('c', { category: 'contract' }), item('d', { category: 'solo' })]

    const { turns } = planned(items, { apart: [['a', 'b']], before: [] })

    expect(turns).toEqual([['a'], ['b'], ['c'], ['d']])
  })

  it('runs what another needs in an earlier turn, or earlier in the same one when the policy allows', () => {
    const constraints: Constraints = { apart: [], before: [['z', 'a']] }

    expect(planned([item('a'), item('z')], constraints).turns).toEqual([['z'], ['a']])
    expect(planned([item('a'), item('z')], constraints, { ...policy, ordered: 'together' }).turns).toEqual([
      ['z', 'a'],
    ])
  })

  it('takes one hot table per turn', () => {
    const items = [
      item('a', { hotTables: ['orders'] }),
      item('b', { hotTables: ['users'] }),
      item('c', { hotTables: ['orders'] }),
      item('d'),
    ]

    expect(planned(items).turns).toEqual([['a', 'c', 'd'], ['b']])
  })

  it('runs a ticket alone that exceeds the budget by itself', () => {
    expect(planned([item('a', { risk: 11 }), item('b', { risk: 0 })]).turns).toHaveLength(2)
  })

  it('shows the cycle when there is one, the same for every order of the input', () => {
    const before = [
      ['c', 'a'],
      ['a', 'b'],
      ['b', 'c'],
    ] as const

    for (const pairs of [before, before.toReversed()]) {
      const result = partitionIntoTurns(
        [item('b'), item('c'), item('a')],
        { apart: [], before: pairs },
        policy,
      )

      expect(result).toEqual({ outcome: 'cycle', cycle: ['a', 'b', 'c'] })
    }
  })

  it('is as good as trying everything, in turns and in waiting', () => {
    fc.assert(
      fc.property(instance(6), ({ items, constraints, rules }) => {
        const { turns, lowerBound } = planned(items, constraints, rules)
        const best = fewestTurnsByForce(items, constraints, rules)

        expect({ turns: turns.length, lowerBound }).toEqual({ turns: best.turns, lowerBound: best.turns })
        expect(waitingOf(turns, items, rules)).toBe(best.cost)
      }),
      { seed: 20_260_701, numRuns: 2000 },
    )
  })

  it('gives the same turns for every permutation of its input', () => {
    fc.assert(
      fc.property(instance(20), fc.infiniteStream(fc.nat()), ({ items, constraints, rules }, dice) => {
        const shuffle = <T>(values: readonly T[]): T[] =>
          values
            .map((value) => ({ value, at: dice.next().value ?? 0 }))
            .sort((one, other) => one.at - other.at)
            .map(({ value }) => value)

        const shuffled = { apart: shuffle(constraints.apart), before: shuffle(constraints.before) }

        expect(planned(shuffle(items), shuffled, rules)).toEqual(planned(items, constraints, rules))
      }),
      { seed: 20_260_702, numRuns: 60 },
    )
  })

  it('breaks no rule beyond the exact size, and prints a bound that is true', () => {
    fc.assert(
      fc.property(instance(40), ({ items, constraints, rules }) => {
        const { turns, lowerBound } = planned(items, constraints, rules)

        expect(turns.flat().sort()).toEqual(items.map((each) => each.id).sort())
        expect(lowerBound).toBeLessThanOrEqual(turns.length)
        for (const turn of turns) {
          const members = items.filter((each) => turn.includes(each.id))
          expect(members.length).toBeLessThanOrEqual(rules.ticketsPerTurnMax)
          expect(new Set(members.flatMap((each) => each.hotTables)).size).toBeLessThanOrEqual(1)
          expect(new Set(members.map((each) => each.category)).size).toBe(1)
          for (const [one, other] of constraints.apart)
            expect(turn.includes(one) && turn.includes(other)).toBe(false)
        }
        const turnOf = (id: string): number => turns.findIndex((turn) => turn.includes(id))
        const isKnown = (id: string): boolean => items.some((each) => each.id === id)
        const isInOrder = constraints.before.every(([first, second]) => {
          if (!isKnown(first) || !isKnown(second)) return true
          if (turnOf(first) !== turnOf(second)) return turnOf(first) < turnOf(second)
          const turn = turns[turnOf(first)] ?? []
          return rules.ordered === 'together' && turn.indexOf(first) < turn.indexOf(second)
        })
        expect(isInOrder).toBe(true)
      }),
      { seed: 20_260_703, numRuns: 60 },
    )
  })
})

function waitingOf(
  turns: readonly (readonly string[])[],
  items: readonly Item[],
  rules: PartitionPolicy,
): number {
  let clock = 0
  let cost = 0
  for (const turn of turns) {
    const members = items.filter((each) => turn.includes(each.id))
    clock += rules.turnOverheadMinutes + members.reduce((sum, each) => sum + each.minutes, 0)
    cost += clock * members.reduce((sum, each) => sum + each.weight, 0)
  }
  return cost
}
