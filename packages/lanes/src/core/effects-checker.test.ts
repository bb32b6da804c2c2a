import { expect, test } from 'vitest'
import { checkEffects, type EffectRecord } from './effects-checker.ts'
import { driveLane } from './testing/lane-driver.ts'

/** A lane whose resource `shop` was held with token 1 from 1000, and with token 2 from 3000 on. */
function history() {
  const lane = driveLane()
  lane.acquire('a')
  lane.acquire('b')
  lane.advance(1000)
  lane.release('a')
  lane.advance(1000)
  lane.accept('b')
  return lane.records
}

/** Token, began, ended, computed from, made. */
type Shorthand = readonly [token: number, began: number, ended: number, from: number, to: number]

function effects(...list: readonly Shorthand[]): readonly EffectRecord[] {
  return list.map(([token, began, ended, from, to]) => {
    const at = (ms: number) => ({ ms, era: 'boot-1' })
    return { resource: 'shop', token, began: at(began), ended: at(ended), change: { from, to } }
  })
}

test('effects of holders one after the other are no breach', () => {
  const taken = effects([1, 1000, 1100, 0, 1], [1, 1200, 1300, 1, 2], [2, 3000, 3100, 2, 3])

  expect(checkEffects(history(), taken)).toEqual([])
  expect(checkEffects(history(), [])).toEqual([])
})

test.each<readonly [string, readonly Shorthand[], string]>([
  ['a token that was never granted', [[7, 3000, 3100, 0, 1]], 'never gave a lease'],
  [
    'an older token after a newer one',
    [
      [2, 3000, 3100, 0, 1],
      [1, 3200, 3300, 1, 2],
    ],
    'had seen token 2',
  ],
  ['an effect before its lease was granted', [[1, 999, 1100, 0, 1]], 'began before its lease'],
  ['an effect under an offer that was not accepted yet', [[2, 2999, 3100, 0, 1]], 'began before its lease'],
  [
    'effects of two holders at one time',
    [
      [1, 1000, 3050, 0, 1],
      [2, 3000, 3100, 1, 2],
    ],
    'tokens 1 and 2 overlap',
  ],
  [
    'an effect that lasted through a whole other one',
    [
      [1, 1000, 9000, 0, 1],
      [1, 1100, 1200, 1, 2],
      [2, 3000, 3100, 2, 3],
    ],
    'tokens 1 and 2 overlap',
  ],
  [
    'a lost update',
    [
      [1, 1000, 1100, 0, 1],
      [2, 3000, 3100, 0, 1],
    ],
    'computed from state 0 and replaced 1',
  ],
])('finds %s', (_title, list, problem) => {
  expect(checkEffects(history(), effects(...list)).join('\n')).toContain(problem)
})

test('a lease of everything covers each of its parts, and no other', () => {
  const lane = driveLane({ scope: 'global' })
  lane.acquire('a', ['*'])

  expect(checkEffects(lane.records, effects([1, 1000, 1100, 0, 1]))).toEqual([])
  expect(
    checkEffects(history(), [{ ...effects([1, 1000, 1100, 0, 1])[0], resource: 'x' } as EffectRecord]),
  ).toEqual([expect.stringContaining('never gave a lease')])
})

test('clocks of different boots are not compared', () => {
  const [effect] = effects([1, 5, 6, 0, 1])
  const elsewhere = { ms: 5, era: 'another boot' }

  expect(
    checkEffects(history(), [{ ...effect, began: elsewhere, ended: elsewhere } as EffectRecord]),
  ).toEqual([])
})

test('where old records were dropped, the tokens before them are trusted and later ones are not', () => {
  const lane = driveLane()
  for (let turn = 0; turn < 501; turn += 1) {
    lane.acquire(`c${turn}`)
    lane.release(`c${turn}`)
  }
  const kept = lane.records.filter(({ seq }) => seq > 1000)

  expect(kept[0]?.checkpoint).not.toBeNull()
  expect(checkEffects(kept, effects([400, 10, 20, 0, 1], [501, 1000, 1001, 1, 2]))).toEqual([])
  expect(checkEffects(kept, effects([502, 1000, 1001, 0, 1]))).toEqual([
    expect.stringContaining('never gave a lease'),
  ])
})
