import { type LogEntry, openStore, type Store } from '@conduct/lanes/engine'
import { isConductError } from '@conduct/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../lanes/seeded-random.ts'
import { type S3Server, s3Url, startS3 } from '../servers/s3.ts'
import { type Act, type S3Proxy, type SeenRequest, startS3Proxy } from '../servers/s3-proxy.ts'

/**
 * Writes that are not answered: 30 in 100 act and lose the answer, fail before they act, or act late, while another
 * writer, whose connection is good, writes in between.
 */

let s3: S3Server
let proxy: S3Proxy

beforeAll(async () => {
  s3 = await startS3()
  proxy = await startS3Proxy(s3)
  Object.assign(process.env, s3.env)
})

afterAll(async () => {
  await proxy[Symbol.asyncDispose]()
  await s3[Symbol.asyncDispose]()
})

interface Marks {
  readonly format: 1
  readonly marks: readonly string[]
}

const prefix = 'ambiguity'
const log = 'counter/history'

const troubles: readonly ((random: () => number) => Act)[] = [
  () => 'lose_answer',
  () => ({ actsAndSays: 500 }),
  () => 'cut',
  () => ({ status: 500 }),
  () => ({ status: 503 }),
  () => ({ status: 409 }),
  (random) => ({ lateBy: 1 + Math.floor(random() * 6) }),
]

/** Of what is told to the stores: how often a write went each way. */
interface Told {
  count: number
}

function trouble(seed: number, told: Told): (request: SeenRequest) => Act {
  const random = seededRandom(seed)
  return ({ method }) => {
    if (method !== 'PUT' || random() >= 0.3) return 'forward'
    told.count++
    return troubles[Math.floor(random() * troubles.length)]?.(random) ?? 'forward'
  }
}

function addMark(store: Store, mark: string): Promise<number> {
  return store.register.change<Marks, number>('counter', (document) => {
    const marks = [...(document?.marks ?? []), mark]
    return {
      write: { format: 1, marks },
      append: [{ log, seq: marks.length, record: mark }],
      result: marks.length,
    }
  })
}

/** Through a bad connection and, beside it, through a good one. */
async function openBoth(estate: string): Promise<{ bad: Store; alsoBad: Store; good: Store }> {
  const url = s3Url({ bucket: s3.bucket, prefix, endpoint: proxy.endpoint })
  proxy.behave(() => 'forward')
  return {
    bad: await openStore(url, { estate }),
    alsoBad: await openStore(url, { estate }),
    good: await openStore(s3.freshUrl(prefix), { estate }),
  }
}

async function close(stores: Readonly<Record<string, Store>>): Promise<void> {
  for (const store of Object.values(stores)) await store[Symbol.asyncDispose]()
}

describe('writes that are not answered', () => {
  test.each([1, 2, 3])(
    'lose no increment and make none twice, with others writing on top (seed %i)',
    async (seed) => {
      const stores = await openBoth(`counter-${seed}`)
      const told: Told = { count: 0 }
      proxy.behave(trouble(seed, told))
      const done: string[] = []
      const unknown: string[] = []
      const write = async (store: Store, name: string): Promise<void> => {
        for (let round = 1; round <= 25; round++) {
          const mark = `${name}-${round}`
          try {
            await addMark(store, mark)
            done.push(mark)
          } catch (error) {
            if (!isConductError(error, 'STORE_UNREACHABLE')) throw error
            unknown.push(mark)
          }
        }
      }

      await Promise.all(Object.entries(stores).map(([name, store]) => write(store, name)))
      const late = await proxy.landLate()
      proxy.behave(() => 'forward')

      const marks = (await stores.good.register.read<Marks>('counter'))?.document.marks ?? []
      expect(new Set(marks).size).toBe(marks.length)
      expect(done.filter((mark) => !marks.includes(mark))).toEqual([])
      expect(marks.filter((mark) => !done.includes(mark) && !unknown.includes(mark))).toEqual([])
      expect(done.length).toBeGreaterThan(10 * unknown.length)
      expect(told.count).toBeGreaterThan(20)
      expect(late).not.toContain(500)
      const records = await stores.bad.log.read(log)
      expect(records.map(({ record }) => record)).toEqual(marks)
      expect(records.map(({ seq }) => seq)).toEqual(marks.map((_, index) => index + 1))
      await close(stores)
      expect((await slotsOf(`counter-${seed}`)).length).toBeGreaterThan(0)
    },
  )

  test('create each document once', async () => {
    const stores = await openBoth('creations')
    const told: Told = { count: 0 }
    proxy.behave(trouble(5, told))
    const create = (store: Store, id: string, by: string): Promise<'created' | 'found' | 'unknown'> =>
      store.register
        .change<{ format: 1; by: string }, 'created' | 'found'>(id, (document) =>
          document === null ? { write: { format: 1, by }, result: 'created' } : { result: 'found' },
        )
        .catch((error: unknown) => {
          if (isConductError(error, 'STORE_UNREACHABLE')) return 'unknown'
          throw error
        })

    for (let round = 1; round <= 25; round++) {
      const id = `doc/${round}`
      const outcomes = await Promise.all(
        Object.entries(stores).map(async ([by, store]) => ({ by, outcome: await create(store, id, by) })),
      )
      const winners = outcomes.filter(({ outcome }) => outcome === 'created')
      const stored = await stores.good.register.read<{ by: string }>(id)
      expect(winners.length).toBeLessThanOrEqual(1)
      expect(outcomes.map(({ outcome }) => outcome)).not.toContain('unknown')
      expect(stored?.document.by).toBe(winners[0]?.by)
    }

    expect(told.count).toBeGreaterThan(10)
    proxy.behave(() => 'forward')
    await close(stores)
  })

  test('give each slot of a log to one writer, who is told so', async () => {
    const stores = await openBoth('slots')
    const told: Told = { count: 0 }
    proxy.behave(trouble(9, told))
    const appended: LogEntry[] = []

    for (let seq = 1; seq <= 25; seq++) {
      const entries = Object.entries(stores).map(([name, store]) => ({
        store,
        entry: { log: 'run/1', seq, record: name },
      }))
      const outcomes = await Promise.all(entries.map(({ store, entry }) => store.log.append(entry)))
      const winners = entries.filter((_, index) => outcomes[index] === 'appended')
      expect(winners).toHaveLength(1)
      appended.push(...winners.map(({ entry }) => entry))
    }

    await proxy.landLate()
    expect(await stores.good.log.read('run/1')).toEqual(appended)
    expect(told.count).toBeGreaterThan(10)
    proxy.behave(() => 'forward')
    await close(stores)
  })

  test('cannot arrive any more once a later call has said that nothing happened', async () => {
    proxy.behave(() => 'forward')
    const url = s3Url({ bucket: s3.bucket, prefix, endpoint: proxy.endpoint })
    await using store = await openStore(url, { estate: 'late', callMsMax: 600 })
    await addMark(store, 'first')
    proxy.behave(({ method, key }) =>
      method === 'PUT' && key?.includes('/d/') === true ? { lateBy: 1_000_000 } : 'forward',
    )
    await expect(addMark(store, 'late')).rejects.toMatchObject({ code: 'STORE_UNREACHABLE', exit: 30 })
    proxy.behave(() => 'forward')

    const seen = await store.register.change<Marks, readonly string[]>('counter', (document) => ({
      result: document?.marks ?? [],
    }))
    const late = await proxy.landLate()

    expect(late.length).toBeGreaterThan(0)
    expect(new Set(late)).toEqual(new Set([412]))
    expect(seen).toEqual(['first'])
    expect((await store.register.read<Marks>('counter'))?.document.marks).toEqual(['first'])
  })

  test('of a document that was not there cannot arrive either, and it stays absent', async () => {
    proxy.behave(() => 'forward')
    const url = s3Url({ bucket: s3.bucket, prefix, endpoint: proxy.endpoint })
    await using store = await openStore(url, { estate: 'late-creation', callMsMax: 600 })
    proxy.behave(({ method }) => (method === 'PUT' ? { lateBy: 1_000_000 } : 'forward'))
    await expect(addMark(store, 'late')).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })
    proxy.behave(() => 'forward')

    const seen = await store.register.change<Marks, Marks | null>('counter', (document) => ({
      result: document,
    }))
    const late = await proxy.landLate()

    expect(new Set(late)).toEqual(new Set([412]))
    expect(seen).toBeNull()
    expect(await store.register.read('counter')).toBeNull()
    expect(await store.register.list('')).toEqual([])
    expect(await addMark(store, 'first')).toBe(1)
    expect(await store.register.list('')).toEqual(['counter'])
  })

  test('are never told by a bare 404 that may come from anything in between', async () => {
    proxy.behave(() => 'forward')
    const url = s3Url({ bucket: s3.bucket, prefix, endpoint: proxy.endpoint })
    await using store = await openStore(url, { estate: 'gateway', callMsMax: 600 })
    await addMark(store, 'first')
    proxy.behave(() => ({ status: 404, page: true }))

    const unreachable = { code: 'STORE_UNREACHABLE', exit: 30 }
    await expect(store.register.read('counter')).rejects.toMatchObject(unreachable)
    await expect(addMark(store, 'second')).rejects.toMatchObject(unreachable)
    await expect(store.log.read(log)).rejects.toMatchObject(unreachable)
    await expect(store.log.append({ log: 'run/1', seq: 1, record: 1 })).rejects.toMatchObject(unreachable)
    proxy.behave(() => 'forward')
    expect((await store.register.read<Marks>('counter'))?.document.marks).toEqual(['first'])
  })
})

async function slotsOf(estate: string): Promise<readonly LogEntry[]> {
  await using store = await openStore(s3.freshUrl(prefix), { estate })
  return store.log.read(log)
}
