import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { makeCrew } from '../soak/crew.ts'
import { reachVerdict } from '../soak/verdict.ts'
import { laneOf } from './lane-of.ts'
import { shortLease, slowed } from './lease-terms.ts'
import { closeServers, openPlace, placeKinds, roundsOf } from './places.ts'
import { openTarget } from './target.ts'

/**
 * Property 9 on real stores: writes that are not done, done without an answer, or done late, 30 % of the time, with
 * other writers in between: no double grant, no false loss, no leak.
 */
const workers = 4
const mix = { work: 4, asker: 1, leaver: 1, impatient: 1, parker: 1, keeper: 1 }

afterAll(closeServers)

// Each waits more than it works.
describe.concurrent.each(placeKinds)('unknown answers of $kind', (kind) => {
  test('a client that loses three answers in ten grants nothing twice, loses nothing and leaks nothing', async () => {
    const { pace } = kind
    await using place = await openPlace(kind.kind)
    await using store = await place.open()
    const times = { ttlMs: 12_000, renewMs: 1500, marginMs: 1000, waitingTtlMs: 8000, acceptMs: 3000 }
    const definition = slowed({ ...shortLease, ...times }, Math.max(1, pace / 2))
    const targetPath = join(place.folder, 'target.db')
    using target = openTarget(targetPath, 'fenced')
    using crew = makeCrew({ place, definition, targetPath, pace, seed: 1 })
    const acts = roundsOf(kind, { usual: 12, long: 200 }) + (kind.share < 1 ? 3 : 0)
    for (let index = 0; index < workers; index++) {
      crew.start({ name: `w${index}`, acts, mix, faultShare: 0.3, restMsMax: 20 })
    }

    await crew.done()
    const lane = laneOf(store, definition)
    const { problems, tally } = await reachVerdict({ lane, definition, target, crew })

    expect(problems).toEqual([])
    expect(tally).toMatchObject({ lost: 0, overlaps: 0 })
    expect(tally.written).toBeGreaterThan(workers)
    expect([...new Set(crew.faults)].sort()).toEqual(['acts_late', 'fails_after', 'fails_before'])
    expect(crew.reports).toHaveLength(workers)
  })
})
