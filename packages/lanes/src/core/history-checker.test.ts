import { expect, test } from 'vitest'
import type { ClaimChange, HistoryEffect, HistoryRecord } from '../history-record.ts'
import { checkHistory, findLostClaims } from './history-checker.ts'
import { driveLane, toClaim } from './testing/lane-driver.ts'

/** The records of a real lane with planted effects after them. */
function history(
  ...planted: readonly (readonly [string, ClaimChange, number | null, ...string[]])[]
): HistoryRecord[] {
  const lane = driveLane()
  lane.acquire('a', ['shop'])
  lane.acquire('b', ['admin'])
  lane.release('b')
  const last = lane.records.at(-1)
  if (last === undefined) throw new Error('the lane has records')
  const records = planted.map(([claim, change, token, ...slots], index): HistoryRecord => {
    const resources = slots.map((slot) => slot.split('#')[0] ?? slot)
    const effect: HistoryEffect = { claim: toClaim(claim), change, token, resources, slots }
    return { ...last, seq: last.seq + 1 + index, effects: [effect] }
  })
  return [...lane.records, ...records]
}

test('a lane that did nothing wrong is found to have done nothing wrong', () => {
  expect(checkHistory(history())).toEqual([])
  expect(checkHistory(history(['c', 'granted', 2, 'admin'], ['c', 'released', 2, 'admin']))).toEqual([])
})

test.each([
  ['a token that does not rise', [['c', 'granted', 1, 'admin']], 'gets token 1 for admin, after 1'],
  ['a grant without a token', [['c', 'granted', null, 'admin']], 'without a token'],
  ['two holders of one slot', [['c', 'granted', 2, 'shop']], 'both hold shop'],
  ['a holder beyond the limit', [['c', 'offered', 2, 'shop#2']], 'is holder 2 of shop, with limit 1'],
  ['a claim granted twice', [['a', 'granted', 2, 'shop']], 'granted twice'],
  ['a second outcome', [['b', 'lapsed', 1, 'admin']], 'lapsed after it was released'],
  ['a grant after the end', [['b', 'granted', 2, 'admin']], 'granted after it was released'],
  ['giving back what was not held', [['c', 'released', 2, 'admin']], 'gives back what it did not hold'],
  ['giving back another set', [['a', 'released', 1, 'admin']], 'gives back another set'],
  [
    'a grant in the quiet time',
    [
      ['a', 'forced', 1, 'shop'],
      ['c', 'granted', 3, 'shop'],
    ],
    'quiet time',
  ],
  ['the whole lane beside a part', [['c', 'granted', 2, '*']], 'is holder 2 of *'],
] as const)('finds %s', (_title, planted, problem) => {
  expect(checkHistory(history(...planted)).join('\n')).toContain(problem)
})

test('finds a set that was granted in part', () => {
  const records = history(['c', 'granted', 2, 'admin'])
  const last = records.at(-1)
  const partial = {
    ...last,
    effects: last?.effects.map((effect) => ({ ...effect, resources: ['admin', 'x'] })),
  }

  expect(checkHistory([...records.slice(0, -1), partial as HistoryRecord]).join()).toContain(
    'a part of its set',
  )
})

test('finds a claim that vanished without an outcome, and one that lives on after it', () => {
  const records = history(['c', 'granted', 2, 'admin'])

  expect(findLostClaims(records, new Set([toClaim('a'), toClaim('c')]))).toEqual([])
  expect(findLostClaims(records, new Set([toClaim('a')]))).toEqual(['c'])
  expect(findLostClaims(records, new Set(['a', 'b', 'c'].map(toClaim)))).toEqual(['b'])
})
