import { expect, test } from 'vitest'
import type { Register, Store } from '../store.ts'
import { openVirtualLane } from '../testing/virtual-lane.ts'

/** A store that loses its first race, and answers so late that the call has been given up by then. */
function slowLoser(store: Store, sleep: (ms: number) => Promise<void>): Store {
  let isLost = false
  const change: Register['change'] = async (id, decide) => {
    if (isLost) return store.register.change(id, decide)
    isLost = true
    decide(null, await store.register.now())
    await sleep(30_000)
    return store.register.change(id, decide)
  }
  return { ...store, register: { ...store.register, change } }
}

test('what a given-up call wanted to write, and lost, is never taken for a state that was seen', async () => {
  const lane = openVirtualLane({ renewMs: 5000 })
  const clock = lane.time.clock()
  const store = slowLoser(lane.store, clock.sleep)
  const ben = lane.open('ben', { store, clock }).lane('lane')
  const failing = ben
    .acquire({ resources: ['shop'], attended: false, waitMsMax: 0 })
    .catch((error: unknown) => error)
  await lane.time.advance(6000)
  expect(await failing).toMatchObject({ code: 'STORE_UNREACHABLE' })

  // Ana writes the first version, another one than Ben had in mind.
  const ana = lane.open('ana').lane('lane')
  expect(await ana.acquire({ resources: ['shop'], attended: false, waitMsMax: 0 })).toMatchObject({
    outcome: 'granted',
  })
  await lane.time.advance(30_000)

  expect((await ben.inspect()).holders.map(({ holder }) => holder)).toEqual(['cli:ana@host'])
})
