import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import type { StoreKind } from '@conduct/lanes/engine'
import { compare, quantile, ratio } from '../samples.ts'
import { showMs, showRatio, type Table } from '../table.ts'
import { acquire, openBenchLanes, turn } from './lane.ts'
import { benchEstate, type BenchServers } from './places.ts'

const roundsOf = { sqlite: 1500, postgres: 600, s3: 150, git: 24 } as const satisfies Record<
  StoreKind,
  number
>
/** Rounds before the first that counts: as many as it takes until times no longer fall. */
const warmupsOf = { sqlite: 1000, postgres: 1500, s3: 50, git: 6 } as const satisfies Record<
  StoreKind,
  number
>
/** At most so much above the floor. */
const targets = { sqlite: 1.5, postgres: 1.5, s3: 1.2, git: 1.2 } as const satisfies Record<StoreKind, number>
/** Of each store: the ratio of one run moves by some 5 % with the machine. */
const runs = 3
const resources = ['engine', 'shop', 'admin']

const program = path.join(import.meta.dirname, 'against-floor-process.ts')

/**
 * Grant + release against twice the floor of the same store, taking turns. Each store in a process of its own, as in
 * use: one that has spoken to another store before is slower, since its code was made fast for both.
 */
export async function againstFloor(kinds: readonly StoreKind[]): Promise<Table> {
  const rows: string[][] = []
  for (const kind of kinds) {
    const found: Measured[][] = []
    for (let run = 0; run < runs; run++) found.push(await measureApart(kind))
    const [first = []] = found
    rows.push(...first.map((_, index) => toRow(found.flatMap((one) => one[index] ?? []))))
  }
  return {
    title:
      'Acquire + release over the floor: twice one read and one durable compare-and-set of the same bytes',
    columns: [
      'store',
      'bytes',
      'acquire + release p50',
      'floor p50',
      'ratio',
      'middle half',
      `of ${runs} runs`,
      'at most',
    ],
    rows,
    note:
      'same client, same settings; the ratio is the median over pairs that take turns, of the middle one of ' +
      `${runs} runs, each a process of its own; the floor of Postgres has a plain table (ours keeps a body in its ` +
      "row: 11 % less per write than Postgres' default)",
  }
}

async function measureApart(kind: StoreKind): Promise<Measured[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, kind])
  return JSON.parse(stdout) as Measured[]
}

/** What one run found of one way to hold a lane. */
export interface Measured {
  readonly name: string
  readonly bytes: number
  readonly turnMs: number
  readonly floorMs: number
  readonly ratio: { readonly median: number; readonly low: number; readonly high: number }
  readonly target: number
}

/** The run whose ratio is in the middle, with the least and the greatest beside it. */
function toRow(found: readonly Measured[]): string[] {
  const sorted = found.toSorted((left, right) => left.ratio.median - right.ratio.median)
  const [least, middle, most] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)]
  if (least === undefined || middle === undefined || most === undefined)
    throw new Error('nothing was measured')
  const { ratio: shown } = middle
  return [
    middle.name,
    String(middle.bytes),
    showMs(middle.turnMs),
    showMs(middle.floorMs),
    showRatio(shown.median),
    `${shown.low.toFixed(2)}–${shown.high.toFixed(2)}`,
    `${least.ratio.median.toFixed(2)}–${most.ratio.median.toFixed(2)}`,
    showRatio(middle.target),
  ]
}

/** The rows of one store, unattended and attended. */
export async function measureKind(servers: BenchServers, kind: StoreKind): Promise<Measured[]> {
  return [await measureOne(servers, kind, false), await measureOne(servers, kind, true)]
}

async function measureOne(servers: BenchServers, kind: StoreKind, attended: boolean): Promise<Measured> {
  await using place = await servers.place(kind)
  await using store = await place.open()
  await using floor = await place.floor(benchEstate)
  const [lane] = openBenchLanes(store, 1)
  const rounds = roundsOf[kind]
  const warmups = warmupsOf[kind]
  const grantAndRelease = (): Promise<void> => turn(lane, { resources, attended })
  for (let round = 0; round < warmups; round++) await grantAndRelease()
  const released = await floor.bytesOf(lane.name)
  const held = await acquire(lane, { resources, attended })
  const granted = await floor.bytesOf(lane.name)
  await held.release()
  await floor.begin(released)
  // In turn, since a store may write nothing where the bytes stay as they are.
  const twice = async (): Promise<void> => {
    await floor.change(granted)
    await floor.change(released)
  }

  const comparison = await compare({
    name: kind,
    subject: { label: 'lane', run: grantAndRelease },
    peer: { label: 'floor', run: twice },
    rounds,
    warmups,
  })

  return {
    name: `${kind}, ${attended ? 'attended' : 'unattended'}`,
    bytes: Buffer.byteLength(granted),
    turnMs: quantile(comparison.subject.ms, 0.5),
    floorMs: quantile(comparison.peer.ms, 0.5),
    ratio: ratio(comparison),
    target: targets[kind],
  }
}
