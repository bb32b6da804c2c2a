import { expect, test } from 'vitest'
import type { LaneDocument } from '../document.ts'
import { estimate } from './estimate.ts'
import { blockersOf, positionOf } from './line.ts'
import { attended, driveLane, type LaneDriver, secretOf, toClaim } from './testing/lane-driver.ts'
import { usualDefinition } from '../testing/lane-definitions.ts'

function documentOf(lane: LaneDriver): LaneDocument {
  if (lane.document === null) throw new Error('the lane has a document')
  return lane.document
}

test('a turn is an offer: the lease begins with the accepting write', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.acquire('b')
  lane.release('a')
  const offered = lane.held('b')
  lane.advance(5000)

  const answer = lane.accept('b')

  expect(offered).toMatchObject({ state: 'offered', token: 2 })
  expect(answer).toMatchObject({
    kind: 'held',
    claim: { token: 2, grantedAt: lane.now, renewedAt: lane.now },
  })
  expect(lane.held('b')?.offeredUntil).toBeNull()
})

test('a decision says when nobody waits for it: nobody in line and no turn to take, before and after it', () => {
  const lane = driveLane()
  const unwatched = (operate: () => unknown): boolean => {
    operate()
    return lane.isUnwatched
  }

  expect([
    unwatched(() => lane.acquire('a')),
    unwatched(() => lane.renew('a')),
    unwatched(() => lane.acquire('b')),
    unwatched(() => lane.release('a')),
    unwatched(() => lane.accept('b')),
    unwatched(() => lane.release('b')),
  ]).toEqual([true, true, false, false, false, true])
})

test.each([
  { who: 'without a process', options: {}, acceptMs: usualDefinition.acceptMs },
  { who: 'with a process', options: attended, acceptMs: 60_000 },
])(
  'an offer to a waiter $who expires after $acceptMs ms and goes to the next in line',
  ({ options, acceptMs }) => {
    const lane = driveLane()
    lane.acquire('a')
    lane.acquire('b', ['shop'], options)
    lane.acquire('c')
    lane.release('a')

    lane.advance(acceptMs - 1)
    lane.seen('c')
    expect(lane.held('b')?.state).toBe('offered')
    lane.advance(1)
    const answer = lane.seen('c')

    expect(answer.kind).toBe('offered')
    expect(lane.outcome('b')).toBe('expired')
    expect(lane.accept('b')).toMatchObject({ kind: 'ended', outcome: 'expired' })
  },
)

test('accepting twice is one lease', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.acquire('b')
  lane.release('a')

  const first = lane.accept('b')
  const second = lane.accept('b')

  expect(second.kind).toBe('held')
  expect(first).toMatchObject({ claim: { token: 2 } })
  expect(second).toMatchObject({ claim: { token: 2 } })
})

test('an offer that is not accepted yet is not renewed', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.acquire('b')
  lane.release('a')

  expect(lane.renew('b')).toMatchObject({ kind: 'denied', reason: 'not_found' })
})

test('a waiter unseen for the waiting ttl expires; one that is seen stays', () => {
  const lane = driveLane({ ttlMs: 14_400_000 })
  lane.acquire('holder')
  lane.acquire('quiet')
  lane.acquire('lively')
  for (let hour = 0; hour < 24; hour += 1) {
    lane.advance(3_599_999)
    lane.renew('holder')
    lane.seen('lively')
  }
  expect(lane.waiting('quiet')).toBeDefined()

  lane.advance(24)
  lane.sweep()

  expect(lane.outcome('quiet')).toBe('expired')
  expect(lane.waiting('lively')).toBeDefined()
})

test('when held, a claim queues, steps aside or is refused, as the caller says', () => {
  const lane = driveLane()
  lane.acquire('a')

  const queued = lane.acquire('q')
  const skipped = lane.acquire('s', ['shop'], { whenHeld: 'skip' })
  const failed = lane.acquire('f', ['shop'], { whenHeld: 'fail' })

  expect(queued).toMatchObject({ kind: 'waiting', position: 1, blockers: ['a'] })
  expect(skipped).toMatchObject({ kind: 'skipped', reason: 'held', blockers: ['a', 'q'] })
  expect(failed).toMatchObject({ kind: 'refused', reason: 'held' })
  expect([lane.outcome('s'), lane.outcome('f')]).toEqual(['refused', 'refused'])
  expect(lane.document?.waiting).toHaveLength(1)
})

test('a full line refuses with a named outcome and lets in again when somebody leaves', () => {
  const lane = driveLane({ waitingMax: 2 })
  for (const name of ['a', 'b', 'c']) lane.acquire(name)

  const full = lane.acquire('d')
  lane.run({ kind: 'leave', claim: toClaim('b'), secretHash: secretOf('b') })
  const room = lane.acquire('e')

  expect(full).toMatchObject({ kind: 'refused', reason: 'line_full' })
  expect(lane.outcome('d')).toBe('refused')
  expect(room).toMatchObject({ kind: 'waiting', position: 2 })
})

test('a full line does not refuse a claim whose resources are free', () => {
  const lane = driveLane({ waitingMax: 1 })
  lane.acquire('a')
  lane.acquire('b')

  expect(lane.acquire('c', ['admin']).kind).toBe('held')
})

test('disjoint sets are held at the same time, overlapping ones wait for all they need', () => {
  const lane = driveLane()
  lane.acquire('a', ['shop', 'admin'])
  lane.acquire('b', ['engine'])
  lane.acquire('c', ['admin', 'engine'])

  expect(lane.document?.holders.map((held) => held.claim)).toEqual(['a', 'b'])
  lane.release('a')
  expect(lane.held('c')).toBeUndefined()
  lane.release('b')
  expect(lane.held('c')).toMatchObject({ state: 'offered', slots: ['admin', 'engine'] })
})

test.each([
  { scope: 'global', resources: ['shop'] },
  { scope: 'repo', resources: ['shop', 'admin'] },
  { scope: 'project', resources: ['web', 'mobile'] },
  { scope: 'repo', resources: ['*'] },
] as const)('a lane with scope $scope refuses a claim on $resources', ({ scope, resources }) => {
  const lane = driveLane({ scope })

  expect(lane.acquire('a', resources)).toMatchObject({ kind: 'refused', reason: 'scope_mismatch' })
})

test.each([[[]], [['']], [['a#2']], [['__proto__']], [['x'.repeat(201)]]])(
  'no claim is made on %j',
  (resources) => {
    const lane = driveLane()

    expect(lane.acquire('a', resources)).toMatchObject({ kind: 'refused', reason: 'bad_request' })
  },
)

test('names of resources that every object has are ordinary names', () => {
  const lane = driveLane()

  expect(lane.acquire('a', ['constructor', 'toString'])).toMatchObject({ kind: 'held', claim: { token: 1 } })
})

test('who may hold is a rule of the lane; a captain can assign it to somebody else', () => {
  const lane = driveLane({ holders: ['ana', 'cli:carl@host'] })

  expect(lane.acquire('bob')).toMatchObject({ kind: 'refused', reason: 'not_a_holder' })
  expect(lane.acquire('carl', ['shop'], { person: null }).kind).toBe('held')
  expect(lane.acquire('ana', ['admin']).kind).toBe('held')
})

test('my line: who blocks me and my place count only what I wait for', () => {
  const lane = driveLane()
  lane.acquire('shop1', ['shop'])
  lane.acquire('admin1', ['admin'])
  lane.acquire('shop2', ['shop'])
  lane.acquire('admin2', ['admin'])
  lane.acquire('both', ['shop', 'admin'])
  lane.acquire('admin3', ['admin'])
  const document = documentOf(lane)

  expect(blockersOf(document, toClaim('admin2'))).toEqual(['admin1'])
  expect(positionOf(document, toClaim('admin2'))).toBe(1)
  expect(blockersOf(document, toClaim('both'))).toEqual(['shop1', 'admin1', 'shop2', 'admin2'])
  expect(positionOf(document, toClaim('both'))).toBe(3)
  expect(positionOf(document, toClaim('admin3'))).toBe(3)
  expect(positionOf(document, toClaim('shop1'))).toBeNull()
})

test('a forced holder in its quiet time is named as the one in the way', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.run({ kind: 'force_release', token: 1, by: 'ana', reason: 'gone' })

  expect(lane.acquire('b')).toMatchObject({ kind: 'waiting', blockers: ['a'], position: 1 })
})

test('an estimate is unknown under 5 samples, then the median of holds times the place, less what has passed', () => {
  const lane = driveLane()
  const hold = (name: string, ms: number): void => {
    lane.acquire(name)
    lane.advance(ms)
    lane.release(name)
  }
  for (const [index, ms] of [60_000, 10_000, 30_000, 20_000].entries()) hold(`h${index}`, ms)
  lane.acquire('holder')
  lane.acquire('w1')
  lane.acquire('w2')
  expect(estimate(documentOf(lane), toClaim('w1'), lane.now)).toBeNull()
  lane.release('holder')
  lane.accept('w1')
  lane.advance(4000)

  // Holds of 0, 10, 20, 30 and 60 seconds.
  expect(estimate(documentOf(lane), toClaim('w2'), lane.now)).toEqual({
    ms: 16_000,
    basis: 'median of 5 holds since 14 Nov is 20s',
  })
  lane.acquire('w3')
  expect(estimate(documentOf(lane), toClaim('w3'), lane.now)).toEqual({
    ms: 36_000,
    basis: 'median of 5 holds since 14 Nov is 20s, 1 ahead in line',
  })
})

test("the holder's own estimate counts before the median", () => {
  const lane = driveLane()
  for (let turn = 0; turn < 5; turn += 1) {
    lane.acquire(`h${turn}`)
    lane.advance(10_000)
    lane.release(`h${turn}`)
  }
  lane.acquire('a', ['shop'], { etaMs: 40_000 })
  lane.advance(15_000)
  lane.acquire('b')

  expect(estimate(documentOf(lane), toClaim('b'), lane.now)).toEqual({
    ms: 25_000,
    basis: "median of 5 holds since 14 Nov is 10s, the holder's own estimate",
  })
})

test('lapsed, forced and refused claims are no samples, and refusals do not push samples out', () => {
  const lane = driveLane()
  for (let turn = 0; turn < 6; turn += 1) {
    lane.acquire(`h${turn}`)
    lane.advance(10_000)
    lane.release(`h${turn}`)
  }
  lane.acquire('holder')
  for (let turn = 0; turn < 300; turn += 1) lane.acquire(`f${turn}`, ['shop'], { whenHeld: 'fail' })
  lane.acquire('w')

  expect(lane.document?.ended.length).toBeLessThanOrEqual(64)
  expect(estimate(documentOf(lane), toClaim('w'), lane.now)?.basis).toContain('median of 6 holds')
})
