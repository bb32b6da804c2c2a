import { checkHistory } from '@conduct/lanes'
import { describe, expect, test } from 'vitest'
import { openArena, isLong } from './contenders.ts'

/** Property 1: with faults and short leases, one at a time means one, and an older token is refused. */
const rounds = isLong ? 40 : 3
const contenders = 4

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
