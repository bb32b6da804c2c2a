import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConductError, type RunId } from '@conduct/core'
import { type Lane, openLanes, openStore, type Store, systemClock } from '@conduct/lanes/engine'
import { usualDefinition } from '@conduct/lanes/lane-definitions'
import type { TrainContext } from './context.ts'
import { journalWithCrashPoints } from './crash-points.ts'
import { foldRun } from './journal/fold.ts'
import { type Journal, loadJournal } from './journal/journal.ts'
import { type Effect, type Observation, type Step, takeStep } from './step.ts'
import { type Travel, startTravel } from './travel.ts'

const definition = { ...usualDefinition, acceptMs: 60_000, takeoverDelayMs: 0 }

const run = '8f2c11' as RunId

describe('a step', () => {
  let folder: string
  let store: Store
  let lane: Lane
  let journal: Journal
  let travel: Travel
  let points: string[]
  /** The world outside: what the step is about. */
  let world: string
  let acts: number

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'step-'))
    store = await openStore(`sqlite:${join(folder, 'state.db')}`)
    const lanes = openLanes({
      store,
      estate: 'acme',
      definitions: new Map([['release_train', definition]]),
      identity: { holder: 'cli:ana@host', person: 'ana' },
      clock: systemClock,
    })
    lane = lanes.lane('release_train')
    points = []
    journal = await startJournal()
    travel = await start('run')
    world = 'before'
    acts = 0
  })
  afterEach(async () => {
    await travel.lease[Symbol.asyncDispose]()
    await store[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  async function startJournal(): Promise<Journal> {
    const opened = await loadJournal({ log: store.log, run, clock: systemClock })
    if (opened.records().length === 0) {
      await opened.append({
        type: 'created',
        train: 'engine',
        estate: 'acme',
        by: 'cli:ana@host',
        request: { only: null, version: null, overrides: [], acknowledged: [] },
        salt: 'salt',
      })
    }
    return journalWithCrashPoints(opened, (point) => points.push(point))
  }

  async function start(kind: 'run' | 'resume', signal = new AbortController().signal): Promise<Travel> {
    const acquired = await lane.acquire({
      resources: ['engine'],
      run,
      attended: true,
      waitMsMax: 0,
      ...(kind === 'resume' ? { resumes: run } : {}),
    })
    if (acquired.outcome !== 'granted') throw new Error(`the lane is not ours: ${acquired.outcome}`)
    const { lease } = acquired
    await journal.open(lease.token, {
      type: 'opened',
      kind,
      holder: 'cli:ana@host',
      lane: 'release_train',
      resources: lease.resources,
      waitedMs: 0,
      configCommit: null,
    })
    const context = {
      clock: systemClock,
      emit: () => undefined,
      signal,
      trainName: 'engine',
      hit: (point: string) => points.push(point),
    } as unknown as TrainContext
    return startTravel({ context, run, journal, lane, lease })
  }

  const seen = (): Observation => {
    if (world === 'after') return { state: 'goal', evidence: 'it is after' }
    if (world === 'before') return { state: 'expected', evidence: 'it is before' }
    if (world === 'hidden') return { state: 'unknown', evidence: 'the target did not answer' }
    return { state: 'other', evidence: `it is ${world}: carl moved it` }
  }

  function step(effect: Partial<Effect> = {}): Step {
    return {
      id: 'publish:engine',
      phase: 'publish',
      kind: 'publish',
      repo: 'engine',
      action: 'publish engine',
      irreversible: true,
      observe: () => Promise.resolve(seen()),
      effect: {
        timeoutMs: 1000,
        observationIsImmediate: true,
        act: () => {
          acts += 1
          world = 'after'
          return Promise.resolve({ outcome: 'acted' })
        },
        ...effect,
      },
    }
  }

  const record = () => foldRun(run, journal.records(), { launcher: 'conduct' })
  const types = () => journal.records().map((entry) => entry.type)

  it('at the goal: records it as already and does nothing', async () => {
    world = 'after'

    const done = await takeStep(travel, step())

    expect({ state: done.state, acts }).toEqual({ state: 'already', acts: 0 })
    expect(types()).toEqual(['created', 'opened', 'proof'])
    expect(record().irreversibleDone).toBe(false)
  })

  it('as expected: intent, effect, proof, with the lane kept before the first irreversible effect', async () => {
    const done = await takeStep(travel, step())

    expect({ state: done.state, acts }).toEqual({ state: 'done', acts: 1 })
    expect(types()).toEqual(['created', 'opened', 'kept', 'intent', 'proof'])
    expect(points).toEqual([
      'keep:before',
      'keep:acted',
      'keep:proved',
      'publish:before',
      'publish:intended',
      'publish:acted',
      'publish:proved',
    ])
    expect((await lane.inspect()).notes).toMatchObject([{ run }])
    expect(record().irreversibleDone).toBe(true)
  })

  it('something else: EXPECTED_STATE says what moved it, and nothing is done', async () => {
    world = 'elsewhere'

    await expect(takeStep(travel, step())).rejects.toMatchObject({ code: 'EXPECTED_STATE', exit: 13 })
    expect(acts).toBe(0)
    expect(record().steps[0]).toMatchObject({ state: 'failed', evidence: 'it is elsewhere: carl moved it' })
    expect(record().irreversibleDone).toBe(false)
  })

  it('unreadable: OUTCOME_UNKNOWN, taken neither as the goal nor as expected', async () => {
    world = 'hidden'

    await expect(takeStep(travel, step())).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', exit: 30 })
    expect(acts).toBe(0)
    expect(record().steps[0]?.state).toBe('unknown')
    expect(record().irreversibleDone).toBe(false)
  })

  it('an irreversible effect whose outcome nobody can read counts as done', async () => {
    const act = () => {
      acts += 1
      world = 'hidden'
      return Promise.reject(new ConductError('REGISTRY_UNREACHABLE', 'the answer got lost'))
    }

    await expect(takeStep(travel, step({ act }))).rejects.toThrow('the answer got lost')
    expect(acts).toBe(1)
    expect(record().irreversibleDone).toBe(true)
  })

  it('an effect that threw and happened all the same is done', async () => {
    const act = () => {
      acts += 1
      world = 'after'
      return Promise.reject(new ConductError('REGISTRY_UNREACHABLE', 'the answer got lost'))
    }

    const done = await takeStep(travel, step({ act }))

    expect(done.state).toBe('done')
    expect(record().irreversibleDone).toBe(true)
  })

  it('a target that compared and refused leaves nothing irreversible behind', async () => {
    const act = () => Promise.reject(new ConductError('PUBLISH_AUTH', 'who are you?'))
    const harmlessErrors = ['PUBLISH_AUTH'] as const

    await expect(takeStep(travel, step({ act, harmlessErrors }))).rejects.toMatchObject({
      code: 'PUBLISH_AUTH',
    })
    expect(record().steps[0]).toMatchObject({ state: 'failed', attempts: 1 })
    expect(record().irreversibleDone).toBe(false)
  })

  it('a registry that lags proves nothing by not showing it yet', async () => {
    const act = () => Promise.reject(new ConductError('REGISTRY_UNREACHABLE', 'no answer'))

    await expect(takeStep(travel, step({ act, observationIsImmediate: false }))).rejects.toThrow('no answer')
    expect(record().irreversibleDone).toBe(true)
  })

  it('preconditions are read again right before the effect, and none of it starts when they fail', async () => {
    const preconditions = () => Promise.reject(new ConductError('EXPECTED_STATE', 'gone'))

    await expect(takeStep(travel, step({ preconditions }))).rejects.toThrow('gone')
    expect(acts).toBe(0)
    expect(types()).not.toContain('intent')
  })

  it('a forced lane refuses the effect: LEASE_LOST, and nothing more is written', async () => {
    const holders = await lane.inspect()
    await lane.forceRelease({ token: holders.holders[0]?.token ?? 0, reason: 'test' })

    await expect(takeStep(travel, step())).rejects.toMatchObject({ exit: 11 })
    expect(acts).toBe(0)
    expect(types()).not.toContain('proof')
  })

  it('an older writer is refused before its effect once another has opened the journal', async () => {
    const older = travel
    await older.lease.stop({ reason: 'test' })
    const newer = await loadJournal({ log: store.log, run, clock: systemClock })
    const mine = journal
    journal = newer
    travel = await start('resume')
    const stale: Travel = {
      ...older,
      journal: mine,
      lease: travel.lease,
      keepLane: () => Promise.resolve(),
    }

    await expect(takeStep(stale, step())).rejects.toMatchObject({ code: 'JOURNAL_TAKEN_OVER', exit: 11 })
    expect(acts).toBe(0)
  })

  it('an interrupted run starts no effect: INTERRUPTED', async () => {
    const interruption = new AbortController()
    await travel.lease.release()
    travel = await start('resume', interruption.signal)
    interruption.abort()

    await expect(takeStep(travel, step())).rejects.toMatchObject({ code: 'INTERRUPTED', exit: 8 })
    expect(acts).toBe(0)
  })
})
