import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '@conduct/lanes/engine'
import { afterAll, describe, expect, test } from 'vitest'
import { type Actor, startActor } from './actor.ts'
import { judge } from './judge.ts'
import { laneOf } from './lane-of.ts'
import { shortLease, slowed } from './lease-terms.ts'
import { closeServers, envOf, openPlace, type Place, placeKinds } from './places.ts'
import type { HolderOrder } from './stopped-holder.ts'
import { takeOver } from './take-over.ts'

/** Property 7 with real processes: a holder that was stopped, or whose event loop hung, starts nothing too late. */
afterAll(closeServers)

function notesOf(place: Place): readonly number[] {
  try {
    return readFileSync(join(place.folder, 'notes'), 'utf8').trim().split('\n').map(Number)
  } catch {
    return []
  }
}

async function atWork(place: Place): Promise<void> {
  for (let look = 0; notesOf(place).length < 20; look++) {
    if (look > 6000) throw new Error('the holder never worked')
    await systemClock.sleep(10)
  }
}

// Each waits far more than it works.
describe.concurrent.each(placeKinds)('the holder stops first, real processes, on $kind', ({ kind, pace }) => {
  /** Long enough that a busy machine renews in time. */
  const definition = slowed(
    { ...shortLease, ttlMs: 6000, renewMs: 1000, marginMs: 700, acceptMs: 15_000 },
    Math.max(1, pace / 2),
  )

  function startHolder(place: Place, blockMs: number): Actor {
    const notesPath = join(place.folder, 'notes')
    const order: HolderOrder = { storeUrl: place.url, estate: place.estate, definition, notesPath, blockMs }
    return startActor(new URL('stopped-holder.ts', import.meta.url), order, { env: envOf(place) })
  }

  test('a stopped holder that wakes after the takeover starts no effect any more and exits 11', async () => {
    await using place = await openPlace(kind)
    await using store = await place.open()
    const lane = laneOf(store, definition, 'test:next')
    using holder = startHolder(place, 0)
    await atWork(place)

    holder.process.kill('SIGSTOP')
    const takenMs = await takeOver(lane)
    holder.process.kill('SIGCONT')

    const { code } = await holder.ended
    expect(code).toBe(11)
    expect(Math.max(...notesOf(place))).toBeLessThan(takenMs)
    expect((await judge(lane)).problems).toEqual([])
  })

  test('a blocked event loop loses the lease, though its renewal worker could have gone on for ever', async () => {
    await using place = await openPlace(kind)
    await using store = await place.open()
    const lane = laneOf(store, definition, 'test:next')
    using holder = startHolder(place, definition.ttlMs * 2)
    await atWork(place)

    const takenMs = await takeOver(lane)

    const { code } = await holder.ended
    expect(code).toBe(11)
    const notes = notesOf(place)
    const last = Math.max(...notes)
    expect(last).toBeLessThan(takenMs)
    // Longer than one ttl before: it had been renewed while its loop turned.
    expect(last - Math.min(...notes)).toBeGreaterThan(definition.ttlMs)
    expect((await judge(lane)).problems).toEqual([])
  })
})
