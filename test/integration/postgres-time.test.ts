import { openStore, type Store, type StoreTime } from '@conduct/lanes/engine'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fakeTimeLibrary } from '../lanes/shifted-clock.ts'
import { type PostgresServer, startPostgres } from '../servers/postgres.ts'
import { openRival, type Rival } from './postgres-rival.ts'

const hourSeconds = 3600
const needsFaketime = fakeTimeLibrary === null ? ' (skipped: needs faketime)' : ''

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres({ hasOwnClock: fakeTimeLibrary !== null })
})

afterAll(() => server[Symbol.asyncDispose]())

describe('the time a change is decided at', () => {
  test('was read after the wait for the row, when the row was changed meanwhile', async () => {
    await using store = await openStore(await server.createDatabase(), { estate: 'acme' })
    await write(store)
    await using rival = await openRival(store.url)

    const { decidedAt, freedAt } = await changeBehind(
      rival,
      store,
      'update conduct.document set version = version + 1',
    )

    expect(decidedAt.ms).toBeGreaterThanOrEqual(freedAt)
  })

  test('was read after the wait for the row, when the row was only locked', async () => {
    await using store = await openStore(await server.createDatabase(), { estate: 'acme' })
    await write(store)
    await using rival = await openRival(store.url)

    const { decidedAt, freedAt } = await changeBehind(
      rival,
      store,
      'select * from conduct.document for update',
    )

    expect(decidedAt.ms).toBeGreaterThanOrEqual(freedAt)
  })

  test('was read after the wait for somebody else who makes the same document', async () => {
    await using store = await openStore(await server.createDatabase(), { estate: 'acme' })
    await using rival = await openRival(store.url)

    const { decidedAt, freedAt } = await changeBehind(
      rival,
      store,
      `insert into conduct.document values ('acme', 'lane/x', 1, '{}')`,
    )

    expect(decidedAt.ms).toBeGreaterThanOrEqual(freedAt)
  })
})

describe.skipIf(fakeTimeLibrary === null)(`the clock of a Postgres that is set${needsFaketime}`, () => {
  test.each([hourSeconds, -hourSeconds])(
    'begins a new era for whoever saw it before (%i s)',
    async (seconds) => {
      server.clock?.set(0)
      await using store = await openStore(await server.createDatabase(), { estate: 'acme' })
      await using other = await openStore(store.url, { estate: 'acme' })
      const before = await timeOf(store)
      const same = await timeOf(store)

      server.clock?.set(seconds)
      const after = await timeOf(store)
      const later = await timeOf(store)

      expect(same.era).toBe(before.era)
      expect(after.era).not.toBe(before.era)
      expect(later.era).toBe(after.era)
      expect((await timeOf(other)).era).toBe(after.era)
      expect(Math.abs(after.ms - before.ms)).toBeGreaterThan((hourSeconds / 2) * 1000)
      server.clock?.set(0)
    },
  )

  test('begins one new era, however many saw it', async () => {
    server.clock?.set(0)
    await using first = await openStore(await server.createDatabase(), { estate: 'acme' })
    await using second = await openStore(first.url, { estate: 'acme' })
    const before = [await timeOf(first), await timeOf(second)]

    server.clock?.set(hourSeconds)
    const after = await Promise.all([timeOf(first), timeOf(second), timeOf(first), timeOf(second)])

    expect(new Set(before.map(({ era }) => era)).size).toBe(1)
    expect(new Set([await timeOf(first), await timeOf(second)].map(({ era }) => era)).size).toBe(1)
    expect(after.map(({ era }) => era)).not.toContain(before[0]?.era)
    server.clock?.set(0)
  })

  test('far from ours is one clock all the same, and doctor says how far', async () => {
    server.clock?.set(hourSeconds)
    await using store = await openStore(await server.createDatabase(), { estate: 'acme' })
    const times = [await timeOf(store), await store.register.now(), await timeOf(store)]

    const clock = (await store.probe()).find(({ check }) => check === 'clock')

    expect(new Set(times.map(({ era }) => era)).size).toBe(1)
    expect(clock?.detail).toMatch(/^The server's clock is 3[56]\d{5} ms ahead of ours\./)
    server.clock?.set(0)
  })
})

async function write(store: Store): Promise<void> {
  await store.register.change('lane/x', () => ({ write: { format: 1 }, result: null }))
}

function timeOf(store: Store): Promise<StoreTime> {
  return store.register.change('lane/x', (_document, now) => ({ result: now }))
}

/** A change that has to wait for what the rival does to its row; `freedAt` is when the rival lets go. */
async function changeBehind(
  rival: Rival,
  store: Store,
  does: string,
): Promise<{ readonly decidedAt: StoreTime; readonly freedAt: number }> {
  await rival.sql('begin')
  await rival.sql(does)
  const decided = timeOf(store)
  await rival.waitingForLock()
  const [row] = await rival.sql('select extract(epoch from clock_timestamp()) * 1000 as ms')
  await rival.sql('commit')
  return { decidedAt: await decided, freedAt: Number(row?.['ms']) }
}
