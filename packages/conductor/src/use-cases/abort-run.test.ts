import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ConductEventBody, Plan, RunId, RunState } from '@conduct/core'
import type { Lane } from '@conduct/lanes/engine'
import type { ConductorOptions } from '../api.ts'
import { foldRun } from '../journal/fold.ts'
import type { Journal } from '../journal/journal.ts'
import { type LaneWorld, askOf, holdLane, laneWorld, noteStop, stopPartWay } from '../lane-world-fixture.ts'
import { abortRun } from './abort-run.ts'

const run = '8f2c11' as RunId
const ask = askOf(run)

let world: LaneWorld
let conductor: ConductorOptions
let lane: Lane
let journal: Journal

beforeEach(async () => {
  world = await laneWorld()
  ;({ conductor, lane } = world)
  journal = await world.journalOf(run)
})
afterEach(() => world[Symbol.asyncDispose]())

const hold = () => holdLane(world, run, journal)
const stopped = (...how: [code: string, how: Parameters<typeof noteStop>[2]]) => noteStop(journal, ...how)

/** How a run gets into each state that it can be left in; every state of the record stands here. */
const states: Readonly<Record<Exclude<RunState, 'done' | 'aborted' | 'compensated'>, () => Promise<void>>> = {
  waiting_lane: async () => {
    const other = await lane.acquire({ ...ask, run: 'other1' as RunId })
    expect(other.outcome).toBe('granted')
    const queued = await lane.acquire(ask)
    expect(queued.outcome).toBe('queued')
    await journal.append({ type: 'waiting_lane', lane: 'release_train', position: 1, holder: null })
  },
  waiting_approval: async () => {
    const lease = await hold()
    await stopped('APPROVAL_MISSING', { isPartWay: false, waitsFor: 'approval' })
    await lane.park(lease)
  },
  waiting_merge: async () => {
    await stopPartWay(world, run, journal)
    await journal.append({
      type: 'stopped',
      stop: { code: 'MERGE_PENDING', exit: 7, message: 'waits', hint: '', phase: 'adopt' },
      waitsFor: 'merge',
      next: `resume ${run}`,
      laneReleased: false,
    })
  },
  running: async () => {
    // Its process has ended without a word: the lease was given up, the journal was not.
    const lease = await hold()
    await lease.stop({ reason: 'killed' })
  },
  stopped: () => stopPartWay(world, run, journal),
}

describe('abort', () => {
  it.each(Object.keys(states) as (keyof typeof states)[])(
    'ends a run that is %s: its place, its lease and its note go, what it did stays reported',
    async (state) => {
      await states[state]()
      const before = foldRun(run, journal.records(), { launcher: 'conduct' })

      const { record, held, exit } = await abortRun(conductor, { run, reason: 'superseded' })

      expect({ held, exit, state: record.state, next: record.next }).toEqual({
        held: null,
        exit: 0,
        state: 'aborted',
        next: null,
      })
      expect(record.irreversibleDone).toBe(before.irreversibleDone)
      const { holders, waiting, notes } = await lane.inspect()
      expect([...holders, ...waiting].filter((one) => one.run === run)).toEqual([])
      expect(notes).toEqual([])
    },
  )

  it('ends a run whose way back stopped half-way', async () => {
    await stopPartWay(world, run, journal)
    await journal.append({ type: 'compensating', by: 'cli:ana@host', ways: [] })
    await stopped('UNDO_INCOMPLETE', { isPartWay: true, waitsFor: null })

    const { record, exit } = await abortRun(conductor, { run, reason: 'by hand' })

    expect({ exit, state: record.state, undone: record.undone }).toEqual({
      exit: 0,
      state: 'aborted',
      undone: 'begun',
    })
    expect((await lane.inspect()).notes).toEqual([])
  })

  it.each(['closed', 'aborted', 'compensated'] as const)(
    'has nothing to end after %s: RUN_ENDED',
    async (type) => {
      const by = 'cli:ana@host'
      if (type === 'closed') await journal.append({ type })
      else if (type === 'aborted') await journal.append({ type, by, reason: 'no' })
      else await journal.append({ type, by })

      await expect(abortRun(conductor, { run, reason: 'again' })).rejects.toMatchObject({
        code: 'RUN_ENDED',
        exit: 2,
      })
    },
  )

  it('leaves a run alone whose process is alive, and says who has it: held, exit 10', async () => {
    await using lease = await hold()

    const { held, exit, record } = await abortRun(conductor, { run, reason: 'no' })

    expect({ exit, state: record.state, holder: held?.holder?.name }).toEqual({
      exit: 10,
      state: 'running',
      holder: 'cli:ana@host',
    })
    expect(lease.signal.aborted).toBe(false)
  })

  it('works without a plan, on a run that was never more than created', async () => {
    const plan: Plan | null = foldRun(run, journal.records(), { launcher: 'conduct' }).plan

    const { record } = await abortRun(conductor, { run, reason: 'typed by mistake' })

    expect({ plan, state: record.state }).toEqual({ plan: null, state: 'aborted' })
  })

  it('names what it leaves behind where lanes.yaml has forgotten the repo, PROPOSAL_NOT_WITHDRAWN', async () => {
    await stopPartWay(world, run, journal)
    const startedAt = new Date(0).toISOString()
    const head = { phase: 'adopt', repo: 'gone', action: '', irreversible: false } as const
    const step = (kind: string) => ({ ...head, id: `${kind}:gone`, kind })
    const url = 'https://github.example/acme/gone/pull/7'
    await journal.append({
      type: 'intent',
      step: step('propose'),
      startedAt,
      facts: { commit: 'a'.repeat(40) },
    })
    await journal.append({
      type: 'proof',
      step: step('pull_request'),
      startedAt,
      state: 'done',
      evidence: '',
      facts: { number: 7, pullRequest: url },
      effect: 'done',
    })
    const events: ConductEventBody[] = []

    const { record } = await abortRun(
      { ...conductor, emit: (event) => void events.push(event) },
      { run, reason: 'no' },
    )

    const left = `lanes.yaml no longer declares it: ${url} and conduct/run-${run} stay: close and delete them by hand`
    expect(record.state).toBe('aborted')
    expect(record.steps.find(({ kind }) => kind === 'withdraw_proposal')).toMatchObject({
      repo: 'gone',
      state: 'failed',
      evidence: left,
    })
    expect(events).toContainEqual(
      expect.objectContaining({ code: 'PROPOSAL_NOT_WITHDRAWN', message: `gone: ${left}` }),
    )
  })
})
