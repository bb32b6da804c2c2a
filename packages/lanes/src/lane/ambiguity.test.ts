import { isConductError } from '@conduct/core'
import { describe, expect, test } from 'vitest'
import { checkHistory, findLostClaims } from '../core/index.ts'
import { type Fault, makeFaulty } from '../testing/faulty-store.ts'
import { openVirtualLane } from '../testing/virtual-lane.ts'

/** Property 9: stores that act and fail the answer, fail before acting or act late, 30 % of the time. */
const contenders = 4
const roundsEach = 12
const advancesMax = 4000

describe('unknown answers', () => {
  test.each([1, 2, 3, 4, 5, 6])('give no double grant, no false loss and no leak (seed %i)', async (seed) => {
    const lane = openVirtualLane({ ttlMs: 60_000, renewMs: 5000, marginMs: 4000, waitingTtlMs: 600_000 })
    const random = seeded(seed)
    const faults: Fault[] = ['fails_before', 'fails_after', 'acts_late']
    const seen = new Map<string, number>()
    let inside = 0
    let overlaps = 0
    let falseLosses = 0
    let grants = 0
    let running = contenders
    const tokens: number[] = []

    const contend = async (name: string): Promise<void> => {
      const clock = lane.time.clock()
      const store = makeFaulty(lane.store, {
        nextFault: () => {
          if (random() >= 0.3) return null
          const fault = faults[Math.floor(random() * faults.length)] ?? null
          seen.set(String(fault), (seen.get(String(fault)) ?? 0) + 1)
          return fault
        },
        lateMs: () => random() * 3000,
        sleep: clock.sleep,
      })
      const mine = lane.open(name, { store, clock }).lane('lane')
      for (let round = 0; round < roundsEach; round++) {
        try {
          const result = await mine.acquire({ resources: ['shop'], attended: true, waitMsMax: 600_000 })
          if (result.outcome !== 'granted') continue
          const { lease } = result
          grants += 1
          tokens.push(lease.token)
          await lease.guard({ name: 'effect', timeoutMs: 1000 }, async () => {
            inside += 1
            if (inside > 1) overlaps += 1
            await clock.sleep(random() * 12_000)
            inside -= 1
          })
          const isStillOurs = lane.document()?.holders.some((held) => held.claim === lease.claim) === true
          if (lease.signal.aborted && isStillOurs) falseLosses += 1
          await lease.release()
        } catch (error) {
          if (!isConductError(error, 'STORE_UNREACHABLE') && !isConductError(error, 'LEASE_LOST')) throw error
        }
      }
      running -= 1
    }

    const all = Promise.all(Array.from({ length: contenders }, (_, index) => contend(`c${index}`)))
    // oxlint-disable-next-line no-unmodified-loop-condition -- the contenders count it down
    for (let step = 0; step < advancesMax && running > 0; step++) await lane.time.advance(1000)
    await all
    await lane.time.advance(700_000)
    const judge = lane.open('judge').lane('lane')
    await judge.acquire({ resources: ['probe'], attended: false, waitMsMax: 0 })

    const document = lane.document()
    const history = await judge.history()
    const alive = new Set(
      [...(document?.holders ?? []), ...(document?.waiting ?? [])].map(({ claim }) => claim),
    )
    expect(overlaps).toBe(0)
    expect(falseLosses).toBe(0)
    expect(grants).toBeGreaterThan(contenders * 4)
    expect(new Set(tokens).size).toBe(tokens.length)
    expect([...seen.keys()].sort()).toEqual(['acts_late', 'fails_after', 'fails_before'])
    expect(document?.holders.map((held) => held.resources)).toEqual([['probe']])
    expect(document?.waiting).toEqual([])
    expect(checkHistory(history)).toEqual([])
    expect(findLostClaims(history, alive)).toEqual([])
    expect(await judge.verifyHistory()).toMatchObject({ isIntact: true })
  })

  test('an acquire without an answer is settled by asking again: the same claim, not a second one', async () => {
    const lane = openVirtualLane()
    const clock = lane.time.clock()
    let isCut = true
    const store = makeFaulty(lane.store, {
      nextFault: () => (isCut ? 'fails_after' : null),
      lateMs: () => 0,
      sleep: clock.sleep,
    })
    const mine = lane.open('ana', { store, clock }).lane('lane')
    const question = { resources: ['shop'], attended: true, waitMsMax: 0 } as const
    const failing = mine.acquire(question).catch((error: unknown) => error)
    await lane.time.advance(10_000)
    expect(await failing).toMatchObject({ code: 'STORE_UNREACHABLE', exit: 30 })
    expect(lane.document()?.holders).toHaveLength(1)

    isCut = false
    const result = await mine.acquire(question)

    expect(result.outcome).toBe('granted')
    expect(lane.document()?.holders).toHaveLength(1)
    if (result.outcome === 'granted') await result.lease.release()
  })
})

describe('a store that cannot be reached', () => {
  test('never says held or free: every question is answered STORE_UNREACHABLE, exit 30', async () => {
    const { store: inner, open, time } = openVirtualLane()
    const hanging = <Result>(): Promise<Result> => new Promise(() => undefined)
    const store = {
      ...inner,
      register: { ...inner.register, read: hanging, change: hanging, now: hanging },
      log: { ...inner.log, read: hanging },
    } as typeof inner
    const lane = open('captain', { store, clock: time.clock() }).lane('lane')
    const proof = { claim: 'c' as never, secret: 's' }
    const questions: readonly (() => Promise<unknown>)[] = [
      () => lane.acquire({ resources: ['shop'], attended: false, waitMsMax: 0 }),
      () => lane.acquire({ resources: ['shop'], attended: true, waitMsMax: 60_000 }),
      () => lane.inspect(),
      () => lane.history(),
      () => lane.verifyHistory(),
      () => lane.renew(proof),
      () => lane.release(proof),
      () => lane.leave(proof),
      () => lane.forceRelease({ token: 1, reason: 'x' }),
      () => lane.pause({ reason: 'x' }),
    ]

    for (const question of questions) {
      const answer = question().catch((error: unknown) => error)
      await time.advance(120_000)
      expect(await answer).toMatchObject({ code: 'STORE_UNREACHABLE', exit: 30, retryable: true })
    }
  })
})

/** Property 6: with every hint dropped, a release at any point of an enqueue still hands over within one poll. */
describe('no wakeup is lost', () => {
  const callsMax = 12

  test.each(Array.from({ length: callsMax }, (_, index) => index))(
    'when the holder releases right before call %i of the one who joins',
    async (releaseAt) => {
      const lane = openVirtualLane()
      const first = await lane
        .open('ana')
        .lane('lane')
        .acquire({ resources: ['shop'], attended: true, waitMsMax: 0 })
      if (first.outcome !== 'granted') throw new Error('expected a lease')
      const { lease } = first
      let calls = 0
      let releasedMs: number | null = null
      const before = async (): Promise<void> => {
        if (calls++ !== releaseAt) return
        await lease.release()
        releasedMs = lane.time.nowMs()
      }
      const { register } = lane.store
      const store = {
        ...lane.store,
        register: {
          ...register,
          read: async (id: string) => (await before(), register.read(id)),
          change: async (...args: Parameters<typeof register.change>) => (
            await before(),
            register.change(...args)
          ),
          changed: async (...args: Parameters<typeof register.changed>) => (
            await before(),
            register.changed(...args)
          ),
        },
      } as typeof lane.store
      const clock = lane.time.clock()
      const waiting = lane
        .open('ben', { store, clock })
        .lane('lane')
        .acquire({ resources: ['shop'], attended: true, waitMsMax: 600_000 })
        .then((result) => ({ result, grantedMs: lane.time.nowMs() }))

      await lane.time.advance(20_000)
      const { result, grantedMs } = await waiting

      expect(result.outcome).toBe('granted')
      expect(releasedMs).not.toBeNull()
      expect(grantedMs - (releasedMs ?? 0)).toBeLessThanOrEqual(1000)
      if (result.outcome === 'granted') await result.lease.release()
    },
  )
})

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}
