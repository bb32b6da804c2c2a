import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkHistory, type HistoryRecord } from '@conduct/lanes/engine'
import { describe, expect, test } from 'vitest'
import { isLong, openArena, shortLease } from './contenders.ts'
import { fakeTimeLibrary, openShiftedClock } from './shifted-clock.ts'

/** Property 1: with faults and short leases, one at a time means one, and an older token is refused. */
const rounds = isLong ? 40 : 3
const contenders = 4
const clockRounds = isLong ? 20 : 3

/** Leases that were taken over sooner after their grant than ttl + margin. */
function earlyTakeovers(history: readonly HistoryRecord[]): readonly string[] {
  const grantedMs = new Map<string, number>()
  const early: string[] = []
  for (const { at, effects } of history) {
    for (const { claim, change } of effects) {
      if (change === 'granted' || change === 'accepted') grantedMs.set(claim, at.ms)
      const heldMs = at.ms - (grantedMs.get(claim) ?? at.ms)
      if (change === 'lapsed' && heldMs < shortLease.ttlMs + shortLease.marginMs) early.push(claim)
    }
  }
  return early
}

describe('fenced exclusion, several processes', () => {
  test('under SIGSTOP and kill -9 a fenced target loses no update and effects never overlap', async () => {
    await using arena = await openArena({ target: 'fenced', lane: 'real' })
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

    expect(result.lost).toBe(0)
    expect(result.overlaps).toBe(0)
    expect(result.takeovers).toBeGreaterThanOrEqual(rounds)
    expect(result.refused).toBeGreaterThanOrEqual(rounds)
    expect(result.refusedByGuard).toBeGreaterThanOrEqual(1)
    expect(checkHistory(result.history)).toEqual([])
    expect(result.isHistoryIntact).toBe(true)
  })

  test.skipIf(fakeTimeLibrary === null)(
    'clocks that are set an hour ahead and back while processes run change nothing (skipped: needs faketime)',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'conduct-clock-'))
      const open = (name: string) => openShiftedClock(join(folder, name), fakeTimeLibrary ?? '')
      const clocks = [open('a'), open('b'), open('c')]
      await using arena = await openArena({ target: 'fenced', lane: 'real' })
      const processes = [...clocks.map((clock) => arena.spawn(clock)), arena.spawn()]

      for (let round = 0; round < clockRounds; round++) {
        for (const [index, clock] of clocks.entries()) clock.set((index + round) % 2 === 0 ? 3600 : -3600)
        await arena.progress(10)
        const stopped = processes[round % processes.length]
        if (stopped === undefined) throw new Error('four contenders run')
        await arena.stopMidEffect(stopped)
      }
      const result = await arena.finish()
      rmSync(folder, { recursive: true })

      const wallMs = result.history.map(({ at }) => at.wallMs)
      expect(Math.max(...wallMs) - Math.min(...wallMs)).toBeGreaterThan(7_000_000)
      expect(result).toMatchObject({ lost: 0, overlaps: 0, isHistoryIntact: true })
      expect(result.takeovers).toBeGreaterThanOrEqual(clockRounds)
      expect(result.refused).toBeGreaterThanOrEqual(clockRounds)
      expect(checkHistory(result.history)).toEqual([])
      // Never before ttl + margin by the one clock that counts, whatever the others say.
      expect(earlyTakeovers(result.history)).toEqual([])
    },
  )

  test('control: the same faults on an unfenced target lose updates', async () => {
    await using arena = await openArena({ target: 'unfenced', lane: 'real' })
    const processes = Array.from({ length: 2 }, () => arena.spawn())

    for (const stopped of processes) await arena.stopMidEffect(stopped)
    await arena.progress(5)
    const result = await arena.finish()

    expect(result.lost).toBeGreaterThan(0)
    expect(result.overlaps).toBeGreaterThan(0)
  })

  test('control: an unfenced target without faults loses none', async () => {
    await using arena = await openArena({ target: 'unfenced', lane: 'real' })
    for (let index = 0; index < contenders; index++) arena.spawn()

    await arena.progress(isLong ? 1000 : 60)
    const result = await arena.finish()

    expect(result).toMatchObject({ lost: 0, overlaps: 0, takeovers: 0, refused: 0, refusedByGuard: 0 })
  })

  test('control: a lane that grants everybody is caught', async () => {
    await using arena = await openArena({ target: 'unfenced', lane: 'everybody' })
    for (let index = 0; index < contenders; index++) arena.spawn()

    await arena.progress(200)
    const result = await arena.finish()

    expect(result.lost).toBeGreaterThan(0)
    expect(result.overlaps).toBeGreaterThan(0)
  })
})
