import { execFileSync } from 'node:child_process'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '@conduct/lanes/engine'
import { type GitFault, type GitHttpServer, startGitHttp } from '../servers/git-http.ts'
import { openGitPlace } from './git-places.ts'

interface Counter {
  readonly format: 1
  readonly count: number
}

/** Adds one, and says how often it was decided. */
async function increment(store: Store, onDecide: () => void = () => undefined): Promise<number> {
  return store.register.change<Counter, number>('lane/x', (document) => {
    onDecide()
    const count = (document?.count ?? 0) + 1
    return { write: { format: 1, count }, result: count }
  })
}
const countIn = async (store: Store) => (await store.register.read<Counter>('lane/x'))?.document.count
const laneRef = 'refs/conduct/acme/lane/x'

describe('a change that another writer overtakes', () => {
  test('between the read and the push is decided again on what stands there now', async () => {
    await using place = await openGitPlace()
    await using store = await place.open()
    await increment(store)
    const decided: (number | null)[] = []

    const result = await store.register.change<Counter, number>('lane/x', (document) => {
      decided.push(document?.count ?? null)
      if (decided.length === 1) {
        const script = `const { openStore } = await import(${JSON.stringify(import.meta.resolve('@conduct/lanes/engine'))})
          await using store = await openStore(process.argv[1], { estate: 'acme' })
          await store.register.change('lane/x', () => ({ write: { format: 1, count: 10 }, result: null }))`
        execFileSync(process.execPath, ['--input-type=module', '-e', script, place.url], {
          env: place.env('there'),
        })
      }
      const count = (document?.count ?? 0) + 1
      return { write: { format: 1, count }, result: count }
    })

    expect(decided).toEqual([1, 10])
    expect(result).toBe(11)
  })

  test('inside the remote, after it was compared by the client, is decided again too', async () => {
    await using place = await openGitPlace()
    await using store = await place.open()
    await increment(store)
    const head = await place.git('rev-parse', laneRef)
    const identity = ['-c', 'user.name=x', '-c', 'user.email=x']
    const theirs = await place.git(...identity, 'commit-tree', '-p', head, '-m', 'theirs', `${head}^{tree}`)
    await place.hook('update', `[ -e moved ] && exit 0; touch moved; git update-ref ${laneRef} ${theirs}`)
    let decisions = 0

    const result = await increment(store, () => (decisions += 1))

    expect([result, decisions]).toEqual([2, 2])
    expect(await place.git('rev-parse', `${laneRef}~1`)).toBe(theirs)
  })

  test('with an identical document is not taken for that writer: one decides on the other’s write', async () => {
    await using place = await openGitPlace()
    await using one = await place.open()
    await using other = await place.open({ machine: 'there' })
    const rounds = 8
    for (let round = 0; round < rounds; round += 1) {
      const write = (store: Store) =>
        store.register.change<Counter, 'created' | 'found'>(`lane/${round}`, (document) =>
          document === null ? { write: { format: 1, count: 1 }, result: 'created' } : { result: 'found' },
        )

      const outcomes = await Promise.all([write(one), write(other), write(one), write(other)])

      expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1)
    }
  })
})

describe('an answer that does not tell what happened', () => {
  let server: GitHttpServer
  beforeAll(async () => {
    server = await startGitHttp({ auth: true })
  })
  beforeEach(() => server.misbehave(null))
  afterAll(() => server[Symbol.asyncDispose]())

  const callMsMax = 30_000
  /** The first so many pushes meet these faults. */
  const onPushes = (...faults: readonly GitFault[]) => {
    const left = [...faults]
    server.misbehave(({ kind }) => (kind === 'push' ? (left.shift() ?? null) : null))
  }

  test('a connection that dies after the push was applied: found by reading back, and not done twice', async () => {
    await using place = await openGitPlace()
    await using store = await place.open({ url: `git+${(await server.createRepository()).url}`, callMsMax })
    await increment(store)
    onPushes('unanswered')
    let decisions = 0

    expect(await increment(store, () => (decisions += 1))).toBe(2)

    expect(decisions).toBe(1)
    expect(await countIn(store)).toBe(2)
    onPushes('unanswered')
    expect(await store.log.append({ log: 'run/1/journal', seq: 1, record: 'mine' })).toBe('appended')
    expect(await store.log.append({ log: 'run/1/journal', seq: 1, record: 'mine' })).toBe('taken')
  })

  test('an error instead of a push: tried again, done once', async () => {
    await using place = await openGitPlace()
    await using store = await place.open({ url: `git+${(await server.createRepository()).url}`, callMsMax })
    onPushes('500', '500')

    expect(await increment(store)).toBe(1)
    expect(await countIn(store)).toBe(1)
  })

  test('a push that arrives late meets a ref that has moved on', async () => {
    await using place = await openGitPlace()
    const { bare, url } = await server.createRepository()
    await using store = await place.open({ url: `git+${url}`, callMsMax })
    await increment(store)
    onPushes('late')
    let decisions = 0

    expect(await increment(store, () => (decisions += 1))).toBe(2)
    expect(decisions, 'decided again, as another commit').toBe(2)
    const head = execFileSync('git', ['-C', bare, 'rev-parse', laneRef], { encoding: 'utf8' })
    await server.release()

    expect(execFileSync('git', ['-C', bare, 'rev-parse', laneRef], { encoding: 'utf8' })).toBe(head)
    expect(await countIn(store)).toBe(2)
  })

  test('a late push that lands before the second one is the one that counts', async () => {
    await using place = await openGitPlace()
    await using store = await place.open({ url: `git+${(await server.createRepository()).url}`, callMsMax })
    await increment(store)
    onPushes('late')
    let decisions = 0

    // The second decision lets the first push land before the second is sent.
    const results: number[] = []
    const result = await store.register.change<Counter, number>('lane/x', (document) => {
      decisions += 1
      if (decisions === 2) void server.release()
      const count = (document?.count ?? 0) + 1
      results.push(count)
      return { write: { format: 1, count }, result: decisions }
    })

    expect(results).toEqual([2, 2])
    expect([1, 2]).toContain(result)
    expect(await countIn(store)).toBe(2)
  })

  test('a journal that this handle writes costs one push a record, a change one fetch and one push', async () => {
    await using place = await openGitPlace()
    await using store = await place.open({ url: `git+${(await server.createRepository()).url}`, callMsMax })
    await store.log.append({ log: 'run/1/journal', seq: 1, record: 1 })
    await increment(store)
    const asked = async (work: () => Promise<unknown>) => {
      const before = server.seen.length
      await work()
      // A look comes before each: `info/refs?service=…`.
      return server.seen
        .slice(before)
        .map(({ kind, path }) => (kind === 'look' ? path.split('=git-')[1] : kind))
    }

    expect(await asked(() => store.log.append({ log: 'run/1/journal', seq: 2, record: 2 }))).toEqual([
      'receive-pack',
      'push',
    ])
    // A taken slot is worth a look: the store may have gone back.
    expect(await asked(() => store.log.append({ log: 'run/1/journal', seq: 2, record: 2 }))).toEqual([
      'upload-pack',
      'fetch',
    ])
    expect(await asked(() => increment(store))).toEqual(['upload-pack', 'fetch', 'receive-pack', 'push'])
    expect(await asked(() => store.register.read('lane/x'))).toEqual(['upload-pack', 'fetch'])
  })

  test('no answer at all: STORE_UNREACHABLE in time, and no git is left behind for long', async () => {
    await using place = await openGitPlace()
    const { bare, url } = await server.createRepository()
    // The first use of a remote tries it, which takes its time; this machine remembers.
    await (await place.open({ url: `git+${url}`, callMsMax }))[Symbol.asyncDispose]()
    await using store = await place.open({ url: `git+${url}`, callMsMax: 2500 })
    server.misbehave(({ kind }) => (kind === 'push' ? 'hang' : null))

    await expect(increment(store)).rejects.toMatchObject({
      code: 'STORE_UNREACHABLE',
      exit: 30,
      retryable: true,
    })

    const name = bare.slice(bare.lastIndexOf('/'))
    const children = () =>
      execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
        .split('\n')
        .filter((line) => line.includes(name))
    await expect.poll(children, { timeout: 20_000, interval: 100 }).toEqual([])
    server.misbehave(null)
    await using again = await place.open({ url: `git+${url}`, callMsMax })
    expect(await countIn(again)).toBeUndefined()
  })

  test('nothing to push the second time, while the first may still arrive: unknown is said, not "nothing done"', async () => {
    await using place = await openGitPlace()
    await using store = await place.open({ url: `git+${(await server.createRepository()).url}`, callMsMax })
    onPushes('late')
    let decisions = 0

    const change = store.register.change<Counter, string>('lane/x', () => {
      decisions += 1
      return decisions === 1 ? { write: { format: 1, count: 1 }, result: 'written' } : { result: 'given up' }
    })

    await expect(change).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })
    await server.release()
    expect(await countIn(store), 'and it did arrive').toBe(1)
  })

  test.each([
    { problem: 'a wrong password', spoil: (url: string) => url.replace(/:[^:@]*@/, ':wrong-secret@') },
    {
      problem: 'a server that is gone',
      spoil: (url: string) => url.replace(/@127\.0\.0\.1:\d+/, '@127.0.0.1:1'),
    },
    {
      problem: 'a repository that is not there',
      spoil: (url: string) => url.replace(/[^/]+\.git$/, 'none.git'),
    },
  ])('$problem is STORE_UNREACHABLE, and the message holds no password', async ({ spoil }) => {
    await using place = await openGitPlace()
    const { url } = await server.createRepository()
    const opening = place.open({ url: `git+${spoil(url)}`, callMsMax })

    const error = await opening.then(
      () => null,
      (problem: unknown) => problem,
    )

    expect(error).toMatchObject({ code: 'STORE_UNREACHABLE', exit: 30 })
    const told = JSON.stringify([
      error,
      Object.entries(error as object),
      (error as Error).message,
      (error as Error).stack,
    ])
    expect(told).toContain('127.0.0.1')
    expect(told).not.toContain('wrong-secret')
    expect(told).not.toContain(server.credentials?.password)
  })
})

describe('a remote that changes its mind', () => {
  test('refuses a lane with a hook of its own: STORE_REFUSED, and nothing is written', async () => {
    await using place = await openGitPlace()
    await using store = await place.open()
    await increment(store)
    await place.hook(
      'update',
      'case "$1" in refs/conduct/*/lane/*) echo "lanes are closed" >&2; exit 1;; esac',
    )

    await expect(increment(store)).rejects.toMatchObject({
      code: 'STORE_REFUSED',
      message: expect.stringContaining('lanes are closed'),
    })
    expect(await countIn(store)).toBe(1)
    expect(await store.log.append({ log: 'run/1/journal', seq: 1, record: 1 })).toBe('appended')
  })

  test('a lock that a killed pusher left in it: STORE_UNREACHABLE with the words of git, and well again without it', async () => {
    await using place = await openGitPlace()
    await using patient = await place.open({ callMsMax: 60_000 })
    await increment(patient)
    await using hurried = await place.open({ callMsMax: 3000 })
    const lock = join(place.bare, `${laneRef}.lock`)
    await writeFile(lock, '')

    await expect(increment(hurried)).rejects.toMatchObject({
      code: 'STORE_UNREACHABLE',
      message: expect.stringMatching(/lock|ref|no answer/),
    })
    await rm(lock)

    // What was given up may arrive at any time now, once: both of the patient one's count, and that one may.
    const stands = await increment(patient)
    expect([2, 3]).toContain(stands)
    expect(await increment(patient)).toBeOneOf([stands + 1, 4])
  })

  test('went back to an older state: what stands there is what counts', async () => {
    await using place = await openGitPlace()
    await using store = await place.open()
    await increment(store)
    const older = await place.git('rev-parse', laneRef)
    await increment(store)
    await increment(store)

    await place.git('update-ref', laneRef, older)

    expect(await countIn(store)).toBe(1)
    expect(await increment(store)).toBe(2)
  })
})

describe('the cache of this machine', () => {
  test('that breaks under an open store costs nothing but a fetch', async () => {
    await using place = await openGitPlace()
    await using store = await place.open()
    await increment(store)
    const caches = join(place.folder, 'cache', 'here', 'conduct', 'git-stores')
    const [remote = ''] = await readdir(caches)
    await rm(join(caches, remote, '1', 'objects'), { recursive: true })

    expect(await increment(store)).toBe(2)
    expect(await countIn(store)).toBe(2)
  })

  test('may be deleted at any time', async () => {
    await using place = await openGitPlace()
    await using store = await place.open()
    await increment(store)
    await rm(join(place.folder, 'cache'), { recursive: true })

    expect(await increment(store)).toBe(2)
    expect(await store.log.append({ log: 'run/1/journal', seq: 1, record: 1 })).toBe('appended')
  })
})
