import { type LaneDefinition, type Store, systemClock } from '@conduct/lanes/engine'
import { afterAll, describe, expect, test } from 'vitest'
import { type Call, interposed } from './interposed.ts'
import { judge } from './judge.ts'
import { laneOf } from './lane-of.ts'
import { shortLease, slowed } from './lease-terms.ts'
import { closeServers, openPlace, placeKinds, roundsOf } from './places.ts'

/**
 * Properties 6 and 15 on real stores: whatever happens right before any one call of somebody who joins the line, the
 * turn comes, with every notification of the store dropped.
 */
const patient: LaneDefinition = {
  ...shortLease,
  ttlMs: 60_000,
  renewMs: 800,
  marginMs: 5000,
  acceptMs: 30_000,
}

afterAll(closeServers)

describe.each(placeKinds)('between any two calls of $kind', (chosen) => {
  const { kind, pace } = chosen
  // The calls of joining behind a holder: ask, look, wait, look again.
  const callsMax = Math.max(4, roundsOf(chosen, { usual: 8, long: 10 }))
  const definition = { ...slowed(patient, pace), ttlMs: 60_000, marginMs: 5000 }

  /** Ana holds, Ben joins; `before` each of Ben's calls. Resolves to how often Ben waited, and when Ana had gone. */
  async function joinBehind(
    store: Store,
    atCall: number,
    interfere: (release: () => Promise<void>) => Promise<void>,
  ): Promise<{ readonly waitsAfterwards: number; readonly isReached: boolean }> {
    const first = await laneOf(store, definition, 'test:ana', { renewal: 'inline' }).acquire({
      resources: ['shop'],
      attended: true,
      waitMsMax: 60_000,
    })
    if (first.outcome !== 'granted') throw new Error(`Ana was ${first.outcome}`)
    let isReached = false
    let waitsAfterwards = 0
    let isReleased = false
    const release = async (): Promise<void> => {
      await first.lease.release()
      isReleased = true
    }
    const before = async ({ index, name }: Call): Promise<void> => {
      if (isReleased && name === 'changed') waitsAfterwards += 1
      if (index !== atCall) return
      isReached = true
      await interfere(release)
    }
    const seen = interposed(store, { before, sleep: systemClock.sleep })
    const waiting = laneOf(seen, definition, 'test:ben', { renewal: 'inline' }).acquire({
      resources: ['shop'],
      attended: true,
      waitMsMax: 60_000,
    })
    const result = await waiting
    if (result.outcome !== 'granted') throw new Error(`Ben was ${result.outcome}`)
    await result.lease.release()
    return { waitsAfterwards, isReached }
  }

  test('a release is seen at the next look, wherever it falls', async () => {
    await using place = await openPlace(kind)
    await using store = await place.open()
    const lane = laneOf(store, definition)

    for (let atCall = 0; atCall < callsMax; atCall++) {
      const { waitsAfterwards, isReached } = await joinBehind(store, atCall, (release) => release())

      expect(isReached).toBe(true)
      // Offered within one poll: the release fell before or into this wait, and no second one was begun.
      expect(waitsAfterwards).toBeLessThanOrEqual(1)
    }

    expect((await judge(lane)).problems).toEqual([])
  })

  test('another definition applied there strands nobody, and the held lane does not vanish', async () => {
    await using place = await openPlace(kind)
    await using store = await place.open()
    const lane = laneOf(store, definition)
    const captain = laneOf(store, definition, 'test:captain')
    const variants: readonly Partial<LaneDefinition>[] = [
      { order: 'eager' },
      { limit: 2 },
      { ttlMs: 30_000 },
      { limit: 1, order: { bounded: 1 }, purpose: 'another' },
    ]

    for (let atCall = 0; atCall < callsMax; atCall++) {
      const { isReached } = await joinBehind(store, atCall, async (release) => {
        expect(await captain.apply({ ...definition, ...variants[atCall % variants.length] })).toBe('applied')
        const { holders } = (await lane.inspect()).document
        expect(holders.some(({ holder }) => holder === 'test:ana')).toBe(true)
        await release()
      })

      expect(isReached).toBe(true)
      await captain.apply(definition)
    }

    expect((await judge(lane)).problems).toEqual([])
  })
})
