import { describe, expect, test } from 'vitest'
import type { LaneResult } from '../operation.ts'
import { doneTriggersMax } from './coalesce.ts'
import { verifyHistory } from './replay.ts'
import { attended, driveLane, type LaneDriver, secretOf, toClaim } from './testing/lane-driver.ts'

const lifeMs = 10 * 24 * 3_600_000

/** @param request a request that was sent twice, since its answer got lost, is one */
function ask(lane: LaneDriver, name: string, key: string, request = `request of ${name}`): LaneResult {
  return lane.acquire(name, ['shop'], { trigger: { key, request } })
}

function reasonOf(result: LaneResult): string | null {
  return result.kind === 'skipped' ? result.reason : null
}

describe('a trigger that comes again', () => {
  test('gets no claim while the first waits, is offered its turn, holds, and after it has handed back', () => {
    const lane = driveLane()
    lane.acquire('before')
    const states: unknown[] = []
    const again = (name: string): void => {
      const answer = ask(lane, name, 'push:shop:1')
      states.push(answer.kind === 'skipped' ? [answer.reason, answer.coalescedWith?.state] : answer.kind)
    }

    ask(lane, 'a', 'push:shop:1')
    again('b')
    lane.release('before')
    again('c')
    lane.accept('a')
    again('d')
    lane.release('a')
    again('e')

    expect(states).toEqual(['waiting', 'offered', 'held', 'done'].map((state) => ['coalesced', state]))
    expect(['b', 'c', 'd', 'e'].map((name) => lane.outcome(name))).toEqual(Array(4).fill('refused'))
    expect(ask(lane, 'f', 'push:shop:2').kind).toBe('held')
    expect(verifyHistory(lane.records, lane.document).problem).toBeNull()
  })

  test('with the secret of the first is told so too, and takes nothing from it; without the key one goes on', () => {
    const lane = driveLane()
    ask(lane, 'a', 'k')

    expect(reasonOf(ask(lane, 'a', 'k', 'another request'))).toBe('coalesced')
    expect(ask(lane, 'a', 'k').kind).toBe('held')
    expect(lane.acquire('a').kind).toBe('held')
    expect(lane.held('a')?.state).toBe('held')
  })

  test('is refused under the claim of another trigger', () => {
    const lane = driveLane()
    ask(lane, 'a', 'k')

    expect(ask(lane, 'a', 'other')).toMatchObject({ kind: 'refused', reason: 'bad_request' })
    expect(lane.held('a')?.trigger?.key).toBe('k')
  })

  test.each<[string, (lane: LaneDriver) => void]>([
    ['lapsed', (lane) => lane.advance(lifeMs)],
    ['was forced out', (lane) => force(lane)],
    ['was handed back undone', (lane) => releaseUndone(lane)],
    ['was of a process that is dead', () => undefined],
  ])('gets the claim where the first %s: its work was not done', (what, end) => {
    const lane = driveLane({ captains: ['carl'], takeoverDelayMs: 0 })
    const isDead = what.includes('dead')
    lane.acquire('a', ['shop'], { trigger: { key: 'k', request: '1' }, ...(isDead ? attended : {}) })
    end(lane)

    const provedDead = isDead ? [toClaim('a')] : []
    const next = lane.acquire('b', ['shop'], { trigger: { key: 'k', request: '2' }, provedDead })

    expect(reasonOf(next)).toBeNull()
    expect([lane.held('b') ?? lane.waiting('b')]).toMatchObject([{ trigger: { key: 'k' } }])
  })

  test('gets the claim where the first left the line', () => {
    const lane = driveLane()
    lane.acquire('before')
    ask(lane, 'a', 'k')
    lane.run({ kind: 'leave', claim: toClaim('a'), secretHash: secretOf('a') })

    expect(ask(lane, 'b', 'k').kind).toBe('waiting')
  })

  test.each([
    ['merged', 'coalesced'],
    ['closed', null],
  ] as const)(
    'stays done where its pull request was merged, and not where it was closed (%s)',
    (state, expected) => {
      const lane = driveLane()
      lane.acquire('a', ['shop'], { trigger: { key: 'k', request: '1' }, untilMerged: 'shop#1' })
      const token = lane.held('a')?.token ?? null
      const because = { kind: 'pull_request', pullRequest: 'shop#1', state } as const
      lane.run({ kind: 'conclude', claim: toClaim('a'), token, because, by: 'carl' })

      expect(reasonOf(ask(lane, 'b', 'k'))).toBe(expected)
    },
  )

  test('is known as long as the document remembers it, and replay rebuilds what it remembers', () => {
    const lane = driveLane()
    const names = Array.from({ length: doneTriggersMax + 1 }, (_, index) => `n${index}`)

    for (const name of names) {
      ask(lane, name, name)
      lane.release(name)
    }

    expect(lane.document?.triggers).toHaveLength(doneTriggersMax)
    expect([ask(lane, 'x', 'n1'), ask(lane, 'y', 'n0')].map(({ kind }) => kind)).toEqual(['skipped', 'held'])
    expect(verifyHistory(lane.records, lane.document).problem).toBeNull()
  })
})

function force(lane: LaneDriver): void {
  lane.run({ kind: 'force_release', token: lane.held('a')?.token ?? 0, by: 'carl', reason: 'gone' })
}

function releaseUndone(lane: LaneDriver): void {
  const token = lane.held('a')?.token ?? 0
  lane.run({ kind: 'release', claim: toClaim('a'), secretHash: secretOf('a'), token, isUndone: true })
}
