import { type Lease, openStore, type Store } from '@conduct/lanes/engine'
import { quickDefinition } from '@conduct/lanes/lane-definitions'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { judge } from '../lanes/judge.ts'
import { laneOf } from '../lanes/lane-of.ts'
import { seededRandom } from '../lanes/seeded-random.ts'
import { type S3Server, startS3 } from '../servers/s3.ts'
import { type Act, type S3Proxy, startS3Proxy } from '../servers/s3-proxy.ts'

/** Lanes on S3: two handles are two machines that share only a bucket. */

let s3: S3Server
let proxy: S3Proxy

beforeAll(async () => {
  s3 = await startS3()
  proxy = await startS3Proxy(s3)
  Object.assign(process.env, s3.env)
})

afterEach(() => proxy.behave(() => 'forward'))

afterAll(async () => {
  await proxy[Symbol.asyncDispose]()
  await s3[Symbol.asyncDispose]()
})

/** An estate of its own, seen from two machines; the prefix is tried out once. */
async function openTwo(): Promise<{ ana: Store; ben: Store } & AsyncDisposable> {
  const url = proxy.freshUrl('lanes')
  const estate = crypto.randomUUID()
  const ana = await openStore(url, { estate })
  const ben = await openStore(url, { estate })
  return {
    ana,
    ben,
    [Symbol.asyncDispose]: async () => {
      await ana[Symbol.asyncDispose]()
      await ben[Symbol.asyncDispose]()
    },
  }
}

function leaseOf(result: { readonly outcome: string; readonly lease?: Lease }): Lease {
  if (result.lease === undefined) throw new Error(`expected a lease, got ${result.outcome}`)
  return result.lease
}

const now = { resources: ['shop'], attended: true, waitMsMax: 0 }
const waiting = { ...now, waitMsMax: 60_000 }

describe('a lane on S3', () => {
  test('is granted, queued for and handed over, with tokens that rise', async () => {
    await using stores = await openTwo()
    const ana = laneOf(stores.ana, quickDefinition, 'cli:ana')
    const ben = laneOf(stores.ben, quickDefinition, 'cli:ben')
    const first = leaseOf(await ana.acquire(now))

    const queued = await ben.acquire({ ...now, attended: false })
    const handed = laneOf(stores.ben, quickDefinition, 'cli:carl').acquire(waiting)
    if (queued.outcome === 'queued') await ben.leave(queued)
    await first.release()
    const second = leaseOf(await handed)

    expect(queued).toMatchObject({ outcome: 'queued', position: 1, holder: { holder: 'cli:ana' } })
    expect(second.token).toBeGreaterThan(first.token)
    await second.release()
    expect((await judge(ana)).problems).toEqual([])
  })

  test('keeps a lease alive from a worker that opens the bucket by itself', async () => {
    await using stores = await openTwo()
    const quick = { ...quickDefinition, ttlMs: 4000, renewMs: 300, marginMs: 400 }
    const lane = laneOf(stores.ana, quick, 'cli:ana', { renewal: 'worker' })
    await using lease = leaseOf(await lane.acquire(now))
    const versionOf = async () => (await stores.ben.register.read('lane/lane'))?.version ?? 0
    const granted = await versionOf()

    await stores.ben.register.changed('lane/lane', { version: granted, timeoutMs: 30_000 })

    expect(await versionOf()).toBeGreaterThan(granted)
    expect(lease.isHeld()).toBe(true)
  })

  test('says neither held nor free when the bucket cannot be reached', async () => {
    await using stores = await openTwo()
    const ana = laneOf(stores.ana, { ...quickDefinition, renewMs: 600 }, 'cli:ana')
    proxy.behave(() => 'cut')

    const unreachable = { code: 'STORE_UNREACHABLE', exit: 30 }
    await expect(ana.acquire(now)).rejects.toMatchObject(unreachable)
    await expect(ana.inspect()).rejects.toMatchObject(unreachable)
  })

  test('gives one holder at a time while 30 in 100 writes are not answered', async () => {
    await using stores = await openTwo()
    const random = seededRandom(3)
    const troubles: readonly Act[] = ['lose_answer', 'cut', { status: 500 }, { status: 409 }, { lateBy: 3 }]
    let told = 0
    proxy.behave(({ method }) => {
      if (method !== 'PUT' || random() >= 0.3) return 'forward'
      told++
      return troubles[Math.floor(random() * troubles.length)] ?? 'forward'
    })
    let inside = 0
    let most = 0
    let turns = 0
    const work = async (store: Store, name: string): Promise<void> => {
      const lane = laneOf(store, quickDefinition, `cli:${name}`, { renewal: 'inline' })
      for (let round = 1; round <= 5; round++) {
        const lease = leaseOf(await lane.acquire(waiting))
        inside++
        most = Math.max(most, inside)
        turns++
        await stores.ana.register.read('lane/lane')
        inside--
        await lease.release()
      }
    }

    await Promise.all([work(stores.ana, 'ana'), work(stores.ben, 'ben'), work(stores.ben, 'carl')])
    await proxy.landLate()
    proxy.behave(() => 'forward')

    expect({ most, turns }).toEqual({ most: 1, turns: 15 })
    expect(told).toBeGreaterThan(10)
    const { history, problems } = await judge(laneOf(stores.ana, quickDefinition))
    expect(problems).toEqual([])
    expect(history.length).toBeGreaterThan(30)
  })
})
