import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { solveExactly } from './exact.ts'
import { solveGreedily } from './heuristic.ts'
import { lowerBoundOf } from './lower-bound.ts'
import type { Item } from './model.ts'
import { buildProblem } from './problem.ts'

/** Where both can be had, the bound, the truth and the heuristic must stand in this order. */
const problems = fc
  .record({
    risks: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 8, maxLength: 11 }),
    pairs: fc.array(fc.tuple(fc.nat(10), fc.nat(10), fc.boolean()), { maxLength: 14 }),
  })
  .map(({ risks, pairs }) => {
    const items = risks.map((risk, at): Item => ({
      id: `t${at}`,
      category: 'expand',
      weight: 1,
      minutes: 1,
      risk,
      hotTables: [],
    }))
    const rising = pairs.filter(([one, other]) => one < other)
    const of = (isOrder: boolean) =>
      rising.filter((pair) => pair[2] === isOrder).map(([one, other]) => [`t${one}`, `t${other}`] as const)
    return buildProblem(
      items,
      { apart: of(false), before: of(true) },
      { ticketsPerTurnMax: 4, riskPerTurnMax: 8, turnOverheadMinutes: 5, ordered: 'apart' },
    )
  })

describe('the heuristic', () => {
  it('stays between the truth and one turn above it, and the bound below the truth', () => {
    let extra = 0
    let optimal = 0
    fc.assert(
      fc.property(problems, (problem) => {
        if ('cycle' in problem) throw new Error('orders rise')
        const truth = solveExactly(problem).length
        const found = solveGreedily(problem).length

        expect(lowerBoundOf(problem)).toBeLessThanOrEqual(truth)
        expect(found).toBeGreaterThanOrEqual(truth)
        expect(found).toBeLessThanOrEqual(truth + 1)
        optimal += truth
        extra += found - truth
      }),
      { seed: 20_260_704, numRuns: 150 },
    )

    expect(extra / optimal).toBeLessThan(0.02)
  })
})
