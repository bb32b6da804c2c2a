import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server, Socket } from 'node:net'
import path from 'node:path'
import { promisify } from 'node:util'
import { openStore, type Store } from '@conduct/lanes/engine'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../servers/free-port.ts'
import { type PostgresServer, startPostgres } from '../servers/postgres.ts'
import { openRival, type Rival } from './postgres-rival.ts'

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres({ isDurable: true })
})

afterAll(() => server[Symbol.asyncDispose]())

const unreachable = { code: 'STORE_UNREACHABLE', exit: 30, retryable: true }
const refused = { code: 'STORE_REFUSED', exit: 2 }

describe('a Postgres that cannot be used', () => {
  test('is unreachable where nothing answers: no server, no such host, no such socket, a peer that says nothing', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const port = (silent.address() as { readonly port: number }).port
    const addresses = [
      `postgres://ana:hidden@127.0.0.1:${await freePort()}/conduct`,
      'postgresql://ana:hidden@no-such-host.invalid/conduct',
      'postgres://ana:hidden@localhost/conduct?host=/no/such/folder',
      `postgres://ana:hidden@127.0.0.1:${port}/conduct`,
    ]

    for (const address of addresses) {
      const error = await failureOf(openStore(address, { callMsMax: 500 }))

      expect(error).toMatchObject(unreachable)
      expect(error.message).toMatch(/^The store postgres(?:ql)?:\/\/ana@/)
      expect(everythingSaid(error)).not.toContain('hidden')
    }
    silent.close()
  })

  test('is unreachable while it has no connection left', async () => {
    const url = await server.createDatabase()
    await using owner = await openRival(url)
    const role = `crowded_${Date.now()}`
    await owner.sql(`create role ${role} login password 'only-for-tests' connection limit 0`)

    const error = await failureOf(openStore(url.replace('conduct:', `${role}:`)))

    expect(error).toMatchObject(unreachable)
    expect(error.message).toContain('it has no connection left')
  })

  test('refuses a wrong password, a missing one and a database that is not there: no secret is said', async () => {
    const url = await server.createDatabase()
    const wrong = url.replace('only-for-tests', 'hidden')

    const errors = [
      await failureOf(openStore(wrong)),
      await failureOf(openStore(url.replace(':only-for-tests', ''))),
      await failureOf(openStore(server.url('nobody_made_it'))),
    ]

    for (const error of errors) expect(error).toMatchObject(refused)
    expect(errors.map(({ hint }) => hint)).toEqual([
      expect.stringContaining('PGPASSWORD'),
      expect.stringContaining('PGPASSWORD'),
      expect.stringContaining('createdb'),
    ])
    expect(everythingSaid(...errors)).not.toMatch(/hidden|only-for-tests/)
  })

  test('is no address at all: the message does not repeat it', async () => {
    const error = await failureOf(openStore('postgres://ana:hidden@127.0.0.1:port/conduct'))

    expect(error).toMatchObject({ code: 'STORE_UNSUPPORTED', exit: 2 })
    expect(everythingSaid(error)).not.toContain('hidden')
  })

  test('refuses to be a replica', async () => {
    // No replica is made for this: a server that is in recovery answers these two questions as this one does here.
    const url = await server.createDatabase()
    await (await openStore(url))[Symbol.asyncDispose]()
    await using owner = await openRival(url)
    const role = `replica_${Date.now()}`
    await owner.sql(`create role ${role} login superuser password 'only-for-tests'`)
    await owner.sql('create schema replica')
    await owner.sql(
      `create function replica.pg_is_in_recovery() returns boolean language sql as 'select true'`,
    )
    await owner.sql(
      `create function replica.pg_current_wal_insert_lsn() returns pg_lsn language plpgsql as $$
       begin raise exception 'recovery is in progress' using errcode = '55000'; end $$`,
    )
    await owner.sql(`alter role ${role} set search_path = replica, pg_catalog`)

    const error = await failureOf(openStore(url.replace('conduct:', `${role}:`)))

    expect(error).toMatchObject(refused)
    expect(error.message).toContain('read-only replica')
  })

  test('answers within the limit of a call while its session is stopped, and closes all the same', async () => {
    await using rival = await openRival(await server.createDatabase())
    const store = await openStore(server.url(await databaseOf(rival)), { callMsMax: 300 })
    const stopped = await rival.sessions()
    for (const pid of stopped) process.kill(pid, 'SIGSTOP')

    const error = await failureOf(
      store.register.change('lane/x', () => ({ write: { format: 1 }, result: null })),
    )
    await store[Symbol.asyncDispose]()

    for (const pid of stopped) process.kill(pid, 'SIGCONT')
    expect(stopped.length).toBeGreaterThan(0)
    expect(error).toMatchObject(unreachable)
    expect(error.message).toContain('within 300 ms')
  })

  test('gives up on a row that somebody else keeps locked, and leaves nobody waiting on the server', async () => {
    const url = await server.createDatabase()
    await using store = await openStore(url, { estate: 'acme', callMsMax: 400 })
    await store.register.change('lane/x', () => ({ write: { format: 1 }, result: null }))
    await using rival = await openRival(url)
    await rival.sql('begin')
    await rival.sql('select * from conduct.document for update')

    const error = await failureOf(
      store.register.change('lane/x', () => ({ write: { format: 1 }, result: null })),
    )

    expect(error).toMatchObject(unreachable)
    await rival.sql('rollback')
    await expect
      .poll(async () => (await rival.sql('select 1 from pg_locks where not granted')).length, {
        timeout: 20_000,
      })
      .toBe(0)
    expect((await store.register.read('lane/x'))?.version).toBe(1)
  })
})

describe('a change of the Postgres store', () => {
  test('whose session is killed while it waits for its row is unreachable, and nothing was written', async () => {
    const url = await server.createDatabase()
    await using store = await openStore(url, { estate: 'acme' })
    await increment(store)
    await using rival = await openRival(url)
    await rival.sql('begin')
    await rival.sql('select * from conduct.document for update')

    const change = failureOf(increment(store))
    await rival.sql(`select pg_terminate_backend(${await rival.waitingForLock()})`)

    expect(await change).toMatchObject(unreachable)
    await rival.sql('rollback')
    expect(await increment(store)).toBe(2)
  })

  test('whose session is killed in the middle of its commit is unreachable, and nothing was written', async () => {
    const url = await server.createDatabase()
    await using store = await openStore(url, { estate: 'acme' })
    await increment(store)
    await using rival = await openRival(url)
    // A constraint that is checked at the commit, which then waits for a lock that the rival holds.
    await rival.sql(
      'create function slow() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(1); return null; end $$',
    )
    await rival.sql(
      'create constraint trigger slow after update on conduct.document deferrable initially deferred for each row execute function slow()',
    )
    await rival.sql('select pg_advisory_lock(1)')

    const change = failureOf(increment(store))
    await rival.sql(`select pg_terminate_backend(${await rival.waitingForLock()})`)

    expect(await change).toMatchObject(unreachable)
    await rival.sql('select pg_advisory_unlock(1)')
    expect(await increment(store)).toBe(2)
  })

  test('whose answer is lost after the commit is unreachable, was written once, and is not sent again', async () => {
    const url = await server.createDatabase()
    await using other = await openStore(url, { estate: 'acme' })
    await increment(other)
    await using proxy = await openDeafProxy(server.port)
    await using store = await openStore(url.replace(String(server.port), String(proxy.port)), {
      estate: 'acme',
    })
    let decided = 0

    const change = store.register.change<{ count: number }, null>('lane/x', (document) => {
      decided += 1
      return { write: { count: (document?.count ?? 0) + 1 }, result: null }
    })

    expect(await failureOf(change)).toMatchObject(unreachable)
    expect(proxy.swallowed()).toContain('COMMIT')
    expect(decided).toBe(1)
    expect((await other.register.read<{ count: number }>('lane/x'))?.document.count).toBe(2)
  })

  test('that others undid is decided again, and happens once', async () => {
    const url = await server.createDatabase()
    await using store = await openStore(url, { estate: 'acme' })
    await using owner = await openRival(url)
    await failWrites(owner, { failures: 2 })
    let decided = 0

    await store.register.change('lane/x', () => {
      decided += 1
      return { write: { format: 1 }, append: [{ log: 'lane/x', seq: 1, record: 'one' }], result: null }
    })

    expect(decided).toBe(3)
    expect((await store.register.read('lane/x'))?.version).toBe(1)
    expect(await store.log.read('lane/x')).toHaveLength(1)
  })

  test('that others undo every time is given up: unreachable, and nothing was written', async () => {
    const url = await server.createDatabase()
    await using store = await openStore(url, { estate: 'acme' })
    await using owner = await openRival(url)
    await failWrites(owner, { failures: 1000 })

    const error = await failureOf(increment(store))

    expect(error).toMatchObject(unreachable)
    expect(error.message).toContain('other transactions were in the way')
    expect(await store.register.read('lane/x')).toBeNull()
    expect(await owner.sql('select last_value from tries')).toEqual([{ last_value: '6' }])
  })

  test('of a client that stops between its two round trips holds its row no longer than two seconds', async () => {
    const url = await server.createDatabase()
    await using other = await openStore(url, { estate: 'acme', callMsMax: 20_000 })
    await increment(other)
    const program = `
      import { openStore } from '@conduct/lanes/engine'
      const store = await openStore(process.argv[1], { estate: 'acme' })
      await store.register.change('lane/x', () => {
        process.kill(process.pid, 'SIGSTOP')
        return { write: { format: 1, count: 100 }, result: null }
      })
    `
    const stopped = execFile(process.execPath, ['--input-type=module', '-e', program, url], {
      cwd: import.meta.dirname,
    })
    const ended = once(stopped, 'exit')
    await expect.poll(() => stateOf(stopped.pid ?? 0), { timeout: 30_000 }).toBe('T')

    const count = await increment(other)

    stopped.kill('SIGCONT')
    const [code] = (await ended) as [number | null]
    expect(count).toBe(2)
    expect(code).not.toBe(0)
    expect((await other.register.read<{ count: number }>('lane/x'))?.document.count).toBe(2)
  })
})

describe('a Postgres that is stopped and started again under load', () => {
  test.each(['fast', 'immediate'] as const)(
    'loses no increment and makes none twice (%s)',
    { timeout: 240_000 },
    async (mode) => {
      const url = await server.createDatabase()
      await using rival = await openStore(url, { estate: 'acme' })
      const program = path.join(import.meta.dirname, 'increment-process.ts')
      const [writers, each] = [3, 80]
      const load = Promise.all(
        Array.from({ length: writers }, () =>
          promisify(execFile)(process.execPath, [program, url, String(each)]),
        ),
      )
      const countOf = async () =>
        (await rival.register.read<{ done: string[] }>('lane/x').catch(() => null))?.document.done.length ?? 0
      const interrupted: number[] = []

      for (const share of [0.2, 0.5]) {
        await expect.poll(countOf, { timeout: 60_000 }).toBeGreaterThan(writers * each * share)
        await server.stop(mode)
        await server.start()
        interrupted.push(await countOf())
      }
      await load

      const stored = await rival.register.read<{ done: string[] }>('lane/x')
      expect(stored?.document.done).toHaveLength(writers * each)
      expect(new Set(stored?.document.done).size).toBe(writers * each)
      expect(Math.max(...interrupted)).toBeLessThan(writers * each)
    },
  )
})

interface Failure {
  readonly code: string
  readonly message: string
  readonly hint: string
  readonly stack: string
}

async function failureOf(call: Promise<unknown>): Promise<Failure> {
  const outcome = await call.then(
    () => null,
    (error: unknown) => error as Failure,
  )
  if (outcome === null) throw new Error('it did not fail')
  return outcome
}

/** All that a reporter could print of these errors. */
function everythingSaid(...errors: readonly Failure[]): string {
  return errors
    .map((error) => JSON.stringify({ ...error, text: error.message, stack: error.stack }))
    .join('\n')
}

function increment(store: Store): Promise<number> {
  return store.register.change<{ count: number }, number>('lane/x', (document) => {
    const count = (document?.count ?? 0) + 1
    return { write: { count }, result: count }
  })
}

async function databaseOf(rival: {
  sql(text: string): Promise<readonly Record<string, unknown>[]>
}): Promise<string> {
  const [row] = await rival.sql('select current_database() as name')
  return String(row?.['name'])
}

/** Makes so many writes fail as when others were in the way; what counts them is not undone. */
async function failWrites(owner: Rival, { failures }: { readonly failures: number }): Promise<void> {
  await owner.sql('create sequence tries')
  await owner.sql(
    `create function fail() returns trigger language plpgsql as $$ begin
       if nextval('tries') <= ${failures} then raise exception 'undone' using errcode = '40001'; end if;
       return new;
     end $$`,
  )
  await owner.sql(
    'create trigger fail before update on conduct.document for each row execute function fail()',
  )
}

/** State of a process as Linux shows it. */
async function stateOf(pid: number): Promise<string> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'state=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }))
  return stdout.trim()
}

interface DeafProxy extends AsyncDisposable {
  readonly port: number
  /** What the server answered to a commit, and nobody heard. */
  swallowed(): string
}

/** Hands everything on, but hangs up instead of bringing the answer to a commit. */
async function openDeafProxy(target: number): Promise<DeafProxy> {
  let swallowed = ''
  const proxy: Server = createServer((client) => {
    let isDeaf = false
    const upstream = new Socket().connect(target, '127.0.0.1')
    client.on('error', () => undefined)
    upstream.on('error', () => undefined)
    client.on('data', (data) => {
      if (data.toString('latin1').includes('conduct.write_document')) isDeaf = true
      upstream.write(data)
    })
    upstream.on('data', (data) => {
      if (!isDeaf) return client.write(data)
      swallowed += data.toString('latin1')
      return client.destroy()
    })
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    port: (proxy.address() as { readonly port: number }).port,
    swallowed: () => swallowed,
    [Symbol.asyncDispose]: async () => {
      proxy.close()
    },
  }
}
