import { type LogEntry, openStore, type Store } from '@conduct/lanes/engine'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type S3Server, s3Url, startS3 } from '../servers/s3.ts'
import { type S3Proxy, type SeenRequest, startS3Proxy } from '../servers/s3-proxy.ts'

/** Records that ride in a document until they lie in their slots, and what one operation costs in requests. */

let s3: S3Server
let proxy: S3Proxy
let client: S3Client

beforeAll(async () => {
  s3 = await startS3()
  proxy = await startS3Proxy(s3)
  Object.assign(process.env, s3.env)
  client = new S3Client({
    region: 'auto',
    endpoint: s3.endpoint,
    credentials: s3.credentials,
    forcePathStyle: true,
  })
})

afterEach(() => proxy.behave(() => 'forward'))

afterAll(async () => {
  client.destroy()
  await proxy[Symbol.asyncDispose]()
  await s3[Symbol.asyncDispose]()
})

const prefix = 'riding'
const log = 'lane/x'

const open = (estate: string) =>
  openStore(s3Url({ bucket: s3.bucket, prefix, endpoint: proxy.endpoint }), { estate })

/** One decision with one record; the document knows how many there were. */
function decideOnce(store: Store, options: { isRestart?: true; seq?: number; by?: string } = {}) {
  return store.register.change<{ format: 1; count: number }, number>('lane/x', (document) => {
    const count = options.seq ?? (document?.count ?? 0) + 1
    const record = { format: 1, count, by: options.by ?? 'us' }
    return {
      write: { format: 1, count },
      append: [{ log, seq: count, record }],
      ...(options.isRestart === undefined ? {} : { isRestart: options.isRestart }),
      result: count,
    }
  })
}

const isSlot = ({ key }: SeenRequest) => key?.includes('/l/') === true
const isDocument = ({ key }: SeenRequest) => key?.includes('/d/') === true

async function slotsIn(estate: string): Promise<readonly string[]> {
  const listed = await client.send(
    new ListObjectsV2Command({ Bucket: s3.bucket, Prefix: `${prefix}/${estate}/l/` }),
  )
  return (listed.Contents ?? []).map(({ Key = '' }) => Key)
}

async function putObject(key: string, body: string): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket: s3.bucket, Key: `${prefix}/${key}`, Body: body }))
}

async function bodyOf(key: string): Promise<string> {
  const found = await client.send(new GetObjectCommand({ Bucket: s3.bucket, Key: `${prefix}/${key}` }))
  return (await found.Body?.transformToString()) ?? ''
}

const counts = (entries: readonly LogEntry[]) => entries.map(({ seq }) => seq)

describe('records that ride in a document', () => {
  test('are read at once, and lie in their slots when the store is closed', async () => {
    const store = await open('copied')
    await decideOnce(store)
    await decideOnce(store)

    const read = await store.log.read(log)
    await store[Symbol.asyncDispose]()

    expect(counts(read)).toEqual([1, 2])
    expect(await slotsIn('copied')).toEqual([
      'riding/copied/l/lane!2Fx/000000000001',
      'riding/copied/l/lane!2Fx/000000000002',
    ])
  })

  test('cost no request before the answer: a change is one read and one conditional write', async () => {
    await using store = await open('cost')
    await decideOnce(store)

    for (let round = 1; round <= 5; round++) {
      const before = proxy.requests.length
      await decideOnce(store)
      const needed = proxy.requests.slice(before).filter(isDocument)
      expect(needed.map(({ method }) => method)).toEqual(['GET', 'PUT'])
    }
  })

  test('are copied once each by one writer, and dropped by its next write', async () => {
    const store = await open('once')
    const before = proxy.requests.length
    for (let round = 1; round <= 20; round++) await decideOnce(store)
    await store[Symbol.asyncDispose]()

    const copies = proxy.requests.slice(before).filter(isSlot)
    expect(copies.filter(({ method }) => method === 'PUT')).toHaveLength(20)
    expect(copies.filter(({ method }) => method === 'GET')).toHaveLength(0)
    const { pending } = JSON.parse(await bodyOf('once/d/lane!2Fx')) as { pending: LogEntry[] }
    expect(pending.length).toBeLessThanOrEqual(8)
  })

  test('survive writers that die before they copied anything, however many', async () => {
    proxy.behave((request) => (isSlot(request) && request.method === 'PUT' ? 'cut' : 'forward'))
    for (let round = 1; round <= 6; round++) {
      const store = await open('dying')
      await decideOnce(store)
      await store[Symbol.asyncDispose]()
    }
    expect(await slotsIn('dying')).toEqual([])
    await using reader = await open('dying')
    expect(counts(await reader.log.read(log))).toEqual([1, 2, 3, 4, 5, 6])
    expect(await reader.log.list('lane/')).toEqual(['lane/x'])
    proxy.behave(() => 'forward')

    for (let round = 7; round <= 30; round++) {
      const store = await open('dying')
      await decideOnce(store)
      await store[Symbol.asyncDispose]()
    }

    const all = Array.from({ length: 30 }, (_, index) => index + 1)
    expect(counts(await reader.log.read(log))).toEqual(all)
    expect(counts(await reader.log.read(log, { fromSeq: 28 }))).toEqual([28, 29, 30])
    expect(counts(await reader.log.read(log, { fromSeq: 5, limit: 3 }))).toEqual([5, 6, 7])
    expect((await slotsIn('dying')).length).toBeGreaterThan(22)
  })

  test('show that the store went back: another record in the slot is STORE_BEHIND, and a restart goes on', async () => {
    const first = await open('behind')
    for (let round = 1; round <= 3; round++) await decideOnce(first)
    const old = await bodyOf('behind/d/lane!2Fx')
    for (let round = 4; round <= 6; round++) await decideOnce(first)
    await first[Symbol.asyncDispose]()
    await putObject('behind/d/lane!2Fx', old)
    const store = await open('behind')
    await decideOnce(store, { by: 'who knows of nothing' })
    await store[Symbol.asyncDispose]()

    await using later = await open('behind')
    await decideOnce(later, { by: 'who knows of nothing' })
    await decideOnce(later, { by: 'who knows of nothing' }).catch(() => null)
    await later.log.read(log)
    const refused = decideOnce(later, { by: 'who knows of nothing' })

    await expect(refused).rejects.toMatchObject({ code: 'STORE_BEHIND', exit: 2, retryable: false })
    const read = await later.log.read(log)
    expect(read.slice(0, 6).map(({ record }) => (record as { by: string }).by)).toEqual(
      Array.from({ length: 6 }, () => 'us'),
    )
    expect(await decideOnce(later, { isRestart: true, seq: 100 })).toBe(100)
    expect(await decideOnce(later)).toBe(101)
    expect(counts(await later.log.read(log, { fromSeq: 100 }))).toEqual([100, 101])
  })
})

describe('the requests of an S3 store', () => {
  test('read a journal of 150 records by one listing and as many reads side by side', async () => {
    await using store = await open('journal')
    await Promise.all(
      Array.from({ length: 150 }, (_, index) =>
        store.log.append({ log: 'run/1/journal', seq: index + 1, record: { text: 'x'.repeat(200) } }),
      ),
    )
    const before = proxy.requests.length

    const read = await store.log.read('run/1/journal')

    const requests = proxy.requests.slice(before)
    expect(counts(read)).toEqual(Array.from({ length: 150 }, (_, index) => index + 1))
    expect(requests.filter(({ key }) => key === null)).toHaveLength(1)
    expect(requests.filter(isSlot)).toHaveLength(150)
    expect(requests.filter(isDocument)).toHaveLength(2)
  })

  test('list more than a page holds', async () => {
    await using store = await open('pages')
    const ids = Array.from({ length: 1005 }, (_, index) => `plan/${String(index).padStart(4, '0')}`)
    const body = await bodyOfOneDocument(store)
    for (let first = 0; first < ids.length; first += 50) {
      await Promise.all(
        ids.slice(first, first + 50).map((id) => putObject(`pages/d/${id.replace('/', '!2F')}`, body)),
      )
    }

    expect(await store.register.list('plan/')).toEqual(ids)
  })

  test('are never DELETE', () => {
    expect(proxy.requests.length).toBeGreaterThan(300)
    expect(proxy.requests.filter(({ method }) => !['GET', 'PUT'].includes(method))).toEqual([])
  })
})

/** Long enough to be listed without a look inside. */
async function bodyOfOneDocument(store: Store): Promise<string> {
  await store.register.change('one', () => ({
    write: { format: 1, text: 'x'.repeat(1000) },
    result: null,
  }))
  return bodyOf('pages/d/one')
}
