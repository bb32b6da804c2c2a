import { join } from 'node:path'
import type { LaneDefinition } from '@conduct/lanes/engine'
import { afterAll, describe, expect, test } from 'vitest'
import { startActor } from './actor.ts'
import type { CrashOrder } from './crashing-contender.ts'
import { judge } from './judge.ts'
import { acquireAgain, answered, laneOf } from './lane-of.ts'
import { shortLease, slowed } from './lease-terms.ts'
import { openMarks } from './marks.ts'
import { closeServers, envOf, openPlace, placeKinds, roundsOf } from './places.ts'
import type { SetOrder, SetReport } from './set-contender.ts'
import { handBack } from './take-over.ts'

/** Property 2: a set is taken whole or not at all, and sets that share nothing run side by side. */
const contenders = 8
const callsMax = 20

afterAll(closeServers)

describe.each(placeKinds)('atomic sets, several processes, on $kind', (kind) => {
  test('contenders over overlapping sets never share a resource, and disjoint ones overlap in time', async () => {
    const rounds = roundsOf(kind, { usual: 12, long: 125 })
    await using place = await openPlace(kind.kind)
    await using store = await place.open()
    const patient: LaneDefinition = { ...shortLease, ttlMs: 120_000, renewMs: 20_000, order: 'eager' }
    const definition = { ...patient, waitingTtlMs: 600_000, acceptMs: 60_000 }
    const marksPath = join(place.folder, 'marks.db')
    // Where a turn is noticed late, others have to hold for longer to be seen beside each other.
    const holdMsMax = kind.pace === 1 ? 6 : 300 * kind.pace
    using marks = openMarks(marksPath)
    const reports = await Promise.all(
      Array.from({ length: contenders }, async (_, index) => {
        const order: SetOrder = {
          storeUrl: place.url,
          estate: place.estate,
          definition,
          marksPath,
          rounds,
          seed: index + 1,
          holdMsMax,
        }
        const script = new URL('set-contender.ts', import.meta.url)
        using contender = startActor(script, order, { env: envOf(place) })
        const report = await contender.word<SetReport>(() => true)
        await contender.ended
        return report
      }),
    )

    const sum = (key: keyof SetReport): number => reports.reduce((total, report) => total + report[key], 0)
    expect(sum('granted')).toBe(contenders * rounds)
    expect(sum('conflicts')).toBe(0)
    expect(sum('besides')).toBeGreaterThan(0)
    const lane = laneOf(store, definition)
    expect((await answered(() => lane.inspect())).holders).toEqual([])
    const held = marks.effects()
    expect(held.length).toBeGreaterThan(contenders * rounds)
    expect((await judge(lane, held)).problems).toEqual([])
  })

  test('a crash before or after any call of the store leaves nobody with a part of a set', async () => {
    await using place = await openPlace(kind.kind)
    await using store = await place.open()
    const definition = slowed(shortLease, kind.pace)
    const lane = laneOf(store, definition)
    const seen = new Set<string>()
    let isWhole = false

    for (let call = 1; call <= callsMax && !isWhole; call++) {
      for (const when of ['before', 'after'] as const) {
        const order: CrashOrder = { storeUrl: place.url, estate: place.estate, definition, call, when }
        const script = new URL('crashing-contender.ts', import.meta.url)
        using contender = startActor(script, order, { env: envOf(place) })
        const { code, signal, said } = await contender.ended
        if (code === 0) {
          isWhole = true
          break
        }
        if (signal !== 'SIGKILL') throw new Error(`ended with ${code ?? signal}: ${said}`)
        const { holders } = await answered(() => lane.inspect())
        seen.add(holders.length === 0 ? 'nothing' : holders.map((held) => held.resources.join()).join(';'))
        // The holder is provably dead: the next one has all of it at once, long before ttl + margin.
        const result = await acquireAgain(lane, {
          resources: ['a', 'b', 'c'],
          attended: true,
          waitMsMax: 0,
          whenHeld: 'fail',
        })
        expect(result.outcome).toBe('granted')
        if (result.outcome === 'granted') await handBack(result.lease)
      }
    }

    expect(isWhole).toBe(true)
    expect([...seen].sort()).toEqual(['a,b,c', 'nothing'])
    expect((await judge(lane)).problems).toEqual([])
  })
})
