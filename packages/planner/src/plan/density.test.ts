import { describe, expect, it } from 'vitest'

import { openSchema } from '../schema/schema.ts'
import { densityOf } from './density.ts'
import { defaultBatchPolicy } from './policy.ts'

/** Tickets by turn, beside so many branches that change no schema. */
function density(
  turns: readonly (readonly string[])[],
  { others, savedHours = 0 }: { readonly others: number; readonly savedHours?: number },
) {
  const tickets = turns.flat().map((id) => ({ id, operations: [], weight: 1, isUrgent: false }))
  const input = {
    tickets,
    base: openSchema,
    files: [],
    rows: {},
    policy: defaultBatchPolicy,
    now: new Date(0),
    inFlight: tickets.length + others,
  }
  return densityOf(input, {
    partition: { outcome: 'planned', turns, lowerBound: turns.length, isExact: true },
    savedHours,
  })
}

describe('the density of schema changes', () => {
  it('says batch now when two tickets wait that can share a turn, however few they are', () => {
    expect(density([['a', 'b']], { others: 20 }).because).toEqual(['2 tickets wait that can share a turn'])
    expect(density([['a'], ['b']], { others: 20 })).toMatchObject({
      isNow: false,
      advice: 'nothing to batch: 2 of 22 in flight change the schema, and no two of them can share a turn',
    })
  })

  it('says so with their share when it is more than the limit, of at least five in flight', () => {
    expect(density([['a', 'b']], { others: 3 }).because).toEqual([
      '2 tickets wait that can share a turn',
      '2 of 5 in flight change the schema, more than 30 %',
    ])
    // Of four, a share says nothing; three of ten are not more than 30 %.
    expect(density([['a', 'b']], { others: 2 }).because).toHaveLength(1)
    expect(density([['a', 'b'], ['c']], { others: 7 }).because).toHaveLength(1)
  })

  it('says so when it saves more waiting than the limit', () => {
    expect(density([['a', 'b']], { others: 9, savedHours: 8 }).because).toHaveLength(1)
    expect(density([['a', 'b']], { others: 9, savedHours: 8.1 }).because).toContain(
      'it saves 8.1 hours of waiting, more than 8',
    )
  })

  it('never says so where no two can share a turn, however many they are', () => {
    expect(density([['a'], ['b'], ['c']], { others: 0, savedHours: 99 })).toMatchObject({
      isNow: false,
      because: [],
    })
  })
})
