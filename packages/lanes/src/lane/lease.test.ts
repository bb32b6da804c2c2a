import { isConductError } from '@conduct/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AcquireResult, Lease } from '../api.ts'
import { makeFaulty } from '../testing/faulty-store.ts'
import { defaultLease, openVirtualLane } from '../testing/virtual-lane.ts'
import { stopMs } from './lease-state.ts'

const attended = { resources: ['shop'], waitMsMax: 0, attended: true } as const

function leaseOf(result: AcquireResult): Lease {
  if (result.outcome !== 'granted') throw new Error(`expected a lease, got ${result.outcome}`)
  return result.lease
}

/** A lane whose store can be cut off, and a holder with a clock of its own. */
function openCutLane(rate = 1) {
  const lane = openVirtualLane()
  const clock = lane.time.clock({ rate })
  let isCut = false
  const store = makeFaulty(lane.store, {
    nextFault: () => (isCut ? 'fails_before' : null),
    lateMs: () => 0,
    sleep: clock.sleep,
  })
  return {
    ...lane,
    clock,
    holder: lane.open('ana', { store, clock }).lane('lane'),
    cut: (isCutNow: boolean) => {
      isCut = isCutNow
    },
  }
}

describe('a lease', () => {
  test('renews itself for as long as it is held', async () => {
    const { time, holder, document } = openCutLane()
    const lease = leaseOf(await holder.acquire(attended))

    await time.advance(10 * defaultLease.ttlMs)

    expect(lease.isHeld()).toBe(true)
    expect(document()?.holders).toMatchObject([{ claim: lease.claim, token: lease.token }])
    await lease.release()
  })

  test('is lost at its deadline when it cannot be renewed: the signal aborts and no effect starts', async () => {
    const { time, holder, cut } = openCutLane()
    const lease = leaseOf(await holder.acquire(attended))
    cut(true)
    const usable = defaultLease.ttlMs - defaultLease.marginMs - stopMs(defaultLease)

    await time.advance(usable - 1)
    expect(lease.isHeld()).toBe(true)
    expect(lease.signal.aborted).toBe(false)
    await time.advance(2)

    expect(lease.signal.aborted).toBe(true)
    expect(lease.signal.reason).toMatchObject({ code: 'LEASE_LOST', exit: 11 })
    await expect(lease.guard({ name: 'x', timeoutMs: 1 }, async () => 1)).rejects.toMatchObject({
      code: 'LEASE_LOST',
    })
  })

  test('counts its deadline from before the renewal was sent, not from the answer', async () => {
    const lane = openVirtualLane()
    const clock = lane.time.clock()
    const slow = {
      ...lane.store,
      register: {
        ...lane.store.register,
        change: async (...args: Parameters<typeof lane.store.register.change>) => {
          const result = await lane.store.register.change(...args)
          await clock.sleep(8000)
          return result
        },
      },
    } as typeof lane.store
    const startMs = clock.monotonicMs()
    const acquiring = lane.open('ana', { store: slow, clock }).lane('lane').acquire(attended)
    await lane.time.advance(8000)

    const lease = leaseOf(await acquiring)

    expect(lease.deadline().monotonicMs).toBeLessThanOrEqual(startMs + 840_000)
    expect(lease.deadline().monotonicMs).toBeGreaterThan(startMs + 839_000)
    const releasing = lease.release()
    await lane.time.advance(8000)
    expect(await releasing).toBe('released')
  })

  test('is lost after the machine slept past the deadline, before any timer fires', async () => {
    const { time, holder, clock } = openCutLane()
    const lease = leaseOf(await holder.acquire(attended))
    let isCalled = false

    clock.suspend(defaultLease.ttlMs)
    await time.advance(defaultLease.ttlMs - 1)

    const effect = lease.guard({ name: 'publish', timeoutMs: 1 }, async () => {
      isCalled = true
    })
    await expect(effect).rejects.toMatchObject({ code: 'LEASE_LOST' })
    expect(isCalled).toBe(false)
  })

  test('awaits nothing between the check of the deadline and the effect', async () => {
    const { holder, clock } = openCutLane()
    const lease = leaseOf(await holder.acquire(attended))
    const order: string[] = []
    const watched = lease.guard(
      {
        name: 'x',
        timeoutMs: 1,
        renewFirst: true,
        beforeAct: async () => {
          order.push('before')
        },
      },
      async ({ token }) => {
        order.push('effect')
        return token
      },
    )
    const readMonotonic = clock.monotonicMs
    Object.assign(clock, {
      monotonicMs: () => {
        order.push('check')
        void Promise.resolve().then(() => order.push('turn'))
        return readMonotonic()
      },
    })

    expect(await watched).toBe(lease.token)
    Object.assign(clock, { monotonicMs: readMonotonic })

    expect(order.indexOf('before')).toBe(0)
    const effectAt = order.indexOf('effect')
    expect(order[effectAt - 1]).toBe('check')
    await lease.release()
  })

  test('LEASE_TOO_SHORT: without renewal, an effect that could outlive the lease is not started', async () => {
    const { time, holder } = openCutLane()
    const lease = leaseOf(await holder.acquire({ ...attended, attended: false }))
    await time.advance(defaultLease.ttlMs / 2)

    const long = lease.guard({ name: 'long', timeoutMs: defaultLease.ttlMs / 2 }, async () => 'ran')
    await expect(long).rejects.toMatchObject({ code: 'LEASE_TOO_SHORT', exit: 11 })
    expect(await lease.guard({ name: 'short', timeoutMs: 1000 }, async () => 'ran')).toBe('ran')
  })

  test('a renewal that is refused before an irreversible effect stops it', async () => {
    const { open, holder } = openCutLane()
    const lease = leaseOf(await holder.acquire(attended))
    let isCalled = false
    const effect = lease.guard(
      {
        name: 'publish',
        timeoutMs: 1,
        renewFirst: true,
        beforeAct: async () => {
          await open('captain').lane('lane').forceRelease({ token: lease.token, reason: 'stuck' })
        },
      },
      async () => {
        isCalled = true
      },
    )

    await expect(effect).rejects.toMatchObject({ code: 'LEASE_LOST', exit: 11 })
    expect(isCalled).toBe(false)
  })

  test('a renewal that was on its way before an effect was intended does not let it start', async () => {
    const { time, store, open } = openVirtualLane()
    const clock = time.clock()
    let writes = 0
    const slow = {
      ...store,
      register: {
        ...store.register,
        change: async (...args: Parameters<typeof store.register.change>) => {
          writes += 1
          const result = await store.register.change(...args)
          await clock.sleep(8000)
          return result
        },
      },
    } as typeof store
    const acquiring = open('ana', { store: slow, clock }).lane('lane').acquire(attended)
    await time.advance(8000)
    const lease = leaseOf(await acquiring)
    writes = 0
    const started: string[] = []
    const begin = (name: string) =>
      lease
        .guard({ name, timeoutMs: 1, renewFirst: true }, async () => started.push(name))
        .then(
          () => 'done',
          (error: unknown) => (isConductError(error) ? error.code : error),
        )

    const first = begin('first')
    await time.advance(2000)
    const others = [begin('second'), begin('third')]
    await open('captain').lane('lane').forceRelease({ token: lease.token, reason: 'stuck' })
    await time.advance(14_000)

    expect(await first).toBe('done')
    expect(await Promise.all(others)).toEqual(['LEASE_LOST', 'LEASE_LOST'])
    expect(started).toEqual(['first'])
    // Two renewals, and the holder's word that nothing runs any more.
    expect(writes).toBe(3)
  })

  test('release waits for running effects and for the renewal in flight, then compares', async () => {
    const { time, holder, clock, document } = openCutLane()
    const lease = leaseOf(await holder.acquire(attended))
    let isDone = false
    const effect = lease.guard({ name: 'x', timeoutMs: 10_000 }, async () => {
      await clock.sleep(5000)
      isDone = true
    })
    const released = lease.release().then((outcome) => ({ outcome, isDone }))

    await time.advance(4000)
    expect(document()?.holders).toHaveLength(1)
    await expect(lease.guard({ name: 'y', timeoutMs: 1 }, async () => 1)).rejects.toMatchObject({
      code: 'LEASE_LOST',
    })
    await time.advance(2000)

    expect(await released).toEqual({ outcome: 'released', isDone: true })
    await effect
    expect(document()?.holders).toHaveLength(0)
  })
})

/** Property 7. What the store grants ends at renewedAt + ttl in true time; every effect must start before. */
async function lateStarts(options: {
  readonly rate: number
  readonly steps: readonly { readonly ms: number; readonly what: 'run' | 'cut' | 'mend' | 'suspend' }[]
}): Promise<number> {
  const lane = openCutLane(options.rate)
  const lease = leaseOf(await lane.holder.acquire(attended))
  let late = 0
  const tryEffect = async (): Promise<void> => {
    const ends = (lane.document()?.holders[0]?.renewedAt.ms ?? 0) + defaultLease.ttlMs
    const effect = lease.guard({ name: 'effect', timeoutMs: 1 }, async () => {
      if (lane.time.nowMs() >= ends) late += 1
    })
    await effect.catch((error: unknown) => {
      if (!isConductError(error, 'LEASE_LOST')) throw error
    })
  }
  for (const { ms, what } of options.steps) {
    if (what === 'cut') lane.cut(true)
    if (what === 'mend') lane.cut(false)
    if (what === 'suspend') lane.clock.suspend(ms)
    for (let part = 0; part < 20; part++) {
      await lane.time.advance(ms / 20)
      await tryEffect()
    }
  }
  lane.cut(false)
  const closing = lease[Symbol.asyncDispose]()
  await lane.time.advance(30_000)
  await closing
  return late
}

describe('the holder stops first', () => {
  const step = fc.record({
    ms: fc.integer({ min: 1000, max: 600_000 }),
    what: fc.constantFrom('run', 'cut', 'cut', 'mend', 'suspend'),
  })

  test('with clocks 5 % off, cut off and put to sleep, its last effect starts before the lease ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0.95, max: 1.05, noNaN: true }),
        fc.array(step, { minLength: 1, maxLength: 6 }),
        async (rate, steps) => {
          expect(await lateStarts({ rate, steps })).toBe(0)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('control: a clock that is 20 % slow starts effects too late', async () => {
    const steps = [{ ms: 1_200_000, what: 'cut' }] as const

    expect(await lateStarts({ rate: 0.8, steps })).toBeGreaterThan(0)
  })
})
