import assert from 'node:assert/strict'
import type { Store } from '../store.ts'

/**
 * What every store must do, shown through two handles on the same place. Each scenario gets a fresh place.
 *
 * Left to tests of their own: what only one kind of store has (file modes, probes, foreign errors).
 */
export interface StoreScenario {
  readonly name: string
  /** `a` and `b` are of one estate, `other` is of another one in the same place. */
  readonly run: (handles: { readonly a: Store; readonly b: Store; readonly other: Store }) => Promise<void>
}

interface Counter {
  readonly format: 1
  readonly count: number
  readonly note?: string
}

const writersPerHandle = 20

export const storeScenarios: readonly StoreScenario[] = [
  {
    name: 'reads null for a document that does not exist, and decides on null',
    run: async ({ a, b }) => {
      assert.equal(await a.register.read('lane/x'), null)

      const seen = await b.register.change<Counter, Counter | null>('lane/x', (document) => ({
        result: document,
      }))

      assert.equal(seen, null)
      assert.equal(await a.register.read('lane/x'), null)
    },
  },
  {
    name: 'shows a write of one handle to the other at once, with a rising version',
    run: async ({ a, b }) => {
      await a.register.change('lane/x', () => ({ write: { format: 1, count: 1 }, result: null }))
      const first = await b.register.read<Counter>('lane/x')
      await b.register.change('lane/x', () => ({ write: { format: 1, count: 2 }, result: null }))
      const second = await a.register.read<Counter>('lane/x')

      assert.equal(first?.document.count, 1)
      assert.equal(second?.document.count, 2)
      assert.ok(second.version > first.version)
    },
  },
  {
    name: 'loses no increment when both handles change one document at the same time',
    run: async ({ a, b }) => {
      const writers = [a, b].flatMap((handle) => Array.from({ length: writersPerHandle }, () => handle))

      const results = await Promise.all(writers.map((handle) => increment(handle)))

      const stored = await a.register.read<Counter>('lane/x')
      assert.equal(stored?.document.count, writers.length)
      assert.equal(new Set(results).size, writers.length, 'every writer saw another count')
    },
  },
  {
    name: 'gives create-or-read one winner: the loser decides on the winner’s document',
    run: async ({ a, b }) => {
      const create = (handle: Store, note: string) =>
        handle.register.change<Counter, string>('lane/x', (document) =>
          document === null
            ? { write: { format: 1, count: 0, note }, result: note }
            : { result: document.note ?? '' },
        )

      const [left, right] = await Promise.all([create(a, 'left'), create(b, 'right')])

      assert.equal(left, right)
    },
  },
  {
    name: 'writes nothing, and no new version, for a decision without `write`',
    run: async ({ a, b }) => {
      await increment(a)
      const before = await b.register.read('lane/x')

      const result = await a.register.change('lane/x', () => ({ result: 'looked' }))

      assert.equal(result, 'looked')
      assert.deepEqual(await b.register.read('lane/x'), before)
    },
  },
  {
    name: 'writes nothing at all when a decision throws',
    run: async ({ a, b }) => {
      const failing = a.register.change('lane/x', () => {
        throw new RangeError('no')
      })

      await assert.rejects(failing, RangeError)
      assert.equal(await b.register.read('lane/x'), null)
      await increment(b)
      assert.equal((await a.register.read<Counter>('lane/x'))?.document.count, 1)
    },
  },
  {
    name: 'makes a document and its records visible together, or not at all',
    run: async ({ a, b }) => {
      await a.register.change('lane/x', () => ({
        write: { format: 1, count: 1 },
        append: [{ log: 'lane/x', seq: 1, record: { text: 'one' } }],
        result: null,
      }))
      const doubled = b.register.change('lane/x', () => ({
        write: { format: 1, count: 2 },
        append: [
          { log: 'lane/x', seq: 2, record: { text: 'two' } },
          { log: 'lane/x', seq: 1, record: { text: 'again' } },
        ],
        result: null,
      }))

      await assert.rejects(doubled)
      assert.equal((await a.register.read<Counter>('lane/x'))?.document.count, 1)
      assert.deepEqual(
        (await a.log.read('lane/x')).map((entry) => entry.record),
        [{ text: 'one' }],
      )
    },
  },
  {
    name: 'keeps fields it does not know, and refuses a newer format as STORE_NEWER',
    run: async ({ a, b }) => {
      await a.register.change('lane/x', () => ({
        write: { format: 1, count: 1, later: ['kept'] },
        result: null,
      }))
      await a.register.change('lane/new', () => ({ write: { format: 2 }, result: null }))

      assert.deepEqual((await b.register.read('lane/x'))?.document, { format: 1, count: 1, later: ['kept'] })
      await assert.rejects(b.register.read('lane/new'), { code: 'STORE_NEWER' })
      await assert.rejects(
        b.register.change('lane/new', () => ({ write: { format: 1 }, result: null })),
        { code: 'STORE_NEWER' },
      )
    },
  },
  {
    name: 'lists ids and logs by prefix, sorted, with % and _ taken literally',
    run: async ({ a, b }) => {
      for (const id of ['lane/b', 'lane/a', 'plan/1', 'lane%', 'lane_']) {
        await a.register.change(id, () => ({ write: { format: 1 }, result: null }))
        await a.log.append({ log: id, seq: 1, record: 1 })
      }

      assert.deepEqual(await b.register.list('lane/'), ['lane/a', 'lane/b'])
      assert.deepEqual(await b.register.list('lane%'), ['lane%'])
      assert.deepEqual(await b.log.list('lane_'), ['lane_'])
      assert.deepEqual(await b.log.list('plan'), ['plan/1'])
    },
  },
  {
    name: 'gives each slot of a log to one writer, also against an identical record',
    run: async ({ a, b }) => {
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          (index % 2 === 0 ? a : b).log.append({ log: 'run/1', seq: 1, record: { same: true } }),
        ),
      )

      assert.equal(outcomes.filter((outcome) => outcome === 'appended').length, 1)
      assert.equal(outcomes.filter((outcome) => outcome === 'taken').length, 9)
    },
  },
  {
    name: 'reads a log in order, from a slot on, up to a limit',
    run: async ({ a, b }) => {
      for (let seq = 1; seq <= 12; seq++) await a.log.append({ log: 'run/1', seq, record: { seq } })
      await a.log.append({ log: 'run/10', seq: 1, record: 'another log' })

      const slots = async (options?: { fromSeq?: number; limit?: number }) =>
        (await b.log.read('run/1', options)).map((entry) => entry.seq)
      assert.deepEqual(await slots(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
      assert.deepEqual(await slots({ fromSeq: 10 }), [10, 11, 12])
      assert.deepEqual(await slots({ fromSeq: 2, limit: 2 }), [2, 3])
      assert.deepEqual(await b.log.read('run/none'), [])
    },
  },
  {
    name: 'gives the members of a record back in the order in which they were written: hashes rest on it',
    run: async ({ a, b }) => {
      const record = { z: 1, a: { '10': 'ten', y: [{ c: 0.1, b: 'é' }], '2': 'two' }, m: null }
      await a.register.change('lane/x', () => ({
        write: { format: 1 },
        append: [{ log: 'lane/x', seq: 1, record }],
        result: null,
      }))
      await a.log.append({ log: 'run/1', seq: 1, record })

      for (const log of ['lane/x', 'run/1']) {
        const [entry] = await b.log.read(log)
        assert.equal(JSON.stringify(entry?.record), JSON.stringify(record))
      }
    },
  },
  {
    name: 'drops the records before a slot and nothing else, where it drops any',
    run: async ({ a, b }) => {
      for (let seq = 1; seq <= 5; seq++) await a.log.append({ log: 'run/1', seq, record: { seq } })
      await a.log.append({ log: 'run/10', seq: 1, record: 'another log' })

      await a.log.drop?.('run/1', 4)

      const left = (await b.log.read('run/1')).map((entry) => entry.seq)
      assert.deepEqual(left, a.log.drop === undefined ? [1, 2, 3, 4, 5] : [4, 5])
      assert.equal((await b.log.read('run/10')).length, 1)
    },
  },
  {
    name: 'wakes a waiter on a change, returns at once when it came already, and after the timeout without one',
    run: async ({ a, b }) => {
      await increment(a)
      const version = (await a.register.read('lane/x'))?.version ?? 0
      const woken = b.register.changed('lane/x', { version, timeoutMs: 30_000 })

      await increment(a)
      await woken
      await b.register.changed('lane/x', { version, timeoutMs: 30_000 })
      await b.register.changed('lane/x', { version: version + 1, timeoutMs: 5 })

      assert.equal((await b.register.read('lane/x'))?.version, version + 1)
    },
  },
  {
    name: 'stops waiting when the signal aborts, with its reason',
    run: async ({ a }) => {
      const controller = new AbortController()
      const waiting = a.register.changed('lane/x', {
        version: 0,
        timeoutMs: 30_000,
        signal: controller.signal,
      })

      controller.abort(new RangeError('enough'))

      await assert.rejects(waiting, RangeError)
    },
  },
  {
    name: 'keeps the estates of one place apart: neither reads, lists or wins what is the other’s',
    run: async ({ a, other }) => {
      await increment(a)
      await a.log.append({ log: 'run/1', seq: 1, record: 'mine' })

      assert.equal(await other.register.read('lane/x'), null)
      assert.deepEqual(await other.register.list(''), [])
      assert.deepEqual(await other.log.list(''), [])
      assert.equal(await other.log.append({ log: 'run/1', seq: 1, record: 'theirs' }), 'appended')
      assert.equal(await increment(other), 1)
      assert.equal(await increment(a), 2)
      assert.deepEqual(
        (await a.log.read('run/1')).map((entry) => entry.record),
        ['mine'],
      )
    },
  },
  {
    name: 'has one clock: both handles agree on its era, and it does not go back',
    run: async ({ a, b }) => {
      const first = await a.register.now()
      const inside = await b.register.change('lane/x', (_document, now) => ({ result: now }))
      const last = await a.register.now()

      assert.equal(first.era, inside.era)
      assert.ok(first.ms <= inside.ms && inside.ms <= last.ms)
    },
  },
]

function increment(handle: Store): Promise<number> {
  return handle.register.change<Counter, number>('lane/x', (document) => {
    const count = (document?.count ?? 0) + 1
    return { write: { format: 1, count }, result: count }
  })
}
