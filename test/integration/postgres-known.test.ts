import { once } from 'node:events'
import { type AddressInfo, createServer, Socket } from 'node:net'
import { openStore, type Store } from '@conduct/lanes/engine'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../servers/postgres.ts'
import { openRival } from './postgres-rival.ts'

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres()
})

afterAll(() => server[Symbol.asyncDispose]())

interface Document {
  readonly format: 1
  readonly text: string
}

const long = 'x'.repeat(1_000_000)
/** What an answer without a document takes at most, several statements of a frame included. */
const shortMax = 10_000

test('a document that a handle knows is not sent to it again, and one that another wrote is', async () => {
  const url = new URL(await server.createDatabase())
  await using counted = await openCountingProxy(Number(url.port))
  url.port = String(counted.port)
  await using store = await openStore(url.href, { estate: 'acme' })
  await using other = await openStore(url.href, { estate: 'acme' })
  await write(store, `${long}1`)

  const known = await counted.receivedIn(() => textIn(store))
  const knownRead = await counted.receivedIn(() => store.register.read<Document>('lane/x'))
  await write(other, `${long}2`)
  const changed = await counted.receivedIn(() => textIn(store))
  const knownAfter = await counted.receivedIn(() => textIn(store))

  expect([known.result, changed.result, knownAfter.result]).toEqual([`${long}1`, `${long}2`, `${long}2`])
  expect(knownRead.result).toEqual({ document: { format: 1, text: `${long}1` }, version: 1 })
  expect(Math.max(known.bytes, knownRead.bytes, knownAfter.bytes)).toBeLessThan(shortMax)
  expect(changed.bytes).toBeGreaterThan(long.length)
})

test('a document that somebody wrote by hand is found, though its version and nonce are those that were known', async () => {
  await using store = await openStore(await server.createDatabase(), { estate: 'acme' })
  await using rival = await openRival(store.url)
  await write(store, 'first')

  await rival.sql(`update conduct.document set body = '{"format":1,"text":"by hand"}'`)
  const read = await store.register.read<Document>('lane/x')
  await rival.sql(`update conduct.document set body = '{"format":1,"text":"by hand again"}'`)
  const decidedOn = await textIn(store)

  expect(read).toEqual({ document: { format: 1, text: 'by hand' }, version: 1 })
  expect(decidedOn).toBe('by hand again')
})

test('a change that wrote nothing, or failed, leaves the handle with what stands there', async () => {
  await using store = await openStore(await server.createDatabase(), { estate: 'acme' })
  await write(store, 'first')
  const refused = store.register.change<Document, null>('lane/x', () => ({
    write: { format: 1, text: 'never written' },
    append: [
      { log: 'lane/x', seq: 1, record: {} },
      { log: 'lane/x', seq: 1, record: {} },
    ],
    result: null,
  }))

  await expect(refused).rejects.toThrow('duplicate key')

  expect(await textIn(store)).toBe('first')
  expect((await store.register.read<Document>('lane/x'))?.document.text).toBe('first')
  expect(await store.log.read('lane/x')).toEqual([])
})

test('a server set back to before a write counts its transactions again: every write differs all the same', async () => {
  await using store = await openStore(await server.createDatabase(), { estate: 'acme' })
  await using rival = await openRival(store.url)
  const nonce = async () => String((await rival.sql('select nonce from conduct.document'))[0]?.['nonce'])
  await write(store, 'first')
  const first = await nonce()
  await write(store, 'first')
  const second = await nonce()
  const writeAs = async (word: string): Promise<string> => {
    const [row] = await rival.sql(
      `select state from conduct.write_document('acme', 'lane/x', '${word}', '{}', '{}', '{}', '{}')`,
    )
    return String(row?.['state'])
  }

  // Two writes that have the number of one transaction.
  await rival.sql('begin')
  const states = [await writeAs(first), await writeAs(second)]
  await rival.sql('commit')

  const [numbers, nonces] = [0, 1].map((part) => new Set(states.map((state) => state.split('.')[part])))
  expect(numbers?.size).toBe(1)
  expect(nonces?.size).toBe(2)
})

async function write(store: Store, text: string): Promise<void> {
  await store.register.change<Document, null>('lane/x', () => ({ write: { format: 1, text }, result: null }))
}

/** What a change that writes nothing decides on. */
function textIn(store: Store): Promise<string | undefined> {
  return store.register.change<Document, string | undefined>('lane/x', (document) => ({
    result: document?.text,
  }))
}

interface CountingProxy extends AsyncDisposable {
  readonly port: number
  /** How much the server sent while that ran. */
  receivedIn<Result>(run: () => Promise<Result>): Promise<{ readonly result: Result; readonly bytes: number }>
}

async function openCountingProxy(target: number): Promise<CountingProxy> {
  let bytes = 0
  const proxy = createServer((client) => {
    const upstream = new Socket().connect(target, '127.0.0.1')
    upstream.on('data', (data) => {
      bytes += data.length
    })
    for (const socket of [client, upstream]) socket.on('error', () => undefined)
    client.pipe(upstream).pipe(client)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    port: (proxy.address() as AddressInfo).port,
    receivedIn: async (run) => {
      const before = bytes
      const result = await run()
      return { result, bytes: bytes - before }
    },
    [Symbol.asyncDispose]: async () => {
      proxy.close()
    },
  }
}
