import { execFileSync } from 'node:child_process'
import { type Lease, openStore, type Store } from '@conduct/lanes/engine'
import { quickDefinition } from '@conduct/lanes/lane-definitions'
import { describe, expect, test } from 'vitest'
import { judge } from '../lanes/judge.ts'
import { acquireAgain, answered, laneOf } from '../lanes/lane-of.ts'
import { type GitPlace, openGitPlace } from './git-places.ts'

/** Lanes on git: two handles with a cache each are two machines that share only a repository. */

/** A look at a repository takes seconds. */
const definition = {
  ...quickDefinition,
  ttlMs: 120_000,
  renewMs: 30_000,
  marginMs: 8000,
  waitingTtlMs: 120_000,
  acceptMs: 60_000,
}

async function openTwo(): Promise<{ place: GitPlace; ana: Store; ben: Store } & AsyncDisposable> {
  const place = await openGitPlace()
  const ana = await place.open({ machine: 'ana', callMsMax: 30_000 })
  const ben = await place.open({ machine: 'ben', callMsMax: 30_000 })
  return {
    place,
    ana,
    ben,
    [Symbol.asyncDispose]: async () => {
      await ana[Symbol.asyncDispose]()
      await ben[Symbol.asyncDispose]()
      await place[Symbol.asyncDispose]()
    },
  }
}

function leaseOf(result: { readonly outcome: string; readonly lease?: Lease }): Lease {
  if (result.lease === undefined) throw new Error(`expected a lease, got ${result.outcome}`)
  return result.lease
}

const now = { resources: ['shop'], attended: true, waitMsMax: 0 }
const waiting = { ...now, waitMsMax: 100_000 }
const inline = { renewal: 'inline' } as const

describe('a lane on git', () => {
  test('is granted, queued for and handed over, with tokens that rise; its commits are its history', async () => {
    await using stores = await openTwo()
    const ana = laneOf(stores.ana, definition, 'cli:ana', inline)
    const ben = laneOf(stores.ben, definition, 'cli:ben', inline)
    const first = leaseOf(await ana.acquire(now))

    const queued = await ben.acquire({ ...now, attended: false })
    const handed = laneOf(stores.ben, definition, 'cli:carl', inline).acquire(waiting)
    if (queued.outcome === 'queued') await ben.leave(queued)
    await first.release()
    const second = leaseOf(await handed)

    expect(queued).toMatchObject({ outcome: 'queued', position: 1, holder: { holder: 'cli:ana' } })
    expect(second.token).toBeGreaterThan(first.token)
    await second.release()
    const { problems, history } = await judge(ana)
    expect(problems).toEqual([])
    const commits = await stores.place.git('rev-list', '--count', 'refs/conduct/acme/lane/lane')
    expect(Number(commits)).toBeGreaterThanOrEqual(history.length)
  })

  test('keeps a lease alive from a worker that opens the repository by itself', async () => {
    await using stores = await openTwo()
    const quick = { ...definition, ttlMs: 30_000, renewMs: 2000, marginMs: 5000 }
    Object.assign(process.env, { XDG_CACHE_HOME: stores.place.env('ana')['XDG_CACHE_HOME'] })
    const lane = laneOf(stores.ana, quick, 'cli:ana', { renewal: 'worker' })
    await using lease = leaseOf(await lane.acquire(now))
    const versionOf = async () => (await stores.ben.register.read('lane/lane'))?.version ?? 0
    const granted = await versionOf()

    await stores.ben.register.changed('lane/lane', { version: granted, timeoutMs: 60_000 })

    expect(await versionOf()).toBeGreaterThan(granted)
    expect(lease.isHeld()).toBe(true)
  })

  test('has one holder at a time when four processes’ worth of handles ask at once', async () => {
    await using stores = await openTwo()
    let inside = 0
    let most = 0
    const work = async (store: Store, name: string): Promise<number> => {
      const lane = laneOf(store, definition, `cli:${name}`, inline)
      let turns = 0
      for (let round = 1; round <= 3; round++) {
        const lease = leaseOf(await acquireAgain(lane, waiting))
        inside++
        most = Math.max(most, inside)
        turns++
        inside--
        await answered(() => lease.release())
      }
      return turns
    }

    const turns = await Promise.all([
      work(stores.ana, 'a1'),
      work(stores.ana, 'a2'),
      work(stores.ben, 'b1'),
      work(stores.ben, 'b2'),
    ])

    expect(turns).toEqual([3, 3, 3, 3])
    expect(most).toBe(1)
    expect((await judge(laneOf(stores.ana, definition))).problems).toEqual([])
  })

  test('says neither held nor free when the repository is gone', async () => {
    await using place = await openGitPlace()
    await using store = await place.open()
    const lane = laneOf(store, { ...definition, renewMs: 2000 }, 'cli:ana', inline)
    await leaseOf(await lane.acquire(now)).release()
    await place.git('config', 'core.repositoryFormatVersion', '99')

    const unreachable = { code: 'STORE_UNREACHABLE', exit: 30 }
    await expect(lane.acquire(now)).rejects.toMatchObject(unreachable)
    await expect(lane.inspect()).rejects.toMatchObject(unreachable)
  })
})

/** Puts the records of a log where the store has them, in one commit. */
function seed(bare: string, many: number): void {
  const files = Array.from({ length: many }, (_, at) => {
    const seq = at + 1
    const shard = String(Math.floor(seq / 100)).padStart(7, '0')
    const text = JSON.stringify({ format: 1, nonce: String(seq), record: { at: seq } })
    const path = `log.history.${shard}/${String(seq % 100).padStart(2, '0')}.json`
    return `M 100644 inline ${path}\ndata ${text.length}\n${text}\n`
  })
  const commit = 'commit refs/conduct/acme/lane/x\ncommitter seed <seed> 1700000000 +0000\ndata 4\nseed\n'
  execFileSync('git', ['-C', bare, 'fast-import', '--quiet'], { input: commit + files.join('') })
}

describe('a log of ten thousand records on git', () => {
  test('is read whole and from its end, appended to, and taken slots stay taken', async () => {
    await using place = await openGitPlace()
    const many = 10_000
    seed(place.bare, many)
    await using store = await place.open({ callMsMax: 60_000 })
    await using other = await place.open({ machine: 'there', callMsMax: 60_000 })

    const tail = await other.log.read('lane/x/history', { fromSeq: many - 1 })
    const next = { log: 'lane/x/history', seq: many + 1, record: { at: many + 1 } }

    expect(tail.map(({ seq }) => seq)).toEqual([many - 1, many])
    expect(await other.log.append(next)).toBe('appended')
    expect(await store.log.append(next)).toBe('taken')
    expect(await store.log.append({ ...next, seq: 5000 })).toBe('taken')
    const all = await store.log.read('lane/x/history')
    expect(all).toHaveLength(many + 1)
    expect(all.every(({ seq, record }, at) => seq === at + 1 && (record as { at: number }).at === seq)).toBe(
      true,
    )
    expect(await store.log.read('lane/x/history', { fromSeq: 4321, limit: 3 })).toHaveLength(3)
    // A commit on top of ten thousand records carries what is new and the folders above it, nothing else.
    const carried = await place.git(
      'rev-list',
      '--objects',
      'refs/conduct/acme/lane/x~1..refs/conduct/acme/lane/x',
    )
    expect(carried.split('\n').length).toBeLessThanOrEqual(4)
  })
})

describe('the git store tells the doctor', () => {
  test('what it may do there, how long a read takes, and how many pushes all writers make', async () => {
    await using place = await openGitPlace()
    await using store = await place.open()
    await using other = await place.open({ machine: 'there' })
    for (const one of [store, other]) {
      await one.register.change('lane/x', () => ({ write: { format: 1 }, result: null }))
    }

    const probes = await store.probe()

    expect(probes.map(({ check, verdict }) => [check, verdict])).toEqual([
      ['access', 'ok'],
      ['conditional_write', 'ok'],
      ['round_trip', 'ok'],
      ['pushes_per_minute', 'ok'],
      ['clock', 'ok'],
    ])
    // Two writes and the probe that is remembered; what the probes themselves left is removed again.
    expect(probes.find(({ check }) => check === 'pushes_per_minute')?.detail).toMatch(
      /^3 pushes in the last hour/,
    )
    expect((await place.git('for-each-ref', '--format=%(refname)')).split('\n').sort()).toEqual([
      'refs/conduct/acme/_probe/passed',
      'refs/conduct/acme/lane/x',
    ])
  })

  test('that pushes are refused now, in the words of the remote', async () => {
    await using place = await openGitPlace()
    await using store = await place.open()
    await place.hook('pre-receive', 'echo "closed for today" >&2; exit 1')

    const [access, write] = await store.probe()

    expect(access).toMatchObject({ check: 'access', verdict: 'failed' })
    expect(access?.detail).toContain('closed for today')
    expect(write).toMatchObject({ check: 'conditional_write', verdict: 'unknown' })
  })
})

test('an address without a path is no git store', async () => {
  for (const url of ['git+ssh://host', 'git+file://relative.git', 'git+https://host/']) {
    await expect(openStore(url)).rejects.toMatchObject({ code: 'STORE_UNSUPPORTED', exit: 2 })
  }
})
