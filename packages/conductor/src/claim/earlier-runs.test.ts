import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunId } from '@conduct/core'
import type { Journey } from '../journey.ts'
import type { Journal } from '../journal/journal.ts'
import { type LaneWorld, askOf, holdLane, laneWorld, stopPartWay } from '../lane-world-fixture.ts'
import { refuseStopped } from './earlier-runs.ts'

const earlier = '8f2c11' as RunId
const later = '9a0d22' as RunId

let world: LaneWorld
let journal: Journal

beforeEach(async () => {
  world = await laneWorld()
  journal = await world.journalOf(earlier)
})
afterEach(() => world[Symbol.asyncDispose]())

/** Another run, right before it asks for the lane. */
function asking(more: { readonly acknowledged?: readonly string[]; readonly train?: string } = {}): Journey {
  const { conductor, lane } = world
  return {
    kind: 'run',
    run: later,
    lane,
    context: { ...conductor, trainName: more.train ?? 'engine' },
    request: { acknowledged: more.acknowledged ?? [] },
  } as unknown as Journey
}

const holdersNow = async () => (await world.lane.inspect()).holders.map(({ run }) => run)

describe('a run that stopped part-way and keeps the lane', () => {
  it('is not stood in line for: RUN_UNFINISHED at once, with the command that takes it further', async () => {
    await stopPartWay(world, earlier, journal)

    await expect(refuseStopped(asking(), ['engine'])).rejects.toMatchObject({
      code: 'RUN_UNFINISHED',
      exit: 3,
      next: `conduct resume ${earlier}`,
      hint: `Resume it, abort it, or run again with --acknowledge ${earlier}.`,
    })
    expect((await world.lane.inspect()).waiting).toEqual([])
    expect(await holdersNow()).toEqual([earlier])
  })

  it('is nobody’s business on another train over other repos', async () => {
    await stopPartWay(world, earlier, journal)

    await refuseStopped(asking({ train: 'parts' }), ['admin'])

    expect(await holdersNow()).toEqual([earlier])
  })

  it('gives the lane up at once when it is acknowledged by name, and keeps its note', async () => {
    await stopPartWay(world, earlier, journal)

    await refuseStopped(asking({ acknowledged: [earlier] }), ['engine', 'shop'])

    expect(await holdersNow()).toEqual([])
    expect((await world.lane.inspect()).notes).toMatchObject([{ run: earlier }])
    expect((await world.lane.acquire(askOf(later))).outcome).toBe('granted')
  })

  it('keeps the lane from those who acknowledge it while it is being resumed', async () => {
    await stopPartWay(world, earlier, journal)
    const resumed = await world.lane.acquire({ ...askOf(earlier), resumes: earlier, formerMsMax: 1000 })
    if (resumed.outcome !== 'granted') throw new Error(`the lane is ${resumed.outcome}`)
    await using lease = resumed.lease

    await refuseStopped(asking({ acknowledged: [earlier] }), ['engine', 'shop'])

    expect(lease.signal.aborted).toBe(false)
    expect(await holdersNow()).toEqual([earlier])
  })
})

it('one that travels right now, noted as it acts, is stood in line for', async () => {
  await using lease = await holdLane(world, earlier, journal)
  await world.lane.note({ run: earlier, text: 'something irreversible was begun' })

  await refuseStopped(asking(), ['engine'])

  expect(lease.signal.aborted).toBe(false)
})

it('a resume is refused by nobody’s note before it has its own lane', async () => {
  await stopPartWay(world, earlier, journal)

  await refuseStopped({ ...asking(), kind: 'resume', run: earlier }, ['engine'])

  expect(await holdersNow()).toEqual([earlier])
})
