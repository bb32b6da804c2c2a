import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  checkHistory,
  exportEstate,
  importEstate,
  type Lane,
  openStore,
  type Store,
  storeAddress,
  type StoreKind,
  systemClock,
} from '@conduct/lanes/engine'
import { laneOf } from './lane-of.ts'
import type { ImportOrder } from './moving-process.ts'
import { type MovingPlaces, openMovingPlaces } from './moving-stores.ts'
import { shortLease } from './lease-terms.ts'

/** Moving between real stores of every kind, and what happens when one of them is put back behind our back. */
let places: MovingPlaces

beforeAll(async () => {
  places = await openMovingPlaces()
})
afterAll(async () => {
  await places[Symbol.asyncDispose]()
})

const estate = 'acme'
const definition = {
  ...shortLease,
  ttlMs: 600_000,
  renewMs: 60_000,
  waitingTtlMs: 3_600_000,
  acceptMs: 600_000,
  takeoverDelayMs: 0,
  captains: ['captain'],
}
const kinds = ['sqlite', 'postgres', 's3', 'git'] as const satisfies readonly StoreKind[]

const open = (url: string) => openStore(url, { estate })
const captainOf = (store: Store) => laneOf(store, definition, 'test:captain')
const path = () => join(places.folder, 'acme.lanes')
const moving = (store: Store) => {
  return {
    store,
    estate,
    definitions: new Map([['lane', definition]]),
    clock: systemClock,
    by: 'captain',
    path: path(),
  }
}

async function grant(lane: Lane): Promise<number> {
  const answer = await lane.acquire({ resources: ['shop'], waitMsMax: 0, attended: false })
  if (answer.outcome !== 'granted') throw new Error(answer.outcome)
  await answer.lease.release()
  return answer.lease.token
}

async function requireWhole(lane: Lane): Promise<void> {
  expect(await lane.verifyHistory()).toMatchObject({ isIntact: true, problem: null })
  expect(checkHistory(await lane.history())).toEqual([])
}

async function sendOff(from: Store, to: string): Promise<void> {
  const movingTo = storeAddress(to, { estate })
  expect(await exportEstate({ ...moving(from), movingTo })).toMatchObject({ outcome: 'exported', waiting: 1 })
}

/** A plan, a journal, a past, and somebody in line behind a pause. */
async function fill(store: Store): Promise<void> {
  await store.register.change('plan/p1', () => ({ write: { format: 1, steps: ['é'] }, result: null }))
  for (let seq = 1; seq <= 5; seq++) {
    await store.log.append({ log: 'run/r1/journal', seq, record: { format: 1, seq } })
  }
  await grant(captainOf(store))
  await captainOf(store).pause({ reason: 'we move' })
  await ask(store, 'waiter 0')
}

function ask(store: Store, secret: string) {
  const waiter = laneOf(store, definition, 'test:waiter')
  return waiter.acquire({ resources: ['admin'], waitMsMax: 0, attended: false, secret })
}

test('an estate travels through all four kinds of store and home again: nothing is lost, tokens rise', async () => {
  const urls = await Promise.all(kinds.map((kind) => places.address(kind)))
  const [home = ''] = urls
  {
    await using store = await open(home)
    await fill(store)
  }
  const tokens: number[] = []

  for (const [index, url] of [...urls.slice(1), home].entries()) {
    await using from = await open(urls[index] ?? '')
    await using to = await open(url)
    await sendOff(from, url)
    await importEstate(moving(to))
    expect(await importEstate(moving(to))).toMatchObject({ outcome: 'already' })

    await expect(captainOf(from).inspect()).rejects.toMatchObject({
      code: 'STORE_MOVED',
      details: { moved_to: storeAddress(url, { estate }) },
    })
    const lane = captainOf(to)
    await lane.unpause({})
    const turn = await ask(to, `waiter ${index}`)
    if (turn.outcome !== 'granted') throw new Error(turn.outcome)
    tokens.push(turn.lease.token)
    await turn.lease.release()
    tokens.push(await grant(lane))
    await lane.pause({ reason: 'we move on' })
    await ask(to, `waiter ${index + 1}`)
    await requireWhole(lane)
    expect((await to.register.read('plan/p1'))?.document).toEqual({ format: 1, steps: ['é'] })
    expect(await to.log.read('run/r1/journal')).toHaveLength(5)
  }

  const epoch = 2 ** 32
  expect(tokens).toEqual([1, 2, 3, 4].flatMap((nth) => [nth * epoch + 1, nth * epoch + 1]))
})

test.each(kinds)(
  'an import into %s that is killed with kill -9 is finished by the next one',
  async (kind) => {
    await using from = await open(await places.address('sqlite'))
    await fill(from)
    const url = await places.address(kind)
    await sendOff(from, url)

    for (const writes of [0, 3, 8]) {
      const order: ImportOrder = { url, estate, path: path(), definition, writes }
      const child = spawn(
        process.execPath,
        [join(import.meta.dirname, 'moving-process.ts'), JSON.stringify(order)],
        {
          env: { ...process.env, ...places.env },
          stdio: ['ignore', 'inherit', 'inherit'],
        },
      )
      const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
      expect(signal).toBe('SIGKILL')
    }
    await using to = await open(url)
    expect(await importEstate(moving(to))).toMatchObject({
      outcome: 'imported',
      lanes: [{ epoch: 1, waiting: 1 }],
    })

    await captainOf(to).unpause({})
    await requireWhole(captainOf(to))
    expect(await to.log.read('run/r1/journal')).toHaveLength(5)
  },
)

test.each(kinds)(
  '%s, put back to an earlier state, is refused by who saw it and goes on after recover',
  async (kind) => {
    const url = await places.address(kind)
    await using store = await open(url)
    const lane = captainOf(store)
    await grant(lane)
    await places.backUp(url)
    await grant(lane)
    const lost = await grant(lane)
    await places.restore(url)

    // A fresh handle, which knows nothing but what this machine remembers.
    await using again = await open(url)
    await expect(grant(captainOf(again))).rejects.toMatchObject({ code: 'STORE_BEHIND' })
    await expect(captainOf(again).inspect()).rejects.toMatchObject({ code: 'STORE_BEHIND' })
    const recovery = await captainOf(again).recover({ reason: 'backup' })

    expect(recovery).toMatchObject({ outcome: 'recovered', epoch: 1 })
    expect(await grant(captainOf(again))).toBe(2 ** 32 + 1)
    expect(2 ** 32 + 1).toBeGreaterThan(lost)
    await requireWhole(captainOf(again))
    expect(await captainOf(again).recover({ reason: 'again' })).toMatchObject({ outcome: 'unchanged' })
  },
)

test('a bucket in which a stranger wrote on after it went back is refused by the store itself, and recovered', async () => {
  const url = await places.address('s3')
  await using store = await open(url)
  const lane = captainOf(store)
  await grant(lane)
  await places.backUp(url)
  await grant(lane)
  await grant(lane)
  await places.restore(url)

  await using elsewhere = await open(url)
  const stranger = captainOf({ ...elsewhere, url: 'memory:stranger' })
  const goOn = async (): Promise<void> => {
    for (let turn = 0; turn < 4; turn++) await grant(stranger)
  }
  await expect(goOn()).rejects.toMatchObject({ code: 'STORE_BEHIND' })
  await stranger.recover({ reason: 'versions of objects were put back' })

  expect(await grant(stranger)).toBe(2 ** 32 + 1)
  await requireWhole(stranger)
})
