import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { storeScenarios } from '@conduct/lanes/conformance'
import { openStore } from '@conduct/lanes/engine'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Pgbouncer, pgbouncerProgram, startPgbouncer } from '../servers/pgbouncer.ts'
import { type PostgresServer, startPostgres } from '../servers/postgres.ts'
import { openRival } from './postgres-rival.ts'

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres()
})

afterAll(() => server[Symbol.asyncDispose]())

describe('the Postgres store conforms', () => {
  test.each(storeScenarios)('$name', async ({ run }) => {
    await using a = await openStore(await server.createDatabase(), { estate: 'acme' })
    await using b = await openStore(a.url, { estate: 'acme' })
    await using other = await openStore(a.url, { estate: 'zeta' })

    await expect(run({ a, b, other })).resolves.toBeUndefined()
  })
})

const needsPooler = pgbouncerProgram === null ? ' (skipped: needs pgbouncer)' : ''

describe.skipIf(pgbouncerProgram === null)(
  `the Postgres store behind transaction pooling${needsPooler}`,
  () => {
    let pooler: Pgbouncer

    beforeAll(async () => {
      pooler = await startPgbouncer(server)
    })

    afterAll(() => pooler[Symbol.asyncDispose]())

    test.each(storeScenarios)('$name', async ({ run }) => {
      const url = pooler.through(await server.createDatabase())
      await using a = await openStore(url, { estate: 'acme' })
      await using b = await openStore(url, { estate: 'acme' })
      await using other = await openStore(url, { estate: 'zeta' })

      await expect(run({ a, b, other })).resolves.toBeUndefined()
    })

    test('is not fooled by what others leave in the sessions it is lent', async () => {
      const url = pooler.through(await server.createDatabase())
      await using rival = await openRival(url)
      await using store = await openStore(url, { estate: 'acme' })
      // Statements without a transaction go to any of the few sessions: all of them get it.
      for (let round = 0; round < 20; round++) {
        await rival.sql(
          "set synchronous_commit = off; set default_transaction_isolation = 'serializable'; set search_path = nowhere",
        )
      }

      const left = await rival.sql("select current_setting('default_transaction_isolation') as value")
      const durability = (await store.probe()).find(({ check }) => check === 'durability')
      const written = await Promise.all(
        Array.from({ length: 10 }, () =>
          store.register.change<{ count: number }, number>('lane/x', (document) => {
            const count = (document?.count ?? 0) + 1
            return { write: { count }, result: count }
          }),
        ),
      )

      expect(left).toEqual([{ value: 'serializable' }])
      expect(durability?.detail).toContain('synchronous_commit on')
      expect(written.toSorted((one, other) => one - other)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    })

    test('says that no hint arrives, and goes on by polling', async () => {
      const url = pooler.through(await server.createDatabase())
      await using waiter = await openStore(url, { estate: 'acme' })
      await using writer = await openStore(url, { estate: 'acme' })

      const hints = (await waiter.probe()).find(({ check }) => check === 'hints')
      const woken = waiter.register.changed('lane/x', { version: 0, timeoutMs: 60_000 })
      await writer.register.change('lane/x', () => ({ write: { format: 1 }, result: null }))

      expect(hints).toMatchObject({ verdict: 'unknown', remedy: expect.stringContaining('hints=off') })
      await woken
    })
  },
)

describe('the tables of the Postgres store', () => {
  test(
    'are made once when eight processes open a new database at the same time',
    { timeout: 240_000 },
    async () => {
      const url = await server.createDatabase()
      const program = path.join(import.meta.dirname, 'increment-process.ts')

      const outputs = await Promise.all(
        Array.from({ length: 8 }, () => promisify(execFile)(process.execPath, [program, url, '5'])),
      )

      await using store = await openStore(url, { estate: 'acme' })
      expect(outputs.map(({ stdout }) => stdout)).toEqual(Array(8).fill('5 done\n'))
      expect((await store.register.read<{ done: string[] }>('lane/x'))?.document.done).toHaveLength(40)
    },
  )

  test('of an older conduct are brought up to date when they are opened, with all they hold', async () => {
    const url = await server.createDatabase()
    await using rival = await openRival(url)
    {
      await using before = await openStore(url, { estate: 'acme' })
      await before.register.change('lane/x', () => ({ write: { format: 1, count: 7 }, result: null }))
    }
    await rival.sql(
      'drop function conduct.lock_document, conduct.write_document; alter table conduct.document drop column nonce; ' +
        'update conduct.meta set schema_version = 1',
    )

    await using first = await openStore(url, { estate: 'acme' })
    await using second = await openStore(url, { estate: 'acme' })

    for (const store of [first, second]) {
      await store.register.change<{ format: 1; count: number }, null>('lane/x', (document) => ({
        write: { format: 1, count: (document?.count ?? 0) + 1 },
        result: null,
      }))
    }
    expect((await first.register.read<{ count: number }>('lane/x'))?.document.count).toBe(9)
    expect(await rival.sql('select schema_version from conduct.meta')).toEqual([{ schema_version: 3 }])
  })

  test('of a newer conduct are not touched: neither when opened nor by a handle that was open before', async () => {
    const url = await server.createDatabase()
    await using before = await openStore(url, { estate: 'acme' })
    await using rival = await openRival(url)
    await rival.sql('update conduct.meta set schema_version = 99')

    const change = before.register.change('lane/x', () => ({ write: { format: 1 }, result: null }))

    await expect(change).rejects.toMatchObject({ code: 'STORE_NEWER', exit: 2 })
    await expect(openStore(url)).rejects.toMatchObject({ code: 'STORE_NEWER', exit: 2 })
    expect(await rival.sql('select * from conduct.document')).toEqual([])
  })

  test('need a permission: without it the refusal says what to run, and running that is enough', async () => {
    const url = await server.createDatabase()
    await using owner = await openRival(url)
    const [maker, user] = [`maker_${Date.now()}`, `user_${Date.now()}`]
    for (const role of [maker, user]) await owner.sql(`create role ${role} login password 'only-for-tests'`)
    const as = (role: string) => url.replace('conduct:', `${role}:`)
    const open = async (role: string) => {
      await using store = await openStore(as(role), { estate: 'acme' })
      await store.register.change('lane/x', () => ({ write: { format: 1 }, result: null }))
      return await store.probe()
    }
    /** The statements of the hint, one by one. */
    const advised = async (role: string): Promise<readonly string[]> => {
      const error = (await open(role).catch((thrown: unknown) => thrown)) as { code: string; hint: string }
      expect(error).toMatchObject({ code: 'STORE_REFUSED', exit: 2 })
      return error.hint.match(/grant [^;]+/g) ?? []
    }

    const [create = ''] = await advised(maker)
    await owner.sql(create)
    await open(maker)
    const [, usage = '', rows = ''] = await advised(user)
    await owner.sql(usage)
    await owner.sql(rows)
    const probes = await open(user)

    expect(probes.filter(({ verdict }) => verdict === 'failed').map(({ check }) => check)).toEqual([
      'durability',
    ])
  })
})

describe('the probes of the Postgres store', () => {
  test('find a primary, one clock and hints, and that this server of the tests keeps nothing', async () => {
    await using store = await openStore(await server.createDatabase(), { estate: 'acme' })

    const probes = await store.probe()

    expect(probes.map(({ check, verdict }) => `${check} ${verdict}`)).toEqual([
      'round_trip ok',
      'primary ok',
      'clock ok',
      'conditional_write ok',
      'durability failed',
      'hints ok',
    ])
    expect(probes.find(({ check }) => check === 'durability')).toMatchObject({
      detail: 'fsync off, full_page_writes off, synchronous_commit on.',
      remedy: 'Set fsync = on, full_page_writes = on on the server.',
    })
    expect(await store.register.list('')).toEqual([])
  })
})

describe('the hints of the Postgres store', () => {
  test('a change that nobody waits for sends no hint, and every other one does', async () => {
    const url = await server.createDatabase()
    await using store = await openStore(url, { estate: 'acme' })
    await using listener = await openRival(url)
    const heard: string[] = []
    await listener.listen('conduct', (text) => heard.push(text))

    await store.register.change('lane/x', () => ({ write: { format: 1 }, isUnwatched: true, result: null }))
    await store.register.change('lane/y', () => ({ write: { format: 1 }, result: null }))

    await expect.poll(() => heard).toEqual(['acme lane/y'])
  })
})

describe('the addresses of the Postgres store', () => {
  test('lead to one place through TCP and through a socket, under both names of the scheme', async () => {
    const url = await server.createDatabase()
    const database = new URL(url).pathname.slice(1)
    await using overTcp = await openStore(url.replace('postgres:', 'postgresql:'), { estate: 'acme' })
    await using overSocket = await openStore(server.url(database, { over: 'socket' }), { estate: 'acme' })

    await overTcp.register.change('lane/x', () => ({ write: { format: 1 }, result: null }))

    expect(await overSocket.register.list('')).toEqual(['lane/x'])
    expect([overTcp.kind, overSocket.kind]).toEqual(['postgres', 'postgres'])
  })

  test('turn hints off: waiters poll, and take no connection for it', async () => {
    const url = await server.createDatabase()
    await using rival = await openRival(url)
    await using writer = await openStore(url, { estate: 'acme', callMsMax: 10_000 })
    await using waiter = await openStore(`${url}?hints=off`, { estate: 'acme' })
    const before = await rival.sessions()

    const woken = waiter.register.changed('lane/x', { version: 0, timeoutMs: 60_000 })
    await writer.register.change('lane/x', () => ({ write: { format: 1 }, result: null }))
    await woken

    expect(await rival.sessions()).toHaveLength(before.length)
    expect((await waiter.probe()).find(({ check }) => check === 'hints')).toMatchObject({ verdict: 'ok' })
    await expect(openStore(`${url}?hints=maybe`)).rejects.toMatchObject({ code: 'STORE_UNSUPPORTED' })
  })
})

test('a process that has waited and leaves the Postgres store open ends all the same', async () => {
  const program = `
    import { openStore } from '@conduct/lanes/engine'
    const store = await openStore(process.argv[1], { estate: 'acme' })
    await store.register.changed('lane/x', { version: 0, timeoutMs: 200 })
    await store.register.change('lane/x', () => ({ write: { format: 1 }, result: null }))
    console.log('done')
  `

  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', program, await server.createDatabase()],
    { cwd: import.meta.dirname, timeout: 100_000 },
  )

  expect(stdout).toBe('done\n')
})
