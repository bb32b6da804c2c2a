import { describe, expect, test } from 'vitest'
import type { Conclusion } from '../operation.ts'
import { verifyHistory } from './replay.ts'
import { attended, driveLane, type LaneDriver, toClaim, toRun } from './testing/lane-driver.ts'

const merged: Conclusion = { kind: 'pull_request', pullRequest: 'shop#12', state: 'merged' }
const finished: Conclusion = { kind: 'task', task: 'ABC-12', state: 'done' }
const longMs = 10 * 24 * 3_600_000

function conclude(lane: LaneDriver, name: string, because: Conclusion, token = lane.held(name)?.token) {
  return lane.run({ kind: 'conclude', claim: toClaim(name), token: token ?? null, because, by: 'carl' })
}

describe('a lease that lives with a pull request', () => {
  test('does not lapse, however long nobody renews it; one without does', () => {
    const [bound, plain] = [driveLane(), driveLane()]
    bound.acquire('a', ['shop'], { untilMerged: 'shop#12' })
    plain.acquire('a')

    for (const lane of [bound, plain]) {
      lane.advance(longMs)
      lane.acquire('b')
    }

    expect([bound.held('a')?.state, bound.waiting('b')?.state]).toEqual(['held', 'waiting'])
    expect([plain.outcome('a'), plain.held('b')?.state]).toEqual(['lapsed', 'held'])
  })

  test('ends when somebody has seen it merged, and the next in line has its turn', () => {
    const lane = driveLane()
    lane.acquire('a', ['shop'], { untilMerged: 'shop#12' })
    lane.acquire('b')

    expect(conclude(lane, 'a', merged)).toEqual({ kind: 'done' })

    expect(lane.document?.ended.at(-1)).toMatchObject({
      claim: 'a',
      outcome: 'released',
      reason: 'pull request shop#12 is merged',
    })
    expect(lane.held('b')?.state).toBe('offered')
    expect(lane.renew('a')).toMatchObject({ kind: 'ended', outcome: 'released' })
    expect(verifyHistory(lane.records, lane.document).problem).toBeNull()
  })

  test('may name its pull request later, in line too, and replay knows it', () => {
    const lane = driveLane()
    lane.acquire('a')
    lane.acquire('b')

    lane.acquire('a', ['shop'], { untilMerged: 'shop#12' })
    lane.acquire('b', ['shop'], { untilMerged: 'shop#13' })
    lane.advance(longMs / 1000)

    expect(lane.held('a')?.untilMerged).toBe('shop#12')
    expect(lane.waiting('b')?.untilMerged).toBe('shop#13')
    expect(verifyHistory(lane.records, lane.document).problem).toBeNull()
  })
})

describe('what a claim was for is over', () => {
  test('ends a place in line, and an offered turn, as left', () => {
    const lane = driveLane()
    lane.acquire('a')
    lane.acquire('b', ['shop'], { task: 'ABC-12' })
    lane.acquire('c', ['shop'], { task: 'ABC-12' })

    expect(conclude(lane, 'b', finished)).toEqual({ kind: 'done' })
    lane.release('a')
    expect(lane.held('c')?.state).toBe('offered')
    expect(conclude(lane, 'c', finished)).toEqual({ kind: 'done' })

    expect([lane.outcome('b'), lane.outcome('c')]).toEqual(['left', 'left'])
  })

  test.each([
    ['of another task', { task: 'ABC-13' }, finished],
    ['of another pull request', { untilMerged: 'shop#13' }, merged],
    ['of none', {}, merged],
    ['behind which a process works', { task: 'ABC-12', ...attended }, finished],
    ['of a run', { task: 'ABC-12', run: toRun('8f2c') }, finished],
  ])('does not concern a claim %s', (_, options, because) => {
    const lane = driveLane()
    lane.acquire('a', ['shop'], options)

    expect(conclude(lane, 'a', because)).toEqual({ kind: 'unchanged' })
    expect(lane.held('a')?.state).toBe('held')
  })

  test('does not concern a claim that has moved on since', () => {
    const lane = driveLane()
    lane.acquire('a', ['shop'], { task: 'ABC-12' })

    expect(conclude(lane, 'a', finished, 99)).toEqual({ kind: 'unchanged' })
    expect(lane.held('a')?.state).toBe('held')
  })
})
