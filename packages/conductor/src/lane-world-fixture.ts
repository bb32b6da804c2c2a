import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseLanesYaml } from '@conduct/config'
import type { RunId } from '@conduct/core'
import { type AcquireOptions, type Lane, openLanes, openStore, systemClock } from '@conduct/lanes/engine'
import type { ConductorOptions } from './api.ts'
import type { Journal } from './journal/journal.ts'
import { loadJournal } from './journal/journal.ts'
import type { StepHead } from './journal/journal-record.ts'

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

/** For tests: a real store and a real lane of one train, and runs whose journals say what a test wants. */
export interface LaneWorld extends AsyncDisposable {
  readonly conductor: ConductorOptions
  readonly lane: Lane
  /** The journal of a run that was created. */
  journalOf(run: RunId): Promise<Journal>
}

export async function laneWorld(): Promise<LaneWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'lane-world-'))
  const store = await openStore(`sqlite:${join(folder, 'state.db')}`)
  const { config, findings } = parseLanesYaml({ file: '/lanes.yaml', text })
  if (config === null) throw new Error(findings.map(({ message }) => message).join('\n'))
  const identity = { holder: 'cli:ana@host', person: 'ana' }
  const definitions = new Map(
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
  )
  const lanes = openLanes({ store, estate: config.estate, definitions, identity, clock: systemClock })
  return {
    lane: lanes.lane('release_train'),
    conductor: {
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
    },
    async journalOf(run) {
      const journal = await loadJournal({ log: store.log, run, clock: systemClock })
      await journal.append({
        type: 'created',
        train: 'engine',
        estate: 'acme',
        by: 'cli:ana@host',
        request: { only: null, version: null, overrides: [], acknowledged: [] },
        salt: 'salt',
      })
      return journal
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

export function askOf(run: RunId): AcquireOptions {
  return { resources: ['engine', 'shop'], run, task: 'train engine', attended: true, waitMsMax: 0 }
}

/** Takes the lane for a run and opens its journal, as a conductor does. */
export async function holdLane(world: LaneWorld, run: RunId, journal: Journal) {
  const taken = await world.lane.acquire(askOf(run))
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

const deploy: StepHead = {
  id: 'deploy:shop',
  phase: 'deploy',
  kind: 'deploy',
  repo: 'shop',
  action: 'deploy shop',
  irreversible: true,
}

export function noteStop(
  journal: Journal,
  code: string,
  how: { readonly isPartWay: boolean; readonly waitsFor: 'approval' | null },
): Promise<unknown> {
  return journal.append({
    type: 'stopped',
    stop: { code, exit: 7, message: code, hint: '', phase: 'deploy' },
    waitsFor: how.waitsFor,
    next: `resume ${journal.run}`,
    laneReleased: !how.isPartWay,
  })
}

/** A run that stopped after something irreversible: its note stands, and it keeps the lane. */
export async function stopPartWay(world: LaneWorld, run: RunId, journal: Journal): Promise<void> {
  const lease = await holdLane(world, run, journal)
  await journal.append({ type: 'intent', step: deploy, startedAt: new Date(0).toISOString(), facts: {} })
  await noteStop(journal, 'STEP_COMMAND_FAILED', { isPartWay: true, waitsFor: null })
  await world.lane.note({ run, text: 'stopped part-way' })
  await lease.keep({ reason: 'part-way' })
  await lease.stop({ reason: 'part-way' })
}
