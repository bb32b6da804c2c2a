import { claimOfSecret, type LaneDefinition } from '@conduct/lanes/engine'
import { afterAll, describe, expect, test } from 'vitest'
import { judge } from './judge.ts'
import { laneOf } from './lane-of.ts'
import { shortLease } from './lease-terms.ts'
import { closeServers, openPlace, placeKinds, roundsOf } from './places.ts'
import { secretOfWaiter, seedLine } from './seeded-line.ts'

/** Property 5 at length: 10,000 waiters on a real store, seeded in one write; each ends in exactly one outcome. */
const waiters = 10_000
const definition: LaneDefinition = {
  ...shortLease,
  ttlMs: 600_000,
  renewMs: 10_000,
  marginMs: 60_000,
  acceptMs: 300_000,
  waitingTtlMs: 86_400_000,
  // The first decision gives the first of them its turn.
  waitingMax: waiters - 1,
}

afterAll(closeServers)

describe.each(placeKinds)('a line of 10,000 on $kind', (kind) => {
  test('moves on in order, refuses one too many, and each waiter ends in one outcome', async () => {
    const turns = roundsOf(kind, { usual: 5, long: 300 })
    await using place = await openPlace(kind.kind)
    await using store = await place.open({ callMsMax: 60_000 })
    await seedLine(store, { lane: 'lane', definition, waiters, holderOf: (index) => `test:w${index}` })
    const lane = laneOf(store, definition)
    const captain = laneOf(store, definition, 'test:captain')
    const question = { resources: ['shop'], attended: false, waitMsMax: 60_000 }
    const beside = await lane.acquire({ ...question, resources: ['beside'], waitMsMax: 0 })
    const tooMany = await lane.acquire({ ...question, waitMsMax: 0 })

    for (let turn = 0; turn < turns; turn++) {
      const result = await laneOf(store, definition, `test:w${turn}`).acquire({
        ...question,
        secret: secretOfWaiter(turn),
      })
      if (result.outcome !== 'granted') throw new Error(`waiter ${turn} was ${result.outcome}`)
      expect(result.lease.claim).toBe(claimOfSecret(secretOfWaiter(turn)))
      await result.lease.release()
    }
    await lane.leave({
      claim: claimOfSecret(secretOfWaiter(waiters - 1)),
      secret: secretOfWaiter(waiters - 1),
    })
    // Nobody comes any more: one decision ends them all.
    await captain.apply({ ...definition, waitingTtlMs: 1 })
    await lane.acquire({ ...question, resources: ['other'], waitMsMax: 0, whenHeld: 'fail' })

    expect(beside.outcome).toBe('granted')
    expect(tooMany).toMatchObject({ outcome: 'refused', because: 'line_full' })
    const { history, problems } = await judge(lane)
    expect(problems).toEqual([])
    const outcomes = new Map<string, number>()
    for (const { change } of history.flatMap(({ effects }) => effects)) {
      outcomes.set(change, (outcomes.get(change) ?? 0) + 1)
    }
    const { holders, waiting } = (await lane.inspect()).document
    const ended =
      (outcomes.get('released') ?? 0) + (outcomes.get('expired') ?? 0) + (outcomes.get('left') ?? 0)
    expect(outcomes.get('released')).toBe(turns)
    expect(outcomes.get('left')).toBe(1)
    // The last turn is still offered.
    expect(waiting).toEqual([])
    expect(holders.filter(({ state }) => state === 'offered')).toHaveLength(1)
    expect(ended).toBe(waiters - 1)
  })
})
