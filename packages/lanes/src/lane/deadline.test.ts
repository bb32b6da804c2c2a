import type { Clock } from '@conduct/core'
import { expect, test } from 'vitest'
import type { Lease } from '../api.ts'
import { openLanes } from '../open-lanes.ts'
import type { Store, StoreTime } from '../store.ts'
import { quickDefinition } from '../testing/lane-definitions.ts'

/** A clock that stands still until it is moved. Its sleepers never wake: nothing renews by itself here. */
interface HandClock extends Clock {
  advance(ms: number, options?: { readonly asleep: boolean }): void
}

const usefulMs = quickDefinition.ttlMs - quickDefinition.marginMs

test('the deadline counts from before the write was sent, however late its answer comes', async () => {
  const clock = handClock()
  const store = slowStore(clock, usefulMs - 10_000)
  const lease = await hold(clock, store)

  expect(lease.isHeld()).toBe(true)
  clock.advance(9999)
  expect(lease.isHeld()).toBe(false)
  await expect(lease.guard({ name: 'late', timeoutMs: 1 }, async () => 'ran')).rejects.toMatchObject({
    code: 'LEASE_LOST',
  })
})

test('the deadline is checked again right before the effect, after everything that was awaited', async () => {
  const clock = handClock()
  const lease = await hold(clock, slowStore(clock, 0))
  let isRun = false

  const guarded = lease.guard(
    { name: 'effect', timeoutMs: 1, beforeAct: async () => clock.advance(usefulMs) },
    async () => {
      isRun = true
    },
  )

  await expect(guarded).rejects.toMatchObject({ code: 'LEASE_LOST' })
  expect(isRun).toBe(false)
})

test('time that passes while the machine sleeps counts against the lease', async () => {
  const clock = handClock()
  const lease = await hold(clock, slowStore(clock, 0))

  clock.advance(usefulMs, { asleep: true })

  expect(lease.isHeld()).toBe(false)
})

test('an effect that may outlive a lease that nothing renews is not begun', async () => {
  const clock = handClock()
  const lease = await hold(clock, slowStore(clock, 0))
  const effect = { name: 'long', timeoutMs: usefulMs + 1 }

  await expect(lease.guard(effect, async () => 'ran')).rejects.toMatchObject({ code: 'LEASE_TOO_SHORT' })
})

async function hold(clock: Clock, store: Store): Promise<Lease> {
  const lanes = openLanes({
    store,
    estate: 'test',
    definitions: new Map([['lane', quickDefinition]]),
    identity: { holder: 'cli:ana@host', person: 'ana' },
    clock,
  })
  const result = await lanes.lane('lane').acquire({ resources: ['shop'], waitMsMax: 0, attended: false })
  if (result.outcome !== 'granted') throw new Error(`the lane is ${result.outcome}`)
  return result.lease
}

function handClock(): HandClock {
  let [monotonicMs, bootMs] = [1000, 1000]
  return {
    wallMs: () => bootMs,
    monotonicMs: () => monotonicMs,
    bootMs: () => bootMs,
    sleep: (_ms, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason))
      }),
    after: () => () => undefined,
    advance: (ms, options) => {
      bootMs += ms
      if (options?.asleep !== true) monotonicMs += ms
    },
  }
}

/** A store in memory whose answers take that long to come back after they are true. */
function slowStore(clock: HandClock, answerMs: number): Store {
  const documents = new Map<string, unknown>()
  const now = (): StoreTime => ({ ms: clock.bootMs(), era: 'boot', wallMs: clock.wallMs() })
  return {
    kind: 'sqlite',
    url: 'memory:slow',
    estate: null,
    timekeeping: 'store_clock',
    pollMs: 1000,
    probe: async () => [],
    register: {
      read: (async (id) => {
        const document = documents.get(id)
        return document === undefined ? null : { document, version: documents.size }
      }) as Store['register']['read'],
      change: async <Document, Result>(id: string, decide: DecideOf<Document, Result>) => {
        const decision = decide((documents.get(id) as Document | undefined) ?? null, now())
        if (decision.write !== undefined) documents.set(id, decision.write)
        clock.advance(answerMs)
        return decision.result
      },
      list: async () => [...documents.keys()],
      changed: async () => undefined,
      now: async () => now(),
    },
    log: { append: async () => 'appended', read: async () => [], list: async () => [] },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

type DecideOf<Document, Result> = (
  document: Document | null,
  now: StoreTime,
) => { readonly write?: Document; readonly result: Result }
