import { describe, expect, test } from 'vitest'
import type { AcquireResult } from '../api.ts'
import { openVirtualLane } from '../testing/virtual-lane.ts'

/**
 * The definition in the store decides. Here it is a short one, and a lanes.yaml on another branch names times so long
 * that whoever followed them would lose its lease or its place.
 */
const stored = { ttlMs: 60_000, renewMs: 10_000, marginMs: 6000, waitingTtlMs: 60_000, acceptMs: 20_000 }
const elsewhere = { ttlMs: 36_000_000, renewMs: 3_600_000, waitingTtlMs: 864_000_000, acceptMs: 3_600_000 }

function openLanes() {
  const lane = openVirtualLane(stored)
  return {
    ...lane,
    usual: (name: string) => lane.open(name).lane('lane'),
    deviating: (name: string) => lane.open(name, { declares: elsewhere }).lane('lane'),
  }
}

async function release(result: AcquireResult): Promise<void> {
  if (result.outcome !== 'granted') throw new Error(`expected a lease, got ${result.outcome}`)
  await result.lease.release()
}

const attended = { resources: ['shop'], attended: true, waitMsMax: 0 } as const

describe('a lanes.yaml with longer times than the store’s definition', () => {
  test('renews as often as the store’s definition says, and never loses the lease', async () => {
    const { usual, deviating, time } = openLanes()
    await release(await usual('ben').acquire(attended))
    const result = await deviating('ana').acquire(attended)
    if (result.outcome !== 'granted') throw new Error('expected a lease')

    await time.advance(20 * stored.ttlMs)

    expect(result.lease.isHeld()).toBe(true)
    const [held] = (await usual('ben').inspect()).holders
    expect(held).toMatchObject({ claim: result.lease.claim, holder: 'cli:ana@host' })
    expect(held?.unchangedForMs).toBeLessThanOrEqual(stored.renewMs)
    await result.lease.release()
  })

  test('keeps its place in line for longer than the store’s waiting ttl, and renews once it has its turn', async () => {
    const { usual, deviating, time, document } = openLanes()
    const first = await usual('ben').acquire(attended)
    const waiting = deviating('ana').acquire({ ...attended, waitMsMax: 20 * stored.waitingTtlMs })

    await time.advance(5 * stored.waitingTtlMs)
    expect(document()?.waiting).toMatchObject([{ holder: 'cli:ana@host' }])
    await release(first)
    await time.advance(5 * stored.ttlMs)

    const result = await waiting
    expect(result.outcome).toBe('granted')
    expect(document()?.holders).toMatchObject([{ holder: 'cli:ana@host', state: 'held' }])
    expect(document()?.ended.map(({ outcome }) => outcome)).toEqual(['released'])
    await release(result)
  })

  test('says that the two differ, and holds for as long as the store’s says', async () => {
    const { usual, deviating } = openLanes()
    await release(await usual('ben').acquire(attended))

    const result = await deviating('ana').acquire({ ...attended, attended: false })

    const view = await deviating('ana').inspect()
    expect(view.definitionDiffers).toBe(true)
    expect(view.document.holders).toMatchObject([{ ttlMs: stored.ttlMs, marginMs: stored.marginMs }])
    await release(result)
  })
})
