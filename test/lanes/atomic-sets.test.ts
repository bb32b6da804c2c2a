import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { checkHistory, openLanes, openStore, type Store, systemClock } from '@conduct/lanes/engine'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CrashOrder } from './crashing-contender.ts'
import { isLong, shortLease } from './contenders.ts'
import type { SetOrder, SetReport } from './set-contender.ts'

/** Property 2: a set is taken whole or not at all, and sets that share nothing run side by side. */
const contenders = 8
const rounds = isLong ? 125 : 12
const callsMax = 20

let folder = ''
let store: Store
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'conduct-sets-'))
  store = await openStore(`sqlite:${join(folder, 'state.db')}`)
})
afterEach(async () => {
  await store[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

function openLane() {
  return openLanes({
    store,
    estate: 'test',
    definitions: new Map([['lane', shortLease]]),
    identity: { holder: 'test:judge', person: null },
    clock: systemClock,
  }).lane('lane')
}

describe('atomic sets, several processes', () => {
  test('contenders over overlapping sets never share a resource, and disjoint ones overlap in time', async () => {
    const marksPath = join(folder, 'marks.db')
    const marks = new DatabaseSync(marksPath)
    marks.exec('create table mark (resource text primary key, pid integer)')
    const reports = await Promise.all(
      Array.from({ length: contenders }, async (_, index) => {
        const order: SetOrder = { storeUrl: store.url, marksPath, rounds, seed: index + 1 }
        const child = fork(new URL('set-contender.ts', import.meta.url), [JSON.stringify(order)], {
          execArgv: [],
        })
        const [report] = (await once(child, 'message')) as [SetReport]
        await once(child, 'exit')
        return report
      }),
    )
    marks.close()

    const sum = (key: keyof SetReport): number => reports.reduce((total, report) => total + report[key], 0)
    expect(sum('granted')).toBe(contenders * rounds)
    expect(sum('conflicts')).toBe(0)
    expect(sum('besides')).toBeGreaterThan(0)
    const lane = openLane()
    expect((await lane.inspect()).holders).toEqual([])
    expect(checkHistory(await lane.history())).toEqual([])
    expect(await lane.verifyHistory()).toMatchObject({ isIntact: true })
  })

  test('a crash before or after any call of the store leaves nobody with a part of a set', async () => {
    const lane = openLane()
    const seen = new Set<string>()
    let isWhole = false

    for (let call = 1; call <= callsMax && !isWhole; call++) {
      for (const when of ['before', 'after'] as const) {
        const order: CrashOrder = { storeUrl: store.url, call, when }
        const child = fork(new URL('crashing-contender.ts', import.meta.url), [JSON.stringify(order)], {
          execArgv: [],
        })
        const [code] = (await once(child, 'exit')) as [number | null]
        if (code === 0) {
          isWhole = true
          break
        }
        const { holders } = await lane.inspect()
        seen.add(holders.length === 0 ? 'nothing' : holders.map((held) => held.resources.join()).join(';'))
        // The holder is provably dead: the next one has all of it at once, long before ttl + margin.
        const result = await lane.acquire({
          resources: ['a', 'b', 'c'],
          attended: true,
          waitMsMax: 0,
          whenHeld: 'fail',
        })
        expect(result.outcome).toBe('granted')
        if (result.outcome === 'granted') await result.lease.release()
      }
    }

    expect(isWhole).toBe(true)
    expect([...seen].sort()).toEqual(['a,b,c', 'nothing'])
    expect(checkHistory(await lane.history())).toEqual([])
    expect(await lane.verifyHistory()).toMatchObject({ isIntact: true })
  })
})
