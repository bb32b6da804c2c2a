import { expect, test } from 'vitest'
import { checkpointEvery } from '../core/history.ts'
import type { Lane } from '../api.ts'
import { openVirtualLane } from '../testing/virtual-lane.ts'
import { retentionMs } from './retention.ts'

const asked = { resources: ['shop'], waitMsMax: 0, attended: false } as const

async function fill(lane: Lane, records: number): Promise<void> {
  for (let index = 0; index < records; index += 2) {
    const result = await lane.acquire(asked)
    if (result.outcome !== 'granted') throw new Error(result.outcome)
    await result.lease.release()
  }
}

test('history older than 180 days goes at a checkpoint, nothing younger does, and the rest still replays', async () => {
  const { time, open } = openVirtualLane()
  const lane = open('ana').lane('lane')
  await fill(lane, checkpointEvery + 2)
  await time.advance(retentionMs / 2)
  await fill(lane, checkpointEvery)
  expect((await lane.history())[0]?.seq).toBe(1)
  expect(await lane.verifyHistory()).toMatchObject({ isIntact: true, records: 2 * checkpointEvery + 2 })

  await time.advance(retentionMs / 2 + 1000)
  await fill(lane, checkpointEvery)

  // The first checkpoint after record 1 is old; the second one is half as old as it may be.
  expect((await lane.history())[0]?.seq).toBe(checkpointEvery + 1)
  expect(await lane.verifyHistory()).toMatchObject({ isIntact: true, problem: null })
  await time.advance(retentionMs)
  await fill(lane, checkpointEvery)
  expect((await lane.history())[0]?.seq).toBe(3 * checkpointEvery + 1)
  expect(await lane.verifyHistory()).toMatchObject({ isIntact: true, problem: null })
})
