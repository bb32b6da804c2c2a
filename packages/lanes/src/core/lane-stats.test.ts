import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HistoryRecord } from '../history-record.ts'
import { estimate } from './estimate.ts'
import { laneStats } from './lane-stats.ts'
import { replayHistory } from './replay.ts'
import { attended, driveLane, type LaneDriver, toClaim, toRun } from './testing/lane-driver.ts'

const minute = 60_000

function statsOf(lane: LaneDriver, windowMs = 24 * 60 * minute) {
  return laneStats(lane.records, { now: lane.now, windowMs })
}

function hold(lane: LaneDriver, name: string, ms: number): void {
  lane.acquire(name)
  lane.advance(ms)
  lane.release(name)
}

/** What is left of a history whose records before this one were dropped. */
function cutAt(records: readonly HistoryRecord[], index: number): readonly HistoryRecord[] {
  const first = records[index]
  if (first === undefined) throw new Error('there is no such record')
  const checkpoint = replayHistory(records.slice(0, index + 1))
  return [{ ...first, checkpoint }, ...records.slice(index + 1)]
}

describe('the statistics of a lane', () => {
  test('count turns, waits, holds and who had it most', () => {
    const lane = driveLane()
    lane.acquire('a')
    lane.acquire('b')
    lane.advance(10 * minute)
    lane.release('a')
    lane.advance(minute)
    lane.accept('b')
    lane.advance(4 * minute)
    lane.release('b')
    lane.advance(5 * minute)

    const stats = statsOf(lane)

    expect(stats).toMatchObject({ grants: 2, contended: 1, records: 5, isCut: false })
    expect(stats.waits).toEqual({ count: 2, p50Ms: 5.5 * minute, p90Ms: 9.9 * minute, maxMs: 11 * minute })
    expect(stats.holds).toMatchObject({ count: 2, p50Ms: 7 * minute, maxMs: 10 * minute })
    expect(stats.busiest).toEqual([
      { holder: 'cli:a@host', grants: 1, heldMs: 10 * minute },
      { holder: 'cli:b@host', grants: 1, heldMs: 4 * minute },
    ])
    expect(stats.utilisation).toEqual({
      windowMs: 20 * minute,
      heldMs: 14 * minute,
      share: 0.7,
      slots: [{ slot: 'shop', heldMs: 14 * minute, share: 0.7 }],
    })
  })

  test('name every outcome, refusals by reason, takeovers by kind', () => {
    const lane = driveLane({ waitingMax: 1 })
    lane.acquire('forced')
    lane.acquire('leaver')
    lane.acquire('full')
    lane.acquire('failing', ['shop'], { whenHeld: 'fail' })
    lane.acquire('skipping', ['shop'], { whenHeld: 'skip' })
    lane.run({ kind: 'leave', claim: toClaim('leaver'), secretHash: 'secret of leaver' })
    lane.run({ kind: 'force_release', token: 1, by: 'ana', reason: 'stuck' })
    lane.advance(10 * minute)
    lane.acquire('dead', ['shop'], attended)
    lane.acquire('slow', ['shop'], { provedDead: [toClaim('dead')] })
    lane.advance(20 * minute)
    lane.sweep()

    const stats = statsOf(lane)

    expect(stats.outcomes).toEqual({ released: 0, lapsed: 2, forced: 1, left: 1, expired: 0, refused: 3 })
    expect(stats.refusals).toEqual({ line_full: 1, held: 2 })
    expect(stats.takeovers).toEqual({ lapsed: 2, dead: 1, forced: 1 })
    expect(stats.holds).toBeNull()
  })

  test('a hold that began before the window counts with all of its length, and uses only its part of the window', () => {
    const lane = driveLane({ ttlMs: 1000 * minute })
    lane.acquire('a')
    lane.advance(60 * minute)
    lane.release('a')
    lane.advance(20 * minute)

    const stats = statsOf(lane, 40 * minute)

    expect(stats.grants).toBe(0)
    expect(stats.holds).toMatchObject({ count: 1, p50Ms: 60 * minute })
    expect(stats.utilisation).toMatchObject({ windowMs: 40 * minute, heldMs: 20 * minute, share: 0.5 })
    expect(stats.busiest).toEqual([{ holder: 'cli:a@host', grants: 0, heldMs: 20 * minute }])
  })

  test('what is still held counts until now, and is no finished hold', () => {
    const lane = driveLane()
    hold(lane, 'a', minute)
    lane.acquire('b')
    lane.advance(3 * minute)

    const stats = statsOf(lane)

    expect(stats.utilisation.heldMs).toBe(4 * minute)
    expect(stats.holds?.count).toBe(1)
  })

  test('an offered turn is not held before it is accepted, and is no grant when nobody takes it', () => {
    const lane = driveLane({ acceptMs: 5 * minute })
    lane.acquire('a')
    lane.acquire('b')
    lane.release('a')
    lane.advance(6 * minute)
    lane.sweep()

    const stats = statsOf(lane)

    expect(stats).toMatchObject({ grants: 1, contended: 0, outcomes: { expired: 1 } })
    expect(stats.utilisation.heldMs).toBe(0)
  })

  test('a parked lease gives its slots back and waits for nothing until its run asks again', () => {
    const lane = driveLane()
    lane.acquire('a', ['shop'], { run: toRun('r') })
    lane.advance(2 * minute)
    lane.park('a')
    lane.advance(60 * minute)
    lane.acquire('again', ['shop'], { run: toRun('r'), resumes: toRun('r') })
    lane.advance(3 * minute)
    lane.release('again')

    const stats = statsOf(lane)

    expect(stats).toMatchObject({ parked: 1, grants: 2, contended: 0 })
    expect(stats.waits?.maxMs).toBe(0)
    expect(stats.utilisation.heldMs).toBe(5 * minute)
  })

  test('a stopped run that takes its lease up again goes on with its turn', () => {
    const lane = driveLane()
    lane.acquire('a', ['shop'], { run: toRun('r') })
    lane.advance(2 * minute)
    lane.keep('a', true)
    lane.acquire('again', ['shop'], { run: toRun('r'), resumes: toRun('r') })
    lane.advance(3 * minute)
    lane.release('again')

    const stats = statsOf(lane)

    expect(stats.grants).toBe(1)
    expect(stats.holds).toMatchObject({ count: 1, p50Ms: 3 * minute })
    expect(stats.utilisation.heldMs).toBe(5 * minute)
  })

  test('a run that comes back into the line has waited since it took its place', () => {
    const lane = driveLane()
    lane.acquire('holder')
    lane.acquire('w', ['shop'], { run: toRun('r') })
    lane.advance(4 * minute)
    lane.acquire('back', ['shop'], { run: toRun('r'), resumes: toRun('r') })
    lane.advance(minute)
    lane.release('holder')
    lane.accept('back')

    expect(statsOf(lane)).toMatchObject({ grants: 2, contended: 1, waits: { maxMs: 5 * minute } })
  })

  test('a boot and a wall clock that was set are no use of the lane', () => {
    const lane = driveLane()
    lane.acquire('a')
    lane.advance(minute)
    lane.now = { ...lane.now, wallMs: lane.now.wallMs + 3_600_000 }
    lane.release('a')
    lane.reboot()
    lane.acquire('b')
    lane.advance(minute)

    const stats = statsOf(lane)

    expect(stats.utilisation.heldMs).toBe(2 * minute)
    expect(stats.holds?.maxMs).toBe(minute)
  })

  test('several slots are counted each, and the lane once', () => {
    const lane = driveLane({ limit: 2 })
    lane.acquire('a', ['shop', 'admin'])
    lane.advance(minute)
    lane.acquire('b', ['shop'])
    lane.advance(minute)
    lane.release('a')
    lane.release('b')
    lane.advance(2 * minute)

    expect(statsOf(lane).utilisation).toMatchObject({
      heldMs: 2 * minute,
      share: 0.5,
      slots: [
        { slot: 'admin', heldMs: 2 * minute },
        { slot: 'shop', heldMs: 2 * minute },
        { slot: 'shop#2', heldMs: minute },
      ],
    })
  })

  test('a lane that nobody ever asked for has been used by nobody', () => {
    const stats = laneStats([], { now: { ms: 5, era: 'e', wallMs: 5000 } })

    expect(stats).toMatchObject({ grants: 0, waits: null, holds: null, records: 0, busiest: [] })
    expect(stats.utilisation).toEqual({ windowMs: 0, heldMs: 0, share: 0, slots: [] })
  })

  test('and the estimate of a waiter rest on the same median', () => {
    const lane = driveLane()
    for (const [index, minutes] of [3, 9, 4, 8, 5, 6].entries()) hold(lane, `h${index}`, minutes * minute)
    lane.acquire('holder')
    lane.acquire('w')

    const document = lane.document
    const basis = document === null ? null : estimate(document, toClaim('w'), lane.now)?.basis

    expect(basis).toBe('median of 6 holds since 14 Nov is 5m 30s')
    expect(statsOf(lane).holds).toMatchObject({ count: 6, p50Ms: 5.5 * minute })
  })
})

test('who waited and who held when a cut history begins, waited and held since before', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.acquire('b')
  lane.advance(5 * minute)
  lane.acquire('c')
  lane.advance(minute)
  lane.release('a')
  lane.accept('b')

  const stats = laneStats(cutAt(lane.records, 2), { now: lane.now })

  expect(stats).toMatchObject({ isCut: true, grants: 1, contended: 1, waits: { maxMs: 6 * minute } })
  expect(stats.holds).toMatchObject({ count: 1, maxMs: 6 * minute })
  expect(stats.utilisation).toMatchObject({ windowMs: minute, heldMs: minute })
})

/** Steps of people who come and go; what cannot be done is refused by the lane itself. */
const step = fc.record({
  kind: fc.constantFrom('acquire', 'fail', 'accept', 'release', 'leave', 'park', 'renew', 'reboot', 'set'),
  who: fc.constantFrom('a', 'b', 'c', 'd'),
  set: fc.subarray(['shop', 'admin'], { minLength: 1 }),
  afterMs: fc.nat({ max: 8 * minute }),
})

interface Counted {
  /** By slot, and of the lane as a whole. */
  readonly held: Map<string, number>
  lane: number
}

/** Runs the steps and counts, without looking at any record, how long each slot was in a holder's hands. */
function play(steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[]) {
  const lane = driveLane({ limit: 2, ttlMs: 20 * minute, acceptMs: 10 * minute })
  const counted: Counted = { held: new Map(), lane: 0 }
  let turn = 0
  const names = new Map<string, string>()
  const nameOf = (who: string): string => names.get(who) ?? who
  for (const { kind, who, set, afterMs } of steps) {
    if (kind === 'acquire' || kind === 'fail') {
      names.set(who, `${who}${(turn += 1)}`)
      lane.acquire(nameOf(who), set, { whenHeld: kind === 'fail' ? 'fail' : 'queue' })
    } else if (kind === 'leave') {
      lane.run({ kind, claim: toClaim(nameOf(who)), secretHash: `secret of ${nameOf(who)}` })
    } else if (kind === 'reboot') lane.reboot()
    else if (kind === 'set') lane.now = { ...lane.now, wallMs: lane.now.wallMs + 1000 }
    else lane[kind](nameOf(who))
    const begun = lane.document?.holders.filter((held) => held.state === 'held') ?? []
    const slots = new Set(begun.flatMap((held) => held.slots))
    for (const slot of slots) counted.held.set(slot, (counted.held.get(slot) ?? 0) + afterMs)
    if (slots.size > 0) counted.lane += afterMs
    lane.advance(afterMs)
  }
  return { lane, counted }
}

test('whatever happens, the use of each slot is what a clock beside the lane counted', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      // A boot takes a millisecond of wall-clock time here, and every setting of the clock a second of none.
      const slack = 2 * steps.length + 1000 * steps.filter(({ kind }) => kind === 'set').length
      const { lane, counted } = play(steps)

      const { utilisation, outcomes } = statsOf(lane, 1e12)

      expect(Math.abs(utilisation.heldMs - counted.lane)).toBeLessThanOrEqual(slack)
      for (const { slot, heldMs } of utilisation.slots) {
        expect(Math.abs(heldMs - (counted.held.get(slot) ?? 0))).toBeLessThanOrEqual(slack)
      }
      const ended = lane.records.flatMap((record) => record.delta.ended ?? [])
      expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(ended.length)
    }),
    { numRuns: 300 },
  )
})

test('a history that was cut tells the same about the time since its checkpoint', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 8, maxLength: 40 }), fc.nat({ max: 30 }), (steps, at) => {
      const steady = steps.filter(({ kind }) => kind !== 'reboot' && kind !== 'set')
      const { lane } = play(steady)
      const index = Math.min(at, lane.records.length - 2)
      const first = lane.records[index]
      if (first === undefined || index < 1) return
      // From just after the checkpoint's own record on.
      const windowMs = lane.now.wallMs - first.at.wallMs - 1
      if (lane.records.some(({ at: { wallMs }, seq }) => wallMs === first.at.wallMs && seq !== first.seq))
        return

      const whole = laneStats(lane.records, { now: lane.now, windowMs })
      const cut = laneStats(cutAt(lane.records, index), { now: lane.now, windowMs })

      expect(cut).toEqual(whole)
    }),
    { numRuns: 300 },
  )
})
