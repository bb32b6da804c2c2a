import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LaneOrder } from '../document.ts'
import { driveLane, type LaneDriver, toClaim } from './testing/lane-driver.ts'

/** Counts overtakes from outside: who stood in line before whom, and who got its turn first. */
interface Oracle {
  /** How often each claim was passed by a later one that wants something of the same. */
  readonly passes: Map<string, number>
  observe(lane: LaneDriver): void
}

function watchOvertaking(): Oracle {
  const arrivals: { readonly claim: string; readonly resources: readonly string[]; isWaiting: boolean }[] = []
  const passes = new Map<string, number>()
  let read = 0
  return {
    passes,
    observe(lane) {
      for (const record of lane.records.slice(read)) {
        for (const { claim, change, resources } of record.effects) {
          const index = arrivals.findIndex((arrival) => arrival.claim === claim)
          const known = arrivals[index]
          if (change === 'queued') arrivals.push({ claim, resources, isWaiting: true })
          else if (known !== undefined) known.isWaiting = false
          if (change !== 'granted' && change !== 'offered') continue
          const earlier = index === -1 ? arrivals : arrivals.slice(0, index)
          for (const other of earlier) {
            if (!other.isWaiting || !other.resources.some((resource) => resources.includes(resource)))
              continue
            passes.set(other.claim, (passes.get(other.claim) ?? 0) + 1)
          }
        }
      }
      read = lane.records.length
    },
  }
}

/** Random traffic: many claims over four resources, each accepted and released at random moments. */
function runTraffic(order: LaneOrder, choices: readonly Choice[]): Oracle {
  const lane = driveLane({ order })
  const oracle = watchOvertaking()
  let next = 0
  for (const choice of choices) {
    lane.advance(1)
    const holders = lane.document?.holders ?? []
    const held = holders[choice.pick % Math.max(1, holders.length)]
    if (choice.kind === 'arrive' || held === undefined) lane.acquire(`c${next++}`, choice.resources)
    else if (held.state === 'offered') lane.accept(held.claim)
    else lane.release(held.claim)
    oracle.observe(lane)
  }
  return oracle
}

interface Choice {
  readonly kind: 'arrive' | 'go on'
  readonly resources: readonly string[]
  readonly pick: number
}

const traffic = fc.array(
  fc.record({
    kind: fc.constantFrom('arrive' as const, 'go on' as const, 'go on' as const),
    resources: fc.subarray(['a', 'b', 'c', 'd'], { minLength: 1 }),
    pick: fc.nat(20),
  }),
  { minLength: 20, maxLength: 120, size: 'max' },
)

test('strict: no later conflicting claim ever passes', () => {
  fc.assert(
    fc.property(traffic, (choices) => {
      expect([...runTraffic('strict', choices).passes.values()]).toEqual([])
    }),
    { numRuns: 100 },
  )
})

test('strict, two slots: whoever passes leaves a place for everybody ahead who wants the same', () => {
  let passed = 0

  fc.assert(
    fc.property(traffic, (choices) => {
      const lane = driveLane({ limit: 2 })
      let next = 0
      let read = 0
      for (const choice of choices) {
        const line = lane.document?.waiting ?? []
        const held = lane.document?.holders[choice.pick % Math.max(1, lane.document.holders.length)]
        if (choice.kind === 'arrive' || held === undefined) lane.acquire(`c${next++}`, choice.resources)
        else if (held.state === 'offered') lane.accept(held.claim)
        else lane.release(held.claim)
        const effects = lane.records.slice(read).flatMap((record) => record.effects)
        read = lane.records.length
        for (const { claim, change, resources } of effects) {
          if (change !== 'granted' && change !== 'offered') continue
          const place = line.findIndex((waiting) => waiting.claim === claim)
          const ahead = (place === -1 ? line : line.slice(0, place)).filter(
            (waiting) => lane.waiting(waiting.claim) !== undefined,
          )
          for (const resource of resources) {
            const wanting = ahead.filter((waiting) => waiting.resources.includes(resource)).length
            const holders =
              lane.document?.holders.filter((holder) => holder.resources.includes(resource)) ?? []
            expect(2 - holders.length).toBeGreaterThanOrEqual(wanting)
            passed += wanting
          }
        }
      }
    }),
    { numRuns: 100 },
  )

  expect(passed).toBeGreaterThan(0)
})

test.each([1, 2, 4])('bounded %i: a claim is passed at most that often', (limit) => {
  let highest = 0

  fc.assert(
    fc.property(traffic, (choices) => {
      const worst = Math.max(0, ...runTraffic({ bounded: limit }, choices).passes.values())
      highest = Math.max(highest, worst)
      expect(worst).toBeLessThanOrEqual(limit)
    }),
    { numRuns: 100 },
  )

  expect(highest).toBe(limit)
})

test('eager lets a set starve behind singles, which bounded prevents (control)', () => {
  const starve = (order: LaneOrder): { readonly passes: number; readonly isWaiting: boolean } => {
    const lane = driveLane({ order })
    const oracle = watchOvertaking()
    lane.acquire('first', ['a'])
    lane.acquire('set', ['a', 'b'])
    let holder = 'first'
    for (let turn = 0; turn < 500; turn += 1) {
      const single = `single${turn}`
      lane.acquire(single, [turn % 2 === 0 ? 'b' : 'a'])
      lane.release(holder)
      lane.accept(single)
      oracle.observe(lane)
      if (lane.held(single) === undefined) break
      holder = single
    }
    return { passes: oracle.passes.get('set') ?? 0, isWaiting: lane.waiting('set') !== undefined }
  }

  expect(starve('eager')).toEqual({ passes: 500, isWaiting: true })
  expect(starve({ bounded: 4 })).toEqual({ passes: 4, isWaiting: false })
  expect(starve('strict')).toEqual({ passes: 0, isWaiting: false })
})

test('with several slots a later claim may take a place that nobody before it needs', () => {
  const lane = driveLane({ limit: 2 })
  lane.acquire('a1', ['a'])
  lane.acquire('b1', ['b'])
  lane.acquire('b2', ['b'])
  lane.acquire('set', ['a', 'b'])

  lane.acquire('a2', ['a'])
  expect(lane.waiting('a2')).toBeDefined()
  lane.release('a1')
  lane.acquire('a3', ['a'])

  expect(lane.held('a2')?.state).toBe('offered')
  expect(lane.waiting('a3')).toBeDefined()
  lane.release('b1')
  expect(lane.held('set')?.state).toBe('offered')
})

test('a claim that a captain moved ahead does not count as overtaking', () => {
  const lane = driveLane({ order: { bounded: 1 } })
  lane.acquire('a')
  lane.acquire('b')
  lane.acquire('c')
  lane.acquire('d')

  lane.run({ kind: 'move', claim: toClaim('d'), before: null, by: 'ana' })
  lane.release('a')

  expect(lane.held('d')?.state).toBe('offered')
  expect(lane.waiting('b')?.overtaken).toBe(0)
})
