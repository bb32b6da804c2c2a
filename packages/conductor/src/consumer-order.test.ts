import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HaltedError, type OrderedConsumer, travelInOrder } from './consumer-order.ts'

const chain: readonly OrderedConsumer[] = [
  { name: 'shop', after: [] },
  { name: 'admin', after: ['shop'] },
  { name: 'mobile', after: [] },
]

describe('travelling in order', () => {
  it('starts nobody before those it comes after have arrived, and everybody else at once', async () => {
    const started: string[] = []
    const arrive = new Map<string, () => void>()

    const travelling = travelInOrder({
      consumers: chain.toReversed(),
      onFailure: 'stop_new',
      atOnceMax: 64,
      travel: (name) => {
        started.push(name)
        return new Promise((resolve) => arrive.set(name, resolve))
      },
    })
    await settled()
    expect(started.toSorted()).toEqual(['mobile', 'shop'])
    arrive.get('shop')?.()
    await settled()
    expect(started.at(-1)).toBe('admin')
    arrive.get('admin')?.()
    arrive.get('mobile')?.()

    const arrivals = await travelling
    expect(arrivals.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'mobile arrived',
      'admin arrived',
      'shop arrived',
    ])
  })

  it('holds back those after a failed one even when the others continue', async () => {
    const arrivals = await travelInOrder({
      consumers: chain,
      onFailure: 'continue',
      atOnceMax: 64,
      travel: (name) => (name === 'shop' ? Promise.reject(new Error('broken')) : Promise.resolve()),
    })

    expect(arrivals).toMatchObject([
      { name: 'shop', state: 'failed' },
      { name: 'admin', state: 'held_back', because: 'shop' },
      { name: 'mobile', state: 'arrived' },
    ])
  })

  it('stops those under way between two phases with stop_all, and lets them finish with stop_new', async () => {
    for (const onFailure of ['stop_all', 'stop_new'] as const) {
      const arrivals = await travelInOrder({
        consumers: [
          { name: 'shop', after: [] },
          { name: 'mobile', after: [] },
        ],
        onFailure,
        atOnceMax: 64,
        travel: async (name, halt) => {
          if (name === 'shop') throw new Error('broken')
          await settled()
          if (halt.aborted) throw new HaltedError()
        },
      })

      expect(arrivals[1]?.state).toBe(onFailure === 'stop_all' ? 'held_back' : 'arrived')
    }
  })

  it('gives one arrival per consumer for any order without a cycle, and never breaks the order', async () => {
    const graph = fc.array(fc.array(fc.nat({ max: 11 }), { maxLength: 3 }), { minLength: 1, maxLength: 12 })

    await fc.assert(
      fc.asyncProperty(graph, fc.integer({ min: 1, max: 4 }), async (edges, atOnceMax) => {
        const consumers = edges.map((after, index) => ({
          name: String(index),
          after: [...new Set(after.filter((other) => other < index).map(String))],
        }))
        const arrived = new Set<string>()
        let atOnce = 0

        const arrivals = await travelInOrder({
          consumers,
          onFailure: 'stop_new',
          atOnceMax,
          travel: async (name) => {
            atOnce += 1
            expect(atOnce).toBeLessThanOrEqual(atOnceMax)
            for (const before of consumers[Number(name)]?.after ?? []) expect(arrived.has(before)).toBe(true)
            await settled()
            atOnce -= 1
            arrived.add(name)
          },
        })

        expect(arrivals.map(({ name, state }) => `${name} ${state}`)).toEqual(
          consumers.map(({ name }) => `${name} arrived`),
        )
      }),
      { numRuns: 50 },
    )
  })
})

/** Lets everything that is ready run. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve()
}
