import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConductError } from '@conduct/core'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { AcquireResult, Lane, Lease } from '../api.ts'
import { checkHistory } from '../core/index.ts'
import type { Store } from '../store.ts'
import { openVirtualHost } from '../testing/virtual-host.ts'
import { defaultLease, openVirtualLane, type VirtualLane } from '../testing/virtual-lane.ts'
import { pollMsLocal } from '../store.ts'

const { ttlMs, marginMs, renewMs } = defaultLease
const hourMs = 3_600_000
const attended = { resources: ['shop'], waitMsMax: 0, attended: true } as const
const lapseMs = ttlMs + marginMs

let state: string
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'conduct-seen-'))
  vi.stubEnv('XDG_STATE_HOME', state)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(state, { recursive: true, force: true })
})

function leaseOf(result: AcquireResult): Lease {
  if (result.outcome !== 'granted') throw new Error(`expected a lease, got ${result.outcome}`)
  return result.lease
}

/** A holder whose machine can be cut off from the store: as good as dead for everybody else. */
async function holdElsewhere(
  virtual: VirtualLane,
  options: Partial<Parameters<typeof openVirtualHost>[1]> = {},
) {
  let isCut = false
  const host = openVirtualHost(virtual, {
    name: 'far',
    offsetMs: 77 * hourMs,
    ...options,
    wrap: (inner) => cuttable(inner, () => isCut),
  })
  const lease = leaseOf(await host.lane.acquire(attended))
  return {
    ...host,
    lease,
    cut: (): void => {
      isCut = true
    },
  }
}

function cuttable(inner: Store, isCut: () => boolean): Store {
  const change: Store['register']['change'] = async (id, decide) => {
    if (isCut()) throw new ConductError('STORE_UNREACHABLE', 'cut off by the test')
    return inner.register.change(id, decide)
  }
  return { ...inner, register: { ...inner.register, change } }
}

async function grantedAfterMs(virtual: VirtualLane, lane: Lane, limitMs: number): Promise<number> {
  const startedMs = virtual.time.nowMs()
  const seen: { atMs: number | null } = { atMs: null }
  const wait = async (): Promise<void> => {
    const result = await lane.acquire({ ...attended, attended: false, waitMsMax: limitMs * 2 })
    if (result.outcome === 'granted') seen.atMs = virtual.time.nowMs()
  }
  const waiting = wait()
  for (let passedMs = 0; passedMs < limitMs * 3; passedMs += 500) await virtual.time.advance(500)
  await waiting
  if (seen.atMs === null) throw new Error('never granted')
  return seen.atMs - startedMs
}

describe('a store without a clock', () => {
  test.each([
    ['an hour ahead', hourMs],
    ['an hour behind', -hourMs],
  ])(
    'takes over after ttl + margin since the last beat was first seen, and within two polls of that (wall clock %s)',
    async (_name, wrongMs) => {
      const virtual = openVirtualLane()
      const far = await holdElsewhere(virtual, { wrongMs })
      far.cut()
      const near = openVirtualHost(virtual, { name: 'near', offsetMs: -5 * hourMs })
      await virtual.time.advance(ttlMs)

      // The beat is old when it is first seen: nobody here can know that.
      const tookMs = await grantedAfterMs(virtual, near.lane, lapseMs + 2 * pollMsLocal)

      expect(tookMs).toBeGreaterThanOrEqual(lapseMs)
      expect(tookMs).toBeLessThanOrEqual(lapseMs + 2 * pollMsLocal)
      expect(far.lease.isHeld()).toBe(false)
    },
  )

  test('never takes over while the holder renews, however long it is watched', async () => {
    const virtual = openVirtualLane()
    const far = await holdElsewhere(virtual)
    const near = openVirtualHost(virtual, { name: 'near' })
    const waiting = near.lane.acquire({ ...attended, waitMsMax: 5 * lapseMs })

    await virtual.time.advance(4 * lapseMs)
    expect(far.lease.isHeld()).toBe(true)
    await virtual.time.advance(2 * lapseMs)

    expect((await waiting).outcome).toBe('queued')
    const closing = far.lease[Symbol.asyncDispose]()
    await virtual.time.advance(1000)
    await closing
  })

  test('a busy line is no sign of life of the holder: its own beat counts', async () => {
    const virtual = openVirtualLane()
    const far = await holdElsewhere(virtual)
    const near = openVirtualHost(virtual, { name: 'near' })
    const busy = openVirtualHost(virtual, { name: 'busy' })
    far.cut()
    const waiting = near.lane.acquire({ ...attended, attended: false, waitMsMax: 2 * lapseMs })
    for (let passedMs = 0; passedMs < lapseMs + 2 * pollMsLocal; passedMs += 20_000) {
      const place = await busy.lane.acquire({ ...attended, attended: false })
      if (place.outcome === 'queued') await busy.lane.leave(place)
      await virtual.time.advance(20_000)
    }

    const result = await waiting
    expect(result.outcome).toBe('granted')
    expect(checkHistory(await near.lane.history())).toEqual([])
  })

  test('shows a late beat as suspect before any takeover, and for how long instead of until when', async () => {
    const virtual = openVirtualLane()
    const far = await holdElsewhere(virtual)
    const near = openVirtualHost(virtual, { name: 'near' })
    await near.lane.inspect()
    await virtual.time.advance(renewMs)
    const [beating] = (await near.lane.inspect()).holders
    far.cut()
    await virtual.time.advance(4 * renewMs)
    const [late] = (await near.lane.inspect()).holders

    expect(beating).toMatchObject({ expiresAt: null, suspect: false })
    expect(late).toMatchObject({ expiresAt: null, suspect: true, unchangedForMs: 4 * renewMs })
  })

  test('commands that come and go add up what they saw, where the host remembers it', async () => {
    const virtual = openVirtualLane()
    const far = await holdElsewhere(virtual)
    far.cut()
    const near = openVirtualHost(virtual, { name: 'near', timekeeping: 'host_observation' })
    await near.openAgain().inspect()

    await virtual.time.advance(lapseMs - 1)
    const early = await near.openAgain().acquire({ ...attended, whenHeld: 'fail' })
    await virtual.time.advance(1)
    const due = await near.openAgain().acquire(attended)

    expect(early).toMatchObject({ outcome: 'refused', because: 'held' })
    expect(leaseOf(due).token).toBeGreaterThan(far.lease.token)
  })

  test('and do not where one process has to keep watching', async () => {
    const virtual = openVirtualLane()
    const far = await holdElsewhere(virtual)
    far.cut()
    const near = openVirtualHost(virtual, { name: 'near' })
    await near.openAgain().inspect()

    await virtual.time.advance(2 * lapseMs)

    expect(await near.openAgain().acquire({ ...attended, whenHeld: 'fail' })).toMatchObject({
      outcome: 'refused',
    })
  })

  test('what was seen in another boot of this host counts for nothing', async () => {
    const virtual = openVirtualLane()
    const far = await holdElsewhere(virtual)
    far.cut()
    const before = openVirtualHost(virtual, { name: 'near', timekeeping: 'host_observation' })
    await before.openAgain().inspect()
    await virtual.time.advance(lapseMs)
    const after = openVirtualHost(virtual, { name: 'near-again', timekeeping: 'host_observation' })

    expect(await after.lane.acquire({ ...attended, whenHeld: 'fail' })).toMatchObject({ outcome: 'refused' })
  })

  test('an offer, a pause and a quiet time set on one host end on another after their whole length', async () => {
    const virtual = openVirtualLane()
    const far = await holdElsewhere(virtual, { name: 'captain' })
    const near = openVirtualHost(virtual, { name: 'near', offsetMs: -9 * hourMs })
    const place = await near.lane.acquire({ ...attended, attended: false })
    if (place.outcome !== 'queued') throw new Error('far holds')
    await far.lane.pause({ reason: 'freeze', untilMs: 100_000 })
    await far.lane.forceRelease({ token: far.lease.token, reason: 'stuck' })
    far.cut()

    await near.lane.inspect()
    await virtual.time.advance(99_999)
    expect((await near.lane.inspect()).paused).not.toBeNull()
    await virtual.time.advance(1)
    const offered = near.lane.acquire({
      ...attended,
      attended: false,
      secret: place.secret,
      waitMsMax: 60_000,
    })
    await virtual.time.advance(60_000)

    expect((await offered).outcome).toBe('granted')
  })

  test('with clocks 5 % off, cut off, asleep and awake again, at most one holds at any time', async () => {
    const step = fc.record({
      ms: fc.integer({ min: 1000, max: 700_000 }),
      what: fc.constantFrom('run', 'cut', 'mend', 'suspend', 'again'),
      who: fc.integer({ min: 0, max: 2 }),
    })
    const rate = fc.double({ min: 0.95, max: 1.05, noNaN: true })
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(rate, rate, rate),
        fc.array(step, { minLength: 4, maxLength: 14 }),
        async (rates, steps) => {
          const seen = await holdersAtOnce(rates, steps)

          expect(seen.most).toBeLessThanOrEqual(1)
          expect(seen.problems).toEqual([])
        },
      ),
      { numRuns: 25 },
    )
  })

  test('control: a watcher whose clock is 20 % fast takes over from a slow holder that is cut off too early', async () => {
    const steps = [
      { ms: 1000, what: 'run', who: 0 },
      { ms: 1000, what: 'cut', who: 0 },
      { ms: 810_000, what: 'run', who: 0 },
      { ms: 100_000, what: 'run', who: 0 },
    ] as const

    const seen = await holdersAtOnce([0.8, 1.2, 1.2], steps)

    expect(seen.most).toBe(2)
  })
})

/** Three machines that all want the lane all the time. What is counted is who would start an effect right now. */
async function holdersAtOnce(
  rates: readonly number[],
  steps: readonly { readonly ms: number; readonly what: string; readonly who: number }[],
): Promise<{ readonly most: number; readonly problems: readonly string[] }> {
  const virtual = openVirtualLane()
  const leases: (Lease | null)[] = rates.map(() => null)
  const cut = rates.map(() => false)
  const hosts = rates.map((rate, index) =>
    openVirtualHost(virtual, {
      name: `host-${index}`,
      rate,
      offsetMs: index * 31 * hourMs,
      wrap: (inner) => cuttable(inner, () => cut[index] === true),
    }),
  )
  const over = new AbortController()
  const want = async (index: number): Promise<void> => {
    while (!over.signal.aborted) {
      try {
        const waitMsMax = 100 * lapseMs
        const result = await hosts[index]?.lane.acquire({ ...attended, waitMsMax, signal: over.signal })
        if (result?.outcome === 'granted') leases[index] = result.lease
        if (result?.outcome === 'granted') return
      } catch {
        await hosts[index]?.clock.sleep(5000)
      }
    }
  }
  const wanting = rates.map((_rate, index) => want(index))
  let most = 0
  const look = (): void => {
    most = Math.max(most, leases.filter((lease) => lease?.isHeld() === true).length)
  }
  for (const { ms, what, who } of steps) {
    if (what === 'cut') cut[who] = true
    if (what === 'mend') cut[who] = false
    if (what === 'suspend') hosts[who]?.clock.suspend(ms)
    if (what === 'again' && leases[who]?.isHeld() === false) wanting.push(want(who))
    for (let part = 0; part < 25; part++) {
      await virtual.time.advance(ms / 25)
      look()
    }
  }
  cut.fill(false)
  over.abort(new Error('the test is over'))
  const closing = Promise.all([
    ...wanting.map((wish) => wish.catch(() => undefined)),
    ...leases.flatMap((lease) => (lease === null ? [] : [lease[Symbol.asyncDispose]()])),
  ])
  await virtual.time.advance(1_300_000)
  // Whoever got the lane meanwhile gives it back too.
  const late = Promise.all(leases.flatMap((lease) => (lease === null ? [] : [lease[Symbol.asyncDispose]()])))
  await virtual.time.advance(1_300_000)
  await Promise.all([closing, late])
  const history = await hosts[0]?.lane.history()
  return { most, problems: checkHistory(history ?? []) }
}
