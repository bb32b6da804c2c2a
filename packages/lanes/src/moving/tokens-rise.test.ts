import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConductError, type ErrorCode, isConductError } from '@conduct/core'
import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Lane } from '../api.ts'
import { checkHistory } from '../core/index.ts'
import { openLanes } from '../open-lanes.ts'
import type { Store } from '../store.ts'
import { quickDefinition } from '../testing/lane-definitions.ts'
import { makeMemoryPlace, type MemoryPlace, openMemoryStore } from '../testing/memory-store.ts'
import { makeVirtualTime, type VirtualTime } from '../testing/virtual-time.ts'
import { exportEstate } from './export-estate.ts'
import { importEstate, takeBackEstate } from './import-estate.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conduct-rise-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const definitions = new Map([['lane', quickDefinition]])
const resources = ['shop', 'admin'] as const

/** Two stores that go back, an estate that moves between them, and a machine that remembers what it saw. */
interface World {
  readonly time: VirtualTime
  readonly places: readonly [Place, Place]
  current: 0 | 1
  readonly granted: { readonly resource: string; readonly token: number }[]
  readonly happened: Set<string>
  /** Of every claim that was held on to. */
  readonly secrets: Map<string, string>
}

interface Place {
  readonly memory: MemoryPlace
  readonly store: Store
  saved: Pick<MemoryPlace, 'documents' | 'logs'> | null
}

type Step =
  | { readonly kind: 'use' | 'hold'; readonly resource: (typeof resources)[number] }
  | { readonly kind: 'release' | 'renew' | 'move' | 'stay' | 'rest' | 'look_back' }
  | { readonly kind: 'save' | 'restore' | 'restore_document'; readonly place: 0 | 1 }
  | { readonly kind: 'recover'; readonly force: boolean }

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('use', 'hold'), resource: fc.constantFrom(...resources) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constantFrom('release', 'renew', 'move', 'stay', 'rest', 'look_back') }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('save', 'restore', 'restore_document'),
      place: fc.constantFrom<(0 | 1)[]>(0, 1),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('recover'), force: fc.boolean() }) },
)

function makeWorld(): World {
  const time = makeVirtualTime()
  const makePlace = (name: string): Place => {
    const memory = makeMemoryPlace({ now: time.storeTime, sleep: time.clock().sleep })
    return { memory, store: { ...openMemoryStore(memory), url: `memory:${name}` }, saved: null }
  }
  return {
    time,
    places: [makePlace('a'), makePlace('b')],
    current: 0,
    granted: [],
    happened: new Set(),
    secrets: new Map(),
  }
}

function laneOf(world: World, store = world.places[world.current].store): Lane {
  const identity = { holder: 'cli:captain@host', person: 'captain' }
  return openLanes({
    store,
    estate: 'test',
    definitions,
    identity,
    clock: world.time.clock(),
    renewal: 'inline',
  }).lane('lane')
}

async function take(world: World, step: Step): Promise<void> {
  const lane = laneOf(world)
  switch (step.kind) {
    case 'use':
    case 'hold': {
      const secret = `secret ${world.granted.length}`
      const own = step.kind === 'hold' ? { secret } : { whenHeld: 'fail' as const }
      const answer = await lane.acquire({ resources: [step.resource], waitMsMax: 0, attended: false, ...own })
      if (answer.outcome !== 'granted') return
      const { claim, token } = answer.lease
      world.granted.push({ resource: step.resource, token })
      world.secrets.set(claim, secret)
      if (step.kind === 'use') await answer.lease.release()
      return
    }
    case 'release':
    case 'renew': {
      const view = await lane.inspect()
      const [held] = view.holders
      if (held === undefined) return
      await lane[step.kind]({ claim: held.claim, secret: world.secrets.get(held.claim) ?? '' })
      return
    }
    case 'rest':
      return world.time.advance(quickDefinition.takeoverDelayMs)
    case 'recover':
      await lane.recover({ reason: 'it went back', force: step.force })
      return
    case 'move':
    case 'stay':
      return move(world, step.kind)
    case 'look_back': {
      const left = world.places[world.current === 0 ? 1 : 0]
      if (!world.happened.has('moved')) return
      const answer = await laneOf(world, left.store).acquire({
        resources: ['shop'],
        waitMsMax: 0,
        attended: false,
      })
      throw new Error(`the store that was left answered ${answer.outcome}`)
    }
    case 'save':
    case 'restore':
    case 'restore_document':
      return goBack(world.places[step.place], step.kind)
    default:
      return step satisfies never
  }
}

/** `stay`: exported, and taken back after all. */
async function move(world: World, how: 'move' | 'stay'): Promise<void> {
  const from = world.places[world.current]
  const target = world.current === 0 ? 1 : 0
  const to = world.places[target]
  const path = join(folder, 'estate.lanes')
  const options = { estate: 'test', definitions, clock: world.time.clock(), by: 'captain', path }
  const exported = await exportEstate({ ...options, store: from.store, movingTo: to.store.url })
  if (exported.outcome === 'held') return
  try {
    if (how === 'stay') throw new ConductError('IMPORT_REFUSED', 'not wanted')
    await importEstate({ ...options, store: to.store })
  } catch (error) {
    if (!isConductError(error, 'IMPORT_REFUSED')) throw error
    await takeBackEstate({ ...options, store: from.store })
    world.happened.add('taken back')
    return
  }
  world.current = target
  world.happened.add('moved')
}

function goBack(place: Place, kind: 'save' | 'restore' | 'restore_document'): void {
  const { memory, saved } = place
  if (kind === 'save') {
    const logs = new Map([...memory.logs].map(([log, slots]) => [log, new Map(slots)]))
    place.saved = { documents: new Map(memory.documents), logs }
    return
  }
  if (saved === null) return
  replace(memory.documents, saved.documents)
  if (kind === 'restore')
    replace(memory.logs, new Map([...saved.logs].map(([log, slots]) => [log, new Map(slots)])))
}

function replace<Key, Value>(map: Map<Key, Value>, by: ReadonlyMap<Key, Value>): void {
  map.clear()
  for (const [key, value] of by) map.set(key, value)
}

/** What a step may be refused with; anything else is a bug. */
const refusals: readonly ErrorCode[] = [
  'STORE_BEHIND',
  'STORE_MOVED',
  'IMPORT_REFUSED',
  'LEASE_LOST',
  'LANE_REQUEST',
]

async function runAll(world: World, all: readonly Step[]): Promise<void> {
  for (const step of all) {
    try {
      await take(world, step)
    } catch (error) {
      const code = isConductError(error) ? error.code : null
      if (code === null || !refusals.includes(code)) throw error
      world.happened.add(code)
    }
  }
}

function requireRising({ granted }: World): void {
  const highest = new Map<string, number>()
  for (const { resource, token } of granted) {
    expect(token).toBeGreaterThan(highest.get(resource) ?? 0)
    highest.set(resource, token)
  }
}

test('tokens never go backwards, and the history stays whole, through any order of moves, restores and recoveries', async () => {
  const happened = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 8, maxLength: 30 }), async (all) => {
      const world = makeWorld()

      await runAll(world, [
        ...all,
        { kind: 'recover', force: false },
        { kind: 'rest' },
        { kind: 'use', resource: 'shop' },
      ])

      requireRising(world)
      for (const what of world.happened) happened.set(what, (happened.get(what) ?? 0) + 1)
      const end = laneOf(world)
      const view = await end.inspect().catch(() => null)
      if (view === null) return
      expect(await end.verifyHistory()).toMatchObject({ isIntact: true, problem: null })
      expect(checkHistory(await end.history())).toEqual([])
    }),
    { numRuns: 250 },
  )
  // Each of them really happened.
  const expected = ['STORE_BEHIND', 'STORE_MOVED', 'moved', 'taken back']
  expect([...happened.keys()].filter((what) => expected.includes(what)).sort()).toEqual(expected)
})

test('the control: a machine that remembers nothing grants a token twice', async () => {
  const world = makeWorld()
  const [place, other] = world.places
  const forgetful: World = { ...world, places: [{ ...place, store: { ...place.store } }, other] }

  await runAll(world, [
    { kind: 'use', resource: 'shop' },
    { kind: 'save', place: 0 },
    { kind: 'use', resource: 'shop' },
    { kind: 'restore', place: 0 },
    { kind: 'use', resource: 'shop' },
  ])
  await runAll(forgetful, [{ kind: 'use', resource: 'shop' }])

  expect(world.granted.map(({ token }) => token)).toEqual([1, 2, 2])
  expect(world.happened).toEqual(new Set(['STORE_BEHIND']))
})
