import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Lanes, type LaneEvent, openLanes, openStore, type Store } from '../index.ts'

let folder = ''
let store: Store

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'conduct-library-'))
  store = await openStore(`sqlite:${join(folder, 'state.db')}`, { estate: 'acme' })
})

afterEach(async () => {
  await store[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const shared = { deploy: { captains: ['ana'] }, release: { scope: 'repo_set' } } as const

function openAs(holder: string, more: object = {}): Lanes<keyof typeof shared> {
  return openLanes({ store, lanes: shared, holder, parentClaim: null, ...more })
}

describe('lanes in a program', () => {
  test('are taken, used and handed back with nothing but a store and a name', async () => {
    const lane = openLanes({ store, lanes: { deploy: {} } }).lane('deploy')
    const seen: number[] = []
    {
      const answer = await lane.acquire()
      if (answer.outcome !== 'granted') throw new Error('a fresh lane is free')
      await using lease = answer.lease
      await lease.guard({ name: 'deploy', timeoutMs: 1000 }, async ({ token }) => seen.push(token))
      expect(await lane.inspect()).toMatchObject({ holders: [{ token: 1, attended: true }] })
      expect((await lane.inspect()).holders[0]?.holder).toMatch(/^bot:\S+@\S+#\S+$/)
    }

    expect(seen).toEqual([1])
    expect(await lane.inspect()).toMatchObject({ holders: [], recent: [{ outcome: 'released' }] })
  })

  test('answer who holds them, and take no place in line unless told to wait', async () => {
    const first = await openAs('bot:first')
      .lane('release')
      .acquire({ resources: ['shop'], task: 'ABC-12' })
    const lane = openAs('bot:second').lane('release')

    const refused = await lane.acquire({ resources: ['admin', 'shop'] })

    expect(first.outcome).toBe('granted')
    expect(refused).toMatchObject({
      outcome: 'refused',
      because: 'held',
      resources: ['admin', 'shop'],
      holder: { holder: 'bot:first', task: 'ABC-12', resources: ['shop'] },
      estimate: null,
    })
    expect((await lane.inspect()).waiting).toEqual([])
  })

  test('keep a place in line when the wait is over, which its secret takes up and its proof gives up', async () => {
    const first = await openAs('bot:first').lane('deploy').acquire()
    const lane = openAs('bot:second').lane('deploy')

    const queued = await lane.acquire({ wait: 0 })
    if (queued.outcome !== 'queued' || first.outcome !== 'granted') throw new Error('one holds, one waits')
    await first.lease.release()
    const granted = await lane.acquire({ secret: queued.secret, wait: 1000 })
    if (granted.outcome !== 'granted') throw new Error('it is the turn of whoever waited')
    await using lease = granted.lease

    expect(queued).toMatchObject({ position: 1, holder: { holder: 'bot:first' } })
    expect(lease).toMatchObject({ claim: queued.claim, token: 2 })
    expect(await lane.leave(queued)).toBe('not_waiting')
  })

  test('are asked for many holders by one server, each with its own order of lanes', async () => {
    const lanes = openAs('server:main')
    const carl = await lanes.lane('release').acquire({ resources: ['shop'], holder: 'agent:carl' })
    const dora = await lanes.lane('deploy').acquire({ holder: 'agent:dora' })

    const other = lanes.lane('deploy').acquire({ holder: 'agent:carl' })

    expect([carl.outcome, dora.outcome]).toEqual(['granted', 'granted'])
    await expect(other).rejects.toMatchObject({ code: 'LANE_ORDER' })
    expect((await lanes.lane('deploy').inspect()).holders).toMatchObject([{ holder: 'agent:dora' }])
    for (const answer of [carl, dora]) if (answer.outcome === 'granted') await answer.lease.release()
  })

  test('last until their deadline when unattended, and are renewed by their proof', async () => {
    const lane = openAs('bot:first').lane('deploy')
    const answer = await lane.acquire({ attended: false })
    if (answer.outcome !== 'granted') throw new Error('a fresh lane is free')

    const renewed = await lane.renew(answer.lease)

    expect(Date.parse(renewed.expiresAt)).toBeGreaterThanOrEqual(Date.parse(answer.lease.expiresAt))
    expect(await lane.release(answer.lease)).toBe('released')
    expect(await lane.release(answer.lease)).toBe('not_held')
    await expect(lane.renew(answer.lease)).rejects.toMatchObject({ code: 'LEASE_LOST' })
  })

  test('inherit what a parent process holds, from CONDUCT_CLAIM or as told', async () => {
    const parent = await openAs('bot:parent').lane('deploy').acquire()
    if (parent.outcome !== 'granted') throw new Error('a fresh lane is free')
    await using held = parent.lease

    const child = await openAs('bot:child', { parentClaim: held.secret }).lane('deploy').acquire()

    if (child.outcome !== 'granted') throw new Error('a child uses what its parent holds')
    expect(child.lease.token).toBe(held.token)
    expect(await child.lease.release()).toBe('not_held')
    expect(held.isHeld()).toBe(true)
  })

  test('tell what happens to their claims', async () => {
    const events: LaneEvent[] = []
    const lane = openAs('bot:first', { onEvent: (event: LaneEvent) => events.push(event) }).lane('deploy')

    const answer = await lane.acquire()
    if (answer.outcome === 'granted') await answer.lease.release()

    expect(events.map((event) => (event.type === 'lane_changed' ? event.change : event.code))).toEqual([
      'granted',
      'released',
    ])
  })

  test('are steered by captains, and by nobody else (NOT_CAPTAIN)', async () => {
    const ana = openAs('bot:ana', { person: 'ana' }).lane('deploy')
    const carl = openAs('bot:carl').lane('deploy')
    const held = await carl.acquire()
    if (held.outcome !== 'granted') throw new Error('a fresh lane is free')
    const queued = await openAs('bot:dora').lane('deploy').acquire({ wait: 0 })
    if (queued.outcome !== 'queued') throw new Error('the lane is held')

    await expect(carl.pause({ reason: 'no' })).rejects.toMatchObject({ code: 'NOT_CAPTAIN' })
    await ana.pause({ reason: 'freeze', forMs: 60_000 })
    expect((await ana.inspect()).paused).toMatchObject({ by: 'ana', reason: 'freeze' })
    await ana.unpause()
    await ana.pause({ claim: queued.claim, reason: 'later' })
    await ana.unpause({ claim: queued.claim })
    await ana.move(queued.claim, 'first')
    const { claim } = await ana.assign({ holder: 'agent:eve', forMs: 60_000 })
    await ana.move(claim, { before: queued.claim })
    await expect(ana.forceRelease({ token: 9, reason: 'stuck' })).rejects.toMatchObject({
      code: 'TOKEN_STALE',
    })
    expect(await ana.forceRelease({ token: held.lease.token, reason: 'stuck' })).toEqual({
      claim: held.lease.claim,
    })

    const entries = await ana.history()
    expect(entries.map(({ operation }) => operation)).toEqual([
      'acquire',
      'acquire',
      'pause',
      'unpause',
      'pause',
      'unpause',
      'move',
      'assign',
      'move',
      'force_release',
    ])
    expect(entries[0]).toMatchObject({ seq: 1, claim: held.lease.claim, by: 'bot:carl' })
    expect(entries.at(-1)).toMatchObject({ by: 'ana', claim: null })
    expect(await ana.verifyHistory()).toEqual({ isIntact: true, problem: null, records: 10 })
    expect(await ana.stats()).toMatchObject({ grants: 1, takeovers: { forced: 1 } })
  })

  test('are defined by the store from the first time on, and anew by apply', async () => {
    await (await take(openAs('bot:first').lane('deploy'))).release()
    const changed = openLanes({
      store,
      lanes: { deploy: { limit: 2, captains: ['ana'] } },
      holder: 'bot:ana',
      person: 'ana',
    }).lane('deploy')

    expect(await changed.inspect()).toMatchObject({ limit: 1, definitionDiffers: true })
    expect([await changed.apply(), await changed.apply()]).toEqual(['applied', 'unchanged'])
    expect(await changed.inspect()).toMatchObject({ limit: 2, definition: { limit: 2 } })
  })

  test('tell secrets to nobody: no answer but the own lease and place carries one', async () => {
    const lease = await take(openAs('bot:first').lane('deploy'))
    const lane = openAs('bot:second').lane('deploy')
    const answers = [await lane.acquire(), await lane.inspect(), await lane.history(), await lane.stats()]

    expect(JSON.stringify(answers)).not.toContain(lease.secret)
    expect(JSON.stringify(answers)).not.toContain('secretHash')
    await lease.release()
  })

  test.each([
    ['a holder without a surface', { holder: 'ana' }, 'LANE_REQUEST'],
    ['a name that could be no key', { lanes: { 'a/b': {} } }, 'LANE_DEFINITION'],
    ['a lease that lapses between its renewals', { lanes: { a: { ttlMs: 60_000 } } }, 'LANE_DEFINITION'],
  ])('refuse %s', (_title, options, code) => {
    const open = () => openLanes<string>({ store, lanes: { deploy: {} }, ...options })

    expect(open).toThrow(expect.objectContaining({ code }))
  })

  test('refuse what cannot be asked of them', async () => {
    const lanes = openAs('bot:first')

    await expect(lanes.lane('release').acquire()).rejects.toMatchObject({ code: 'LANE_REQUEST' })
    await expect(lanes.lane('deploy').acquire({ wait: Number.NaN })).rejects.toMatchObject({
      code: 'LANE_REQUEST',
    })
    expect(() => lanes.lane('other' as 'deploy')).toThrow(expect.objectContaining({ code: 'LANE_UNKNOWN' }))
  })
})

async function take(lane: ReturnType<Lanes['lane']>) {
  const answer = await lane.acquire()
  if (answer.outcome !== 'granted') throw new Error('the lane is free')
  return answer.lease
}
