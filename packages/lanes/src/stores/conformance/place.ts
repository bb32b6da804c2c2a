import assert from 'node:assert/strict'
import { increment, type StoreScenario } from './scenario.ts'

export const placeScenarios: readonly StoreScenario[] = [
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
