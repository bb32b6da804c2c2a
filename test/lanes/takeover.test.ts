import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type HistoryRecord, type StoreTime, systemClock } from '@conduct/lanes/engine'
import { afterAll, describe, expect, test } from 'vitest'
import { makeCrew } from '../soak/crew.ts'
import { startActor } from './actor.ts'
import { onHost, processOn } from './foreign-host.ts'
import { judge } from './judge.ts'
import { acquireAgain, answered, laneOf } from './lane-of.ts'
import { shortLease, slowed } from './lease-terms.ts'
import { closeServers, envOf, openPlace, placeKinds } from './places.ts'
import type { HolderOrder } from './stopped-holder.ts'
import { handBack } from './take-over.ts'

/**
 * Property 8 on real stores: whoever is stopped loses the lane after ttl + margin and never before, though the line
 * behind it joins, leaves and shows signs of life all the time, each of them a write of the same document.
 */
const churners = 3
/** Records of others between the holder's last beat and the takeover: the line was busy. */
const recordsMin = 5

afterAll(closeServers)

// Each waits more than it works.
describe.concurrent.each(placeKinds)('takeover on $kind', ({ kind, pace }) => {
  const definition = slowed(
    // Where a lease is short, a busy machine must not cost the holder the lane before it is stopped.
    { ...shortLease, ttlMs: 4000 + 5000 / pace, renewMs: 600, marginMs: 500, acceptMs: 15_000 },
    pace / 2 + 0.5,
  )

  test('a busy line neither hastens nor prevents it, seen from this host and from another', async () => {
    await using place = await openPlace(kind)
    await using store = await place.open()
    const notesPath = join(place.folder, 'notes')
    const order: HolderOrder = {
      storeUrl: place.url,
      estate: place.estate,
      definition,
      notesPath,
      blockMs: 0,
    }
    using holder = startActor(new URL('stopped-holder.ts', import.meta.url), order, { env: envOf(place) })
    for (let look = 0; !isWorking(notesPath); look++) {
      if (look > 6000) throw new Error('the holder never worked')
      await systemClock.sleep(10)
    }
    const targetPath = join(place.folder, 'target.db')
    using crew = makeCrew({ place, definition, targetPath, pace, seed: 5 })
    const mix = { leaver: 1 }
    for (let index = 0; index < churners; index++)
      crew.start({ name: `c${index}`, mix, restMsMax: 50 * pace })
    const lane = laneOf(store, definition)
    for (let look = 0; (await answered(() => lane.inspect())).document.history.seq < recordsMin; look++) {
      if (look > 600) throw new Error('the line was never busy')
      await systemClock.sleep(100)
    }

    holder.process.kill('SIGSTOP')
    const { document } = await answered(() => lane.inspect())
    const stopped = document.holders.find((held) => held.holder === 'test:holder')
    if (stopped === undefined) throw new Error('the holder had lost the lane before it was stopped')
    const elsewhere = laneOf(onHost(store, 'host-elsewhere'), definition, 'test:elsewhere', {
      renewal: 'inline',
    })
    const result = await acquireAgain(elsewhere, {
      resources: ['x', 'y'],
      attended: true,
      process: processOn('host-elsewhere'),
      waitMsMax: 30 * (definition.ttlMs + definition.marginMs),
    })
    if (result.outcome !== 'granted') throw new Error(result.outcome)
    await handBack(result.lease)
    holder.process.kill('SIGCONT')
    await crew.finish(60_000)

    expect((await holder.ended).code).toBe(11)
    expect(crew.bugs).toEqual([])
    const { history, problems } = await judge(lane)
    expect(problems).toEqual([])
    const lapse = history.find(({ effects }) =>
      effects.some(({ claim, change }) => claim === stopped.claim && change === 'lapsed'),
    )
    expect(history.filter(({ seq }) => seq < (lapse?.seq ?? 0)).length).toBeGreaterThanOrEqual(recordsMin)
    expect(earlyBy(stopped.renewedAt, lapse, definition.ttlMs + definition.marginMs)).toBeLessThanOrEqual(0)
  })
})

/** Milliseconds that a lapse came too soon; where another host decided, its clock is this one's, moved. */
function earlyBy(beat: StoreTime, lapse: HistoryRecord | undefined, lifeMs: number): number {
  if (lapse === undefined) throw new Error('it lapsed')
  const passedMs = beat.era === lapse.at.era ? lapse.at.ms - beat.ms : lapse.at.wallMs - beat.wallMs
  return lifeMs - passedMs
}

function isWorking(notesPath: string): boolean {
  try {
    return readFileSync(notesPath, 'utf8').split('\n').length > 10
  } catch {
    return false
  }
}
