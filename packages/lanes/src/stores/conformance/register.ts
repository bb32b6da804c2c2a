import assert from 'node:assert/strict'
import type { Store } from '../../store.ts'
import { type Counter, increment, type StoreScenario } from './scenario.ts'

const writersPerHandle = 20

export const registerScenarios: readonly StoreScenario[] = [
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
]
