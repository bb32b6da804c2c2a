import { openStore, type StoreProbe } from '@conduct/lanes/engine'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type S3Server, s3Url, startS3 } from '../servers/s3.ts'
import { type S3Proxy, type SeenRequest, startS3Proxy } from '../servers/s3-proxy.ts'

/** What S3 and the way to it can say, in our words: what must be granted is not what must be waited for. */

let s3: S3Server
let proxy: S3Proxy

beforeAll(async () => {
  s3 = await startS3()
  proxy = await startS3Proxy(s3)
  Object.assign(process.env, s3.env)
})

afterEach(() => {
  proxy.behave(() => 'forward')
  Object.assign(process.env, s3.env)
})

afterAll(async () => {
  await proxy[Symbol.asyncDispose]()
  await s3[Symbol.asyncDispose]()
})

const proxied = () => s3Url({ bucket: s3.bucket, prefix: 'errors', endpoint: proxy.endpoint })
const write = { write: { format: 1 }, result: 'written' } as const
const refused = { code: 'STORE_REFUSED', exit: 2, retryable: false }
const unreachable = { code: 'STORE_UNREACHABLE', exit: 30, retryable: true }

describe('what must be granted or corrected is STORE_REFUSED', () => {
  test('a bucket that does not exist', async () => {
    const url = s3Url({ bucket: 'nobodys', prefix: 'x', endpoint: s3.endpoint })

    await expect(openStore(url)).rejects.toMatchObject({
      ...refused,
      hint: expect.stringContaining('Make the bucket nobodys'),
    })
  })

  test('a wrong secret, which is not shown', async () => {
    process.env['AWS_SECRET_ACCESS_KEY'] = 'hunter2'

    const error: unknown = await openStore(s3.freshUrl('errors')).catch((caught: unknown) => caught)

    expect(error).toMatchObject({ ...refused, hint: expect.stringContaining('credentials are wrong') })
    expect(JSON.stringify(error)).not.toContain('hunter2')
  })

  test('no credentials at all', async () => {
    delete process.env['AWS_ACCESS_KEY_ID']
    delete process.env['AWS_SECRET_ACCESS_KEY']

    await expect(openStore(s3.freshUrl('errors'))).rejects.toMatchObject({
      ...refused,
      hint: expect.stringContaining('AWS_ACCESS_KEY_ID'),
    })
  })

  test('reading without writing: what to grant is named', async () => {
    await using store = await openStore(proxied(), { estate: 'acme' })
    proxy.behave(({ method }) => (method === 'PUT' ? { status: 403 } : 'forward'))

    await expect(store.register.change('lane/x', () => write)).rejects.toMatchObject({
      ...refused,
      hint: expect.stringContaining('s3:PutObject'),
    })
    await expect(store.log.append({ log: 'run/1', seq: 1, record: 1 })).rejects.toMatchObject(refused)
  })

  test('a service without conditional writes that says so', async () => {
    proxy.behave(({ method }) => (method === 'PUT' ? { status: 501, code: 'NotImplemented' } : 'forward'))

    await expect(openStore(proxy.freshUrl())).rejects.toMatchObject({
      ...refused,
      hint: expect.stringContaining('no conditional writes'),
    })
  })

  test('an object that somebody else wrote', async () => {
    await using store = await openStore(s3.freshUrl('errors'), { estate: 'acme' })
    await store.register.change('lane/y', () => write)
    await putForeign('errors/acme/d/lane!2Fy')

    await expect(store.register.read('lane/y')).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('document lane/y was not written by conduct'),
    })
  })
})

describe('what nobody answers is STORE_UNREACHABLE', () => {
  test('a port where nothing listens, at once', async () => {
    const url = s3Url({ bucket: 'lanes', prefix: 'x', endpoint: 'http://127.0.0.1:1' })

    await expect(openStore(url)).rejects.toMatchObject(unreachable)
  })

  test('a service that hangs, within the time of a call', async () => {
    await using store = await openStore(proxied(), { estate: 'acme', callMsMax: 400 })
    proxy.behave(() => 'hang')

    await expect(store.register.read('lane/x')).rejects.toMatchObject(unreachable)
    await expect(store.register.change('lane/x', () => write)).rejects.toMatchObject(unreachable)
    await expect(store.log.append({ log: 'run/1', seq: 1, record: 1 })).rejects.toMatchObject(unreachable)
    await expect(store.log.read('run/1')).rejects.toMatchObject(unreachable)
    await expect(store.register.list('')).rejects.toMatchObject(unreachable)
  })

  test('a service that fails for a moment is asked again, and nobody notices', async () => {
    await using store = await openStore(proxied(), { estate: 'moment' })
    await store.register.change('lane/x', () => write)
    let failures = 2
    proxy.behave(({ method }) => (method === 'GET' && failures-- > 0 ? { status: 503 } : 'forward'))

    expect((await store.register.read('lane/x'))?.version).toBe(1)
  })
})

describe('single answers', () => {
  const isWriteOf = (id: string) => (request: SeenRequest) =>
    request.method === 'PUT' && request.key?.endsWith(`/d/${id}`) === true

  test('409 is undecided: the write is sent again and made once', async () => {
    await using store = await openStore(proxied(), { estate: 'answers' })
    const seen: SeenRequest[] = []
    proxy.behave((request) => {
      if (!isWriteOf('conflict')(request)) return 'forward'
      seen.push(request)
      return seen.length === 1 ? { status: 409 } : 'forward'
    })

    expect(await store.register.change('conflict', () => write)).toBe('written')

    expect(seen).toHaveLength(2)
    expect((await store.register.read('conflict'))?.version).toBe(1)
  })

  test('412 after a lost answer is our own write: it is recognised and not made twice', async () => {
    await using store = await openStore(proxied(), { estate: 'answers' })
    let sent = 0
    proxy.behave((request) => (isWriteOf('own')(request) && ++sent === 1 ? { actsAndSays: 412 } : 'forward'))

    expect(await store.register.change('own', () => write)).toBe('written')

    expect(sent).toBe(1)
    expect((await store.register.read('own'))?.version).toBe(1)
  })

  test('404 on an update means that the document is gone: the decision is made anew on nothing', async () => {
    await using store = await openStore(proxied(), { estate: 'answers' })
    await store.register.change('gone', () => write)
    let sent = 0
    let isGone = false
    proxy.behave((request) => {
      if (isWriteOf('gone')(request) && ++sent === 1) {
        isGone = true
        return { status: 404, code: 'NoSuchKey' }
      }
      const isReadOfGone = isGone && request.method === 'GET' && request.key?.endsWith('/d/gone') === true
      return isReadOfGone ? { status: 404, code: 'NoSuchKey' } : 'forward'
    })
    const seen: unknown[] = []

    await store.register.change('gone', (document) => {
      seen.push(document)
      return document === null ? { result: null } : { write: { format: 1 }, result: null }
    })

    expect(seen).toEqual([{ format: 1 }, null])
  })

  test('a clock that the service refuses is corrected by the client, once', async () => {
    await using store = await openStore(proxied(), { estate: 'answers' })
    let refusals = 1
    proxy.behave(() => (refusals-- > 0 ? { status: 403, code: 'RequestTimeTooSkewed' } : 'forward'))

    expect(await store.register.change('skew', () => write)).toBe('written')
  })
})

describe('the probes for conduct doctor', () => {
  test('try the conditions anew and tell round trip and clock', async () => {
    await using store = await openStore(proxied(), { estate: 'doctor' })
    const before = proxy.requests.filter(({ method }) => method === 'PUT').length

    const probes = await store.probe()

    expect(summary(probes)).toEqual(['conditional_write ok', 'round_trip ok', 'clock ok'])
    expect(probes[2]?.detail).toMatch(/clock differs by \d+ s\. That decides nothing/)
    expect(proxy.requests.filter(({ method }) => method === 'PUT').length - before).toBe(20 * 18)
  })

  test('name the probe that a place fails since it was first used', async () => {
    await using store = await openStore(proxied(), { estate: 'doctor' })
    proxy.behave(({ method }) => (method === 'PUT' ? 'ignore_condition' : 'forward'))

    const probes = await store.probe()

    expect(summary(probes)).toContain('conditional_write failed')
    expect(probes[0]?.detail).toMatch(/Probe create_race failed in round \d+ of 20/)
    expect(probes[0]?.remedy).not.toBeNull()
  })
})

function summary(probes: readonly StoreProbe[]): readonly string[] {
  return probes.map(({ check, verdict }) => `${check} ${verdict}`)
}

async function putForeign(key: string): Promise<void> {
  const { PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3')
  const client = new S3Client({
    region: 'auto',
    endpoint: s3.endpoint,
    credentials: s3.credentials,
    forcePathStyle: true,
  })
  await client.send(new PutObjectCommand({ Bucket: s3.bucket, Key: key, Body: '<html>' }))
  client.destroy()
}
