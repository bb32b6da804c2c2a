import { join } from 'node:path'
import type { HistoryRecord, LaneDefinition } from '@conduct/lanes/engine'
import { afterAll, describe, expect, test } from 'vitest'
import { openArena } from './contenders.ts'
import { shortLease } from './lease-terms.ts'
import { isLong } from '../bounded.ts'
import { closeServers, openPlace, type PlaceKind, placeKinds, roundsOf } from './places.ts'
import { fakeTimeLibrary, openShiftedClock } from './shifted-clock.ts'

/** Property 1: with faults and short leases, one at a time means one, and an older token is refused. */
const contenders = 4
/** Where nobody is stopped, no lease may end because the machine is busy. */
const patient: LaneDefinition = { ...shortLease, ttlMs: 60_000, renewMs: 10_000, marginMs: 5000 }

afterAll(closeServers)

/** Leases that were taken over sooner after their grant than ttl + margin. */
function earlyTakeovers(history: readonly HistoryRecord[], definition: LaneDefinition): readonly string[] {
  const granted = new Map<string, HistoryRecord['at']>()
  const early: string[] = []
  for (const { at, effects } of history) {
    for (const { claim, change } of effects) {
      if (change === 'granted' || change === 'accepted') granted.set(claim, at)
      const from = granted.get(claim)
      if (change !== 'lapsed' || from?.era !== at.era) continue
      if (at.ms - from.ms < definition.ttlMs + definition.marginMs) early.push(claim)
    }
  }
  return early
}

/** Where everything takes longer, its tests wait beside each other. */
const slowKinds = placeKinds.filter(({ pace }) => pace > 1 && !isLong)

describe.each(placeKinds.filter((kind) => !slowKinds.includes(kind)))('fenced exclusion on $kind', (kind) => {
  exclude(kind)
})
describe.concurrent.each(slowKinds)('fenced exclusion on $kind', (kind) => {
  exclude(kind)
})

function exclude(kind: PlaceKind): void {
  const rounds = roundsOf(kind, { usual: 2, long: 40 })

  test('under SIGSTOP and kill -9 a fenced target loses no update and effects never overlap', async () => {
    await using place = await openPlace(kind.kind)
    await using arena = await openArena(place, { target: 'fenced', lane: 'real' })
    const processes = Array.from({ length: contenders }, () => arena.spawn())

    for (let round = 0; round < rounds; round++) {
      const [stopped, killed] = [processes[round % contenders], processes[(round + 1) % contenders]]
      if (stopped === undefined || killed === undefined) throw new Error('four contenders run')
      await arena.stopMidEffect(stopped)
      await arena.kill(killed)
      processes[(round + 1) % contenders] = arena.spawn()
      await arena.progress(10)
    }
    const result = await arena.finish()

    expect(result.problems).toEqual([])
    expect(result.lost).toBe(0)
    expect(result.overlaps).toBe(0)
    expect(result.takeovers).toBeGreaterThanOrEqual(rounds)
    expect(result.refused).toBeGreaterThanOrEqual(rounds)
    expect(result.refusedByGuard).toBeGreaterThanOrEqual(1)
  })

  test.skipIf(fakeTimeLibrary === null)(
    'clocks that are set an hour ahead and back while processes run change nothing (skipped: needs faketime)',
    async () => {
      await using place = await openPlace(kind.kind)
      const open = (name: string) => openShiftedClock(join(place.folder, name), fakeTimeLibrary ?? '')
      const clocks = [open('a'), open('b'), open('c')]
      await using arena = await openArena(place, { target: 'fenced', lane: 'real' })
      const processes = [...clocks.map((clock) => arena.spawn({ clock })), arena.spawn()]

      for (let round = 0; round < rounds; round++) {
        for (const [index, clock] of clocks.entries()) clock.set((index + round) % 2 === 0 ? 3600 : -3600)
        await arena.progress(10)
        const stopped = processes[round % processes.length]
        if (stopped === undefined) throw new Error('four contenders run')
        await arena.stopMidEffect(stopped)
      }
      const result = await arena.finish()

      expect(result.problems).toEqual([])
      expect(result).toMatchObject({ lost: 0, overlaps: 0 })
      expect(result.takeovers).toBeGreaterThanOrEqual(rounds)
      expect(result.refused).toBeGreaterThanOrEqual(rounds)
      // Never before ttl + margin by the one clock that counts, whatever the others say.
      expect(earlyTakeovers(result.history, arena.definition)).toEqual([])
      if (kind.kind === 'postgres') return
      const wallMs = result.history.map(({ at }) => at.wallMs)
      expect(Math.max(...wallMs) - Math.min(...wallMs)).toBeGreaterThan(7_000_000)
    },
  )

  test('control: the same faults on an unfenced target lose updates', async () => {
    await using place = await openPlace(kind.kind)
    await using arena = await openArena(place, { target: 'unfenced', lane: 'real' })
    const processes = Array.from({ length: 2 }, () => arena.spawn())

    for (const stopped of processes.slice(0, roundsOf(kind, { usual: 2, long: 2 }))) {
      await arena.stopMidEffect(stopped)
    }
    await arena.progress(5)
    const result = await arena.finish()

    expect(result.lost).toBeGreaterThan(0)
    expect(result.overlaps).toBeGreaterThan(0)
  })

  if (slowKinds.includes(kind)) return
  test('control: an unfenced target without faults loses none', async () => {
    await using place = await openPlace(kind.kind)
    await using arena = await openArena(place, { target: 'unfenced', lane: 'real', definition: patient })
    for (let index = 0; index < contenders; index++) arena.spawn()

    await arena.progress(roundsOf(kind, { usual: 60, long: 1000 }))
    const result = await arena.finish()

    expect(result).toMatchObject({ lost: 0, overlaps: 0, takeovers: 0, refused: 0, refusedByGuard: 0 })
    expect(result.problems).toEqual([])
  })
}

test('control: a lane that grants everybody is caught', async () => {
  await using place = await openPlace('sqlite')
  await using arena = await openArena(place, { target: 'unfenced', lane: 'everybody' })
  for (let index = 0; index < contenders; index++) arena.spawn()

  await arena.progress(200)
  const result = await arena.finish()

  expect(result.lost).toBeGreaterThan(0)
  expect(result.overlaps).toBeGreaterThan(0)
})
