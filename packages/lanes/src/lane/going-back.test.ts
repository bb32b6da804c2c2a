import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Lane, Lanes } from '../api.ts'
import { checkHistory } from '../core/index.ts'
import { tokensPerEpoch } from '../core/slots.ts'
import { systemClock } from '../host/system-clock.ts'
import { openLanes } from '../open-lanes.ts'
import { openStore } from '../open-store.ts'
import type { Store } from '../store.ts'
import { quickDefinition } from '../testing/lane-definitions.ts'

/** A store that really goes back: its file and write-ahead log are copied away and put back later. */
let folder = ''
const open: Store[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conduct-back-'))
})
afterEach(async () => {
  await closeAll()
  rmSync(folder, { recursive: true, force: true })
})

async function closeAll(): Promise<void> {
  for (const store of open.splice(0)) await store[Symbol.asyncDispose]()
}

async function openState(): Promise<Store> {
  const store = await openStore(`sqlite:${join(folder, 'now', 'state.db')}`, { estate: 'acme' })
  open.push(store)
  return store
}

function lanesOn(store: Store, name = 'ana'): Lanes {
  return openLanes({
    store,
    estate: 'acme',
    definitions: new Map([
      ['lane', { ...quickDefinition, takeoverDelayMs: 0 }],
      ['other', quickDefinition],
    ]),
    identity: { holder: `cli:${name}@host`, person: name },
    clock: systemClock,
    renewal: 'inline',
  })
}

/** Somebody who has never seen this store. */
function stranger(store: Store, name = 'ana'): Lane {
  return lanesOn({ ...store, url: 'memory:stranger' }, name).lane('lane')
}

function backUp(): void {
  cpSync(join(folder, 'now'), join(folder, 'backup'), { recursive: true })
}

async function restore(): Promise<Store> {
  await closeAll()
  for (const file of readdirSync(join(folder, 'now'))) rmSync(join(folder, 'now', file))
  cpSync(join(folder, 'backup'), join(folder, 'now'), { recursive: true })
  return openState()
}

/** Document and log are put back apart from each other, as a store of objects can be. */
function putBack(document: unknown, records = Number.MAX_SAFE_INTEGER): void {
  const database = new DatabaseSync(join(folder, 'now', 'state.db'))
  const set = database.prepare("update document set body = ? where id like '%lane/lane'")
  if (document === null) database.exec("delete from document where id like '%lane/lane'")
  else set.run(JSON.stringify(document))
  database.prepare('delete from record where place & 4294967295 > ?').run(records)
  database.close()
}

async function grant(lane: Lane, secret = `secret ${Math.random()}`) {
  const answer = await lane.acquire({ resources: ['shop'], waitMsMax: 0, attended: false, secret })
  if (answer.outcome !== 'granted') throw new Error(answer.outcome)
  return { token: answer.lease.token, proof: { claim: answer.lease.claim, secret } }
}

test('a restored store is refused for reads and changes, and without that a token is granted twice', async () => {
  const store = await openState()
  const lane = lanesOn(store).lane('lane')
  const first = await grant(lane)
  await lane.release(first.proof)
  backUp()
  const second = await grant(lane)
  await lane.release(second.proof)

  const restored = await restore()
  const again = lanesOn(restored).lane('lane')

  const refusal = {
    code: 'STORE_BEHIND',
    exit: 2,
    message: 'The store of lane lane went back: version 4 was seen, and the store holds version 2.',
    details: { lane: 'lane', seen: { epoch: 0, version: 4 }, found: { epoch: 0, version: 2 } },
  }
  await expect(grant(again)).rejects.toMatchObject(refusal)
  await expect(again.inspect()).rejects.toMatchObject(refusal)
  await expect(again.release(second.proof)).rejects.toMatchObject(refusal)
  const control = await grant(stranger(restored))
  expect(control.token).toBe(second.token)
})

test('a renewal that was lost is noticed too, although no record of the history is', async () => {
  const store = await openState()
  const lane = lanesOn(store).lane('lane')
  const held = await grant(lane)
  backUp()
  await lane.renew(held.proof)

  const again = lanesOn(await restore()).lane('lane')

  await expect(again.renew(held.proof)).rejects.toMatchObject({ code: 'STORE_BEHIND' })
})

test('a lane that is gone, and one that others wrote on with up to the same version, are refused', async () => {
  const store = await openState()
  await grant(lanesOn(store).lane('other'))
  backUp()
  const lane = lanesOn(store).lane('lane')
  await grant(lane)

  const restored = await restore()
  const again = lanesOn(restored).lane('lane')
  await expect(grant(again)).rejects.toMatchObject({
    code: 'STORE_BEHIND',
    details: { found: null },
  })
  await grant(stranger(restored, 'carl'))

  await expect(again.inspect()).rejects.toMatchObject({
    code: 'STORE_BEHIND',
    message: expect.stringContaining('another state under that version') as string,
  })
  await expect(lanesOn(restored).lane('other').inspect()).resolves.toMatchObject({ lane: 'other' })
})

test('an attended lease is lost when its store goes back under it, and its effect does not start', async () => {
  const store = await openState()
  const answer = await lanesOn(store)
    .lane('lane')
    .acquire({ resources: ['shop'], waitMsMax: 0, attended: true })
  if (answer.outcome !== 'granted') throw new Error(answer.outcome)
  const { lease } = answer
  const before = (await store.register.read('lane/lane'))?.document
  const publish = () =>
    lease.guard({ name: 'publish', timeoutMs: 1000, renewFirst: true }, async () => 'published')
  expect(await publish()).toBe('published')
  putBack(before)

  await expect(publish()).rejects.toMatchObject({
    code: 'LEASE_LOST',
    message: expect.stringContaining(
      'went back: version 2 was seen, and the store holds version 1',
    ) as string,
  })
  expect(lease.signal.aborted).toBe(true)
})

test('recover puts it right for everybody at once: tokens go on above all, the history is whole', async () => {
  const store = await openState()
  const lane = lanesOn(store).lane('lane')
  const kept = await grant(lane)
  const queued = await lane.acquire({ resources: ['shop'], waitMsMax: 0, attended: false, secret: 'waiter' })
  expect(queued.outcome).toBe('queued')
  backUp()
  await lane.release(kept.proof)
  const restored = await restore()
  const captain = lanesOn(restored, 'captain').lane('lane')

  await expect(lanesOn(restored).lane('lane').recover({ reason: 'backup' })).rejects.toMatchObject({
    code: 'NOT_CAPTAIN',
  })
  const recovery = await captain.recover({ reason: 'backup' })
  const nothing = await captain.recover({ reason: 'again' })

  expect(recovery).toMatchObject({
    outcome: 'recovered',
    because: 'version 3 was seen, and the store holds version 2',
    epoch: 1,
    ended: [{ claim: kept.proof.claim, token: 1 }],
    waiting: 1,
  })
  expect(nothing).toMatchObject({ outcome: 'unchanged', epoch: 1 })
  const again = lanesOn(restored).lane('lane')
  await again.acquire({ resources: ['admin'], waitMsMax: 0, attended: false })
  const view = await again.inspect()
  expect(view.holders.map(({ token }) => token)).toEqual([tokensPerEpoch + 1, tokensPerEpoch + 1])
  expect(
    await again.renew({
      claim: queued.outcome === 'queued' ? queued.claim : kept.proof.claim,
      secret: 'waiter',
    }),
  ).toMatchObject({ token: tokensPerEpoch + 1 })
  expect(await again.verifyHistory()).toMatchObject({ isIntact: true, problem: null })
  expect(checkHistory(await again.history())).toEqual([])
})

test('a lane that vanished is made anew above what was seen of it', async () => {
  const store = await openState()
  const captain = lanesOn(store, 'captain').lane('lane')
  await lanesOn(store).lane('other').inspect()
  backUp()
  await grant(captain)
  await captain.recover({ reason: 'a drill', force: true })
  const restored = await restore()

  const recovery = await lanesOn(restored, 'captain').lane('lane').recover({ reason: 'the file was lost' })

  expect(recovery).toMatchObject({ outcome: 'recovered', epoch: 2, ended: [], waiting: 0 })
  expect((await grant(lanesOn(restored).lane('lane'))).token).toBe(2 * tokensPerEpoch + 1)
  expect(await lanesOn(restored).lane('lane').verifyHistory()).toMatchObject({ isIntact: true })
})

test.each([
  ['the log is ahead of the document', true, 3],
  ['the document is ahead of the log', true, 1],
  ['the document is gone and the log is not', false, 3],
] as const)('recovers for a stranger to it as well where %s', async (_where, isKept, keptRecords) => {
  const store = await openState()
  const lane = lanesOn(store, 'captain').lane('lane')
  const { proof } = await grant(lane)
  await lane.release(proof)
  const document = (await store.register.read('lane/lane'))?.document
  await grant(lane)
  putBack(isKept ? document : null, keptRecords)
  const captain = stranger(store, 'captain')

  const recovery = await captain.recover({ reason: 'restored to different points' })

  expect(recovery).toMatchObject({
    outcome: 'recovered',
    because: expect.stringContaining('history') as string,
  })
  expect(await captain.verifyHistory()).toMatchObject({ isIntact: true, problem: null })
  expect(checkHistory(await captain.history())).toEqual([])
  expect((await grant(captain)).token).toBe(tokensPerEpoch + 1)
  expect(await captain.verifyHistory()).toMatchObject({ isIntact: true, problem: null })
})
