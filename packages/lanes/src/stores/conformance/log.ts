import assert from 'node:assert/strict'
import type { StoreScenario } from './scenario.ts'

export const logScenarios: readonly StoreScenario[] = [
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
]
