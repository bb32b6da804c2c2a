/**
 * Grant + release on SQLite against the floor of the same store: twice one read and one durable compare-and-set of
 * the same bytes, on a bare `node:sqlite` connection with the same settings. The bytes are the two documents that the
 * lane itself writes, in turn: SQLite writes nothing of a row whose bytes stay as they are.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import {
  type AcquireResult,
  type Lane,
  type LaneDefinition,
  openLanes,
  openStore,
  type Store,
  systemClock,
} from '@conduct/lanes/engine'

import { compare, elapsedMs, printComparison, quantile } from './samples.ts'

const rounds = 300
const warmups = 80
/** Grant + release with that many others in line, of the same lane. */
const waiterCounts = [1, 20, 200]
const laneCount = 1000
const setSizes = [1, 5, 50]
/** How much more than the plainest case any of these may cost. */
const flatWithin = 3

const definition: LaneDefinition = {
  scope: 'repo_set',
  limit: 1,
  order: 'strict',
  whenHeld: 'queue',
  ttlMs: 900_000,
  renewMs: 30_000,
  marginMs: 60_000,
  waitingTtlMs: 86_400_000,
  waitingMax: 200,
  acceptMs: 900_000,
  takeoverDelayMs: 120_000,
  captains: ['ana'],
  holders: null,
  purpose: 'Shared releases must not overwrite or strand each other.',
}

export async function measure(): Promise<void> {
  const dir = await mkdtemp(path.join(tmpdir(), 'conduct-bench-'))
  try {
    await againstFloor(dir)
    await flatness(dir)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

async function againstFloor(dir: string): Promise<void> {
  for (const attended of [false, true]) {
    const file = path.join(dir, `floor-${attended}`)
    await using store = await openStore(`sqlite:${file}.db`, { estate: 'bench' })
    const [lane] = openBenchLanes(store, 1)
    if (lane === undefined) throw new Error('one lane was asked for')
    const grantAndRelease = (): Promise<void> =>
      turn(lane, { resources: ['engine', 'shop', 'admin'], attended })
    for (let round = 0; round < warmups; round++) await grantAndRelease()
    const released = await documentText(lane)
    const held = await acquire(lane, { resources: ['engine', 'shop', 'admin'], attended })
    const granted = await documentText(lane)
    await held.release()
    const floor = bareCompareAndSet(`${file}-bare.db`, [granted, released])

    printComparison(
      await compare({
        name: `grant + release (${attended ? 'attended' : 'unattended'}) against twice a bare durable compare-and-set of ${granted.length} bytes`,
        subject: { label: 'lane.acquire + lease.release', run: grantAndRelease },
        peer: { label: '2 × (read + durable compare-and-set)', run: async () => floor() },
        rounds,
        warmups,
      }),
    )
  }
}

interface Case {
  readonly label: string
  readonly run: () => Promise<void>
  readonly ms: number[]
}

/** All cases take turns in one loop, each in a store of its own. */
async function flatness(dir: string): Promise<void> {
  await using plainStore = await openStore(`sqlite:${path.join(dir, 'plain.db')}`)
  await using manyStore = await openStore(`sqlite:${path.join(dir, 'many.db')}`)
  const [plain] = openBenchLanes(plainStore, 1)
  const many = openBenchLanes(manyStore, laneCount)
  const [first] = many
  if (plain === undefined || first === undefined) throw new Error('lanes were asked for')
  for (const lane of many) await turn(lane, { resources: ['engine'] })
  let next = 0
  const cases: Case[] = [
    { label: 'nobody else', run: () => turn(plain, { resources: ['engine'] }), ms: [] },
    ...setSizes.map((size) => {
      const resources = Array.from({ length: size }, (_, index) => `app${index}`)
      return { label: `a set of ${size}`, run: () => turn(plain, { resources }), ms: [] }
    }),
    {
      label: `${laneCount} lanes, in turn`,
      run: () => turn(many[next++ % many.length] ?? first, { resources: ['engine'] }),
      ms: [],
    },
  ]
  const stores: Store[] = []
  for (const count of waiterCounts) {
    const store = await openStore(`sqlite:${path.join(dir, `waiters-${count}.db`)}`)
    stores.push(store)
    const [lane] = openBenchLanes(store, 1)
    if (lane === undefined) throw new Error('one lane was asked for')
    await acquire(lane, { resources: ['busy'] })
    for (let index = 0; index < count; index++) {
      await lane.acquire({ resources: ['busy'], waitMsMax: 0, attended: false })
    }
    const label = `${count} ${count === 1 ? 'waiter' : 'waiters'} in line`
    cases.push({ label, run: () => turn(lane, { resources: ['engine'] }), ms: [] })
  }
  for (let round = -warmups; round < rounds; round++) {
    for (const { run, ms } of cases) {
      const elapsed = await elapsedMs(run)
      if (round >= 0) ms.push(elapsed)
    }
  }
  for (const store of stores) await store[Symbol.asyncDispose]()
  const [base] = cases
  const baseMs = quantile(base?.ms ?? [], 0.5)
  process.stdout.write(`  grant + release, flat within ${flatWithin}×:\n`)
  for (const { label, ms } of cases) {
    const p50 = quantile(ms, 0.5)
    process.stdout.write(
      `    ${label.padEnd(58)} p50 ${p50.toFixed(3)} ms  p99 ${quantile(ms, 0.99).toFixed(3)} ms  ${(p50 / baseMs).toFixed(2)}×\n`,
    )
  }
}

function openBenchLanes(store: Store, count: number): readonly Lane[] {
  const names = Array.from({ length: count }, (_, index) => `lane${index}`)
  const lanes = openLanes({
    store,
    estate: 'bench',
    definitions: new Map(names.map((name) => [name, definition])),
    identity: { holder: 'bench:one', person: null },
    clock: systemClock,
  })
  return names.map((name) => lanes.lane(name))
}

interface Wanted {
  readonly resources: readonly string[]
  readonly attended?: boolean
}

async function acquire(lane: Lane, { resources, attended = false }: Wanted) {
  const answer: AcquireResult = await lane.acquire({ resources, waitMsMax: 0, attended })
  if (answer.outcome !== 'granted') throw new Error(`expected a grant, got ${answer.outcome}`)
  return answer.lease
}

async function turn(lane: Lane, wanted: Wanted): Promise<void> {
  const lease = await acquire(lane, wanted)
  await lease.release()
}

async function documentText(lane: Lane): Promise<string> {
  return JSON.stringify((await lane.inspect()).document)
}

function bareCompareAndSet(file: string, texts: readonly string[]): () => void {
  const database = new DatabaseSync(file)
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  database.exec('CREATE TABLE documents (id TEXT PRIMARY KEY, version INTEGER NOT NULL, body TEXT NOT NULL)')
  database.prepare('INSERT INTO documents VALUES (?, 1, ?)').run('lane', texts.at(-1) ?? '')
  const read = database.prepare('SELECT version, body FROM documents WHERE id = ?')
  const write = database.prepare('UPDATE documents SET version = ?, body = ? WHERE id = ? AND version = ?')
  return () => {
    for (const text of texts) {
      database.exec('BEGIN IMMEDIATE')
      const { version, body } = read.get('lane') as { version: number; body: string }
      JSON.parse(body)
      write.run(version + 1, text, 'lane', version)
      database.exec('COMMIT')
    }
  }
}
