import { openStore } from '@conduct/lanes/engine'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startEmulate, startS3rver } from '../servers/lying-s3.ts'
import { type S3Server, startS3 } from '../servers/s3.ts'
import { type Act, type SeenRequest, type S3Proxy, startS3Proxy } from '../servers/s3-proxy.ts'
import { seededRandom } from '../lanes/seeded-random.ts'

/** A place that takes conditional writes and does not keep them is refused before anything is decided on it. */

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

const open = (url: string) => openStore(url, { estate: 'acme' })

async function refusal(url: string) {
  return open(url).then(
    () => 'opened',
    (error: unknown) => error,
  )
}

const isWrite = ({ method }: SeenRequest) => method === 'PUT'
const isUpdate = ({ method, isCreation }: SeenRequest) => method === 'PUT' && !isCreation

describe('a lying S3', () => {
  test.each([startS3rver, startEmulate])('that people install is refused by name (%o)', async (start) => {
    await using lying = await start()
    Object.assign(process.env, lying.env)

    const error = await refusal(lying.freshUrl())

    Object.assign(process.env, s3.env)
    expect(error).toMatchObject({
      code: 'STORE_LIES',
      exit: 2,
      retryable: false,
      message: expect.stringMatching(/Probe create_race failed in round \d+ of 20: 8 of 8 writers/),
      details: { probe: 'create_race' },
    })
  })

  const lies: readonly {
    readonly name: string
    readonly probe: RegExp
    readonly act: (request: SeenRequest) => Act
  }[] = [
    {
      name: 'ignores If-None-Match',
      probe: /create_race/,
      act: (request) => (isWrite(request) ? 'ignore_condition' : 'forward'),
    },
    {
      name: 'ignores If-Match only',
      probe: /update_race/,
      act: (request) => (isUpdate(request) ? 'ignore_condition' : 'forward'),
    },
    {
      name: 'inverts conditions',
      probe: /create_race/,
      act: (request) => (isWrite(request) ? 'invert_condition' : 'forward'),
    },
    {
      name: 'inverts If-Match only',
      probe: /update_race/,
      act: (request) => (isUpdate(request) ? 'invert_condition' : 'forward'),
    },
    {
      name: 'says 200 and writes nothing',
      probe: /create_race/,
      act: (request) => (isWrite(request) ? 'pretend_written' : 'forward'),
    },
    { name: 'reads stale states', probe: /read_after_write/, act: () => 'stale_read' },
  ]

  test.each(lies)('that $name is refused, and the probe is named', async ({ act, probe }) => {
    proxy.behave(act)

    const error = await refusal(proxy.freshUrl())

    expect(error).toMatchObject({
      code: 'STORE_LIES',
      message: expect.stringMatching(new RegExp(`Probe ${probe.source} failed in round \\d+ of 20`)),
    })
  })

  test('that gives no ETags is refused, at its first use and when it loses them later', async () => {
    proxy.behave(() => 'forward')
    await using writer = await open(proxy.freshUrl())
    await using reader = await open(writer.url)
    await writer.register.change('x', () => ({ write: { format: 1 }, result: null }))
    proxy.behave(() => 'no_etag')

    await expect(open(proxy.freshUrl())).rejects.toMatchObject({ code: 'STORE_LIES' })
    await expect(reader.register.read('x')).rejects.toMatchObject({
      code: 'STORE_LIES',
      message: expect.stringContaining('gives no ETag'),
    })
  })

  const rareLies = ['ignore_condition', 'invert_condition', 'pretend_written', 'stale_read'] as const

  test.each(rareLies)('that lies one time in ten (%s) is caught', async (lie) => {
    const random = seededRandom(7)
    proxy.behave(() => (random() < 0.1 ? lie : 'forward'))

    const error = await refusal(proxy.freshUrl())

    expect(error).toMatchObject({ code: 'STORE_LIES' })
  })

  test('is refused again at every opening: only an honest result is remembered', async () => {
    const url = proxy.freshUrl()
    proxy.behave(() => 'ignore_condition')
    await expect(open(url)).rejects.toMatchObject({ code: 'STORE_LIES' })
    await expect(open(url)).rejects.toMatchObject({ code: 'STORE_LIES' })
    proxy.behave(() => 'forward')

    await using store = await open(url)

    expect(store.kind).toBe('s3')
  })
})

describe('an honest S3', () => {
  test('is tried out once: the next opening costs one GET', async () => {
    proxy.behave(() => 'forward')
    const url = proxy.freshUrl()
    await (await open(url))[Symbol.asyncDispose]()
    const before = proxy.requests.length

    await (await open(url))[Symbol.asyncDispose]()

    expect(proxy.requests.slice(before).map(({ method }) => method)).toEqual(['GET'])
  })

  test('is tried out by 20 rounds of 8 writers, twice each', async () => {
    proxy.behave(() => 'forward')
    const before = proxy.requests.length

    await (await open(proxy.freshUrl()))[Symbol.asyncDispose]()

    const writes = proxy.requests.slice(before).filter(isWrite)
    const creations = writes.filter(({ isCreation }) => isCreation)
    expect(new Set(creations.map(({ key }) => key)).size).toBe(20)
    expect(creations).toHaveLength(20 * (8 + 1))
    expect(writes).toHaveLength(20 * (8 + 1 + 8 + 1) + 1)
  })

  test.each([
    { name: '503', act: { status: 503 } },
    { name: '409', act: { status: 409 } },
    { name: 'a lost answer', act: 'lose_answer' },
    { name: 'a lost connection', act: 'cut' },
  ] as const)('that often gives $name instead of an answer is not called a liar', async ({ act }) => {
    const random = seededRandom(11)
    proxy.behave((request) => (isWrite(request) && random() < 0.3 ? act : 'forward'))

    await using store = await open(proxy.freshUrl())

    expect(store.kind).toBe('s3')
  })

  test.each([
    { race: 'creation', isIn: ({ isCreation }: SeenRequest) => isCreation },
    { race: 'update', isIn: isUpdate },
  ])(
    'that answers nobody of the first race of a $race, and acts later, is not called a liar',
    async ({ isIn }) => {
      const races = new Map<string, number>()
      proxy.behave((request) => {
        if (!isIn(request)) return 'forward'
        const seen = (races.get(request.key ?? '') ?? 0) + 1
        races.set(request.key ?? '', seen)
        // After the look that follows the race, before or while the next race is under way.
        return seen <= 8 ? { lateBy: 5 + (seen % 3) } : 'forward'
      })

      await using store = await open(proxy.freshUrl())

      expect(store.kind).toBe('s3')
      expect(Math.max(...races.values())).toBeGreaterThan(8)
    },
  )

  test('that takes expected ETags without quotes only gets them so, and that is remembered', async () => {
    proxy.behave(() => 'bare_etags')
    const url = proxy.freshUrl()
    await (await open(url))[Symbol.asyncDispose]()
    await using store = await open(url)
    const add = () =>
      store.register.change<{ format: 1; count: number }, number>('x', (document) => {
        const count = (document?.count ?? 0) + 1
        return { write: { format: 1, count }, result: count }
      })

    expect([await add(), await add()]).toEqual([1, 2])
  })

  test('that answers no write at all is unreachable, which is no verdict', async () => {
    proxy.behave((request) => (isWrite(request) ? { status: 503 } : 'forward'))

    await expect(open(proxy.freshUrl())).rejects.toMatchObject({
      code: 'STORE_UNREACHABLE',
      exit: 30,
      retryable: true,
    })
  })
})
