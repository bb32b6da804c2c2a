import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseLanesYaml } from '@conduct/config'
import type { Plan, RunId, RunState } from '@conduct/core'
import {
  type AcquireOptions,
  type Lane,
  type Store,
  openLanes,
  openStore,
  systemClock,
} from '@conduct/lanes/engine'
import type { ConductorOptions } from '../api.ts'
import { foldRun } from '../journal/fold.ts'
import { type Journal, loadJournal } from '../journal/journal.ts'
import type { StepHead } from '../journal/journal-record.ts'
import { abortRun } from './abort-run.ts'

const run = '8f2c11' as RunId
const text = `version: 1
estate: acme
people: { ana: {} }
repos:
  engine: { remote: "file:///nowhere/engine.git" }
  shop: { remote: "file:///nowhere/shop.git" }
lanes:
  release_train: { use: release_train, captains: [ana], lease: { ttl: 10s, renew: 1s, margin: 1s } }
trains:
  engine:
    producer: { repo: engine }
    consumers: [{ repo: shop }]
`

let folder: string
let store: Store
let conductor: ConductorOptions
let lane: Lane
let journal: Journal

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'abort-'))
  store = await openStore(`sqlite:${join(folder, 'state.db')}`)
  const { config, findings } = parseLanesYaml({ file: '/lanes.yaml', text })
  if (config === null) throw new Error(findings.map(({ message }) => message).join('\n'))
  const identity = { holder: 'cli:ana@host', person: 'ana' }
  const lanes = openLanes({
    store,
    estate: config.estate,
    definitions: new Map(
      [...config.lanes].map(([name, { lease, waiting, ...rest }]) => [
        name,
        {
          ...rest,
          ttlMs: lease.ttlMs,
          renewMs: lease.renewMs,
          marginMs: lease.marginMs,
          waitingTtlMs: waiting.ttlMs,
          waitingMax: waiting.max,
          acceptMs: waiting.acceptMs,
        },
      ]),
    ),
    identity,
    clock: systemClock,
  })
  lane = lanes.lane('release_train')
  conductor = {
    config,
    configPath: '/lanes.yaml',
    configText: text,
    store,
    lanes,
    identity,
    clock: systemClock,
    emit: () => undefined,
    cacheDir: folder,
    stateDir: folder,
    launcher: 'conduct',
    signal: new AbortController().signal,
  }
  journal = await loadJournal({ log: store.log, run, clock: systemClock })
  await journal.append({
    type: 'created',
    train: 'engine',
    estate: 'acme',
    by: 'cli:ana@host',
    request: { only: null, version: null, overrides: [], acknowledged: [] },
    salt: 'salt',
  })
})
afterEach(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
})

const ask: AcquireOptions = {
  resources: ['engine', 'shop'],
  run,
  task: 'train engine',
  attended: true,
  waitMsMax: 0,
}

const deploy: StepHead = {
  id: 'deploy:shop',
  phase: 'deploy',
  kind: 'deploy',
  repo: 'shop',
  action: 'deploy shop',
  irreversible: true,
}

async function hold() {
  const taken = await lane.acquire(ask)
  if (taken.outcome !== 'granted') throw new Error(`the lane is ${taken.outcome}`)
  await journal.open(taken.lease.token, {
    type: 'opened',
    kind: 'run',
    holder: 'cli:ana@host',
    lane: 'release_train',
    resources: taken.lease.resources,
    waitedMs: 0,
    configCommit: null,
  })
  return taken.lease
}

function stopped(code: string, how: { readonly isPartWay: boolean; readonly waitsFor: 'approval' | null }) {
  return journal.append({
    type: 'stopped',
    stop: { code, exit: 7, message: code, hint: '', phase: 'deploy' },
    waitsFor: how.waitsFor,
    next: `resume ${run}`,
    laneReleased: !how.isPartWay,
  })
}

async function stopPartWay(): Promise<void> {
  const lease = await hold()
  await journal.append({ type: 'intent', step: deploy, startedAt: new Date(0).toISOString(), facts: {} })
  await stopped('STEP_COMMAND_FAILED', { isPartWay: true, waitsFor: null })
  await lane.note({ run, text: 'stopped part-way' })
  await lease.keep({ reason: 'part-way' })
  await lease.stop({ reason: 'part-way' })
}

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
    await stopPartWay()
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
  stopped: stopPartWay,
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
    await stopPartWay()
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
})
