import { expect, test } from 'vitest'
import type { Store } from '../store.ts'
import { openVirtualLane } from '../testing/virtual-lane.ts'

/** A store that never says that something has changed: only time passes. */
function withoutHints(store: Store, sleep: (ms: number, signal?: AbortSignal) => Promise<void>): Store {
  const { register } = store
  return {
    ...store,
    register: { ...register, changed: (_id, { timeoutMs, signal }) => sleep(timeoutMs, signal) },
  }
}

test('a release right after a look is found by the next poll, when no hint ever comes', async () => {
  const lane = openVirtualLane()
  const clock = lane.time.clock()
  const first = await lane
    .open('ana')
    .lane('lane')
    .acquire({
      resources: ['shop'],
      attended: true,
      waitMsMax: 0,
    })
  if (first.outcome !== 'granted') throw new Error('the lane was free')
  let grantedMs: number | null = null
  const waiting = lane
    .open('ben', { store: withoutHints(lane.store, clock.sleep), clock })
    .lane('lane')
    .acquire({ resources: ['shop'], attended: true, waitMsMax: 600_000 })
    .then((result) => {
      grantedMs = lane.time.nowMs()
      return result
    })
  await lane.time.advance(50)

  await first.lease.release()
  const releasedMs = lane.time.nowMs()
  await lane.time.advance(lane.store.pollMs)

  expect(grantedMs).not.toBeNull()
  expect((grantedMs ?? Infinity) - releasedMs).toBeLessThanOrEqual(lane.store.pollMs)
  const result = await waiting
  if (result.outcome === 'granted') await result.lease.release()
})
