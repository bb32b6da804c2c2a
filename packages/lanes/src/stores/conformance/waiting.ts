import assert from 'node:assert/strict'
import { increment, type StoreScenario } from './scenario.ts'

export const waitingScenarios: readonly StoreScenario[] = [
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
]
