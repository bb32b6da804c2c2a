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
const resources = ['engine', 'shop', 'admin']

const program = path.join(import.meta.dirname, 'against-floor-process.ts')

/**
 * Grant + release against twice the floor of the same store, taking turns. Each store in a process of its own, as in
 * use: one that has spoken to another store before is slower, since its code was made fast for both.
 */
export async function againstFloor(kinds: readonly StoreKind[]): Promise<Table> {
  const rows: string[][] = []
  for (const kind of kinds) {
    const { stdout } = await promisify(execFile)(process.execPath, [program, kind])
    rows.push(...(JSON.parse(stdout) as string[][]))
  }
  return {
    title:
      'Acquire + release over the floor: twice one read and one durable compare-and-set of the same bytes',
    columns: ['store', 'bytes', 'acquire + release p50', 'floor p50', 'ratio', 'middle half', 'at most'],
    rows,
    note:
      'same client, same settings; the ratio is the median over pairs that take turns; a process per store; the ' +
      "floor of Postgres has a plain table (ours keeps a body in its row: 11 % less per write than Postgres' default)",
  }
}

/** The rows of one store, unattended and attended. */
export async function measureKind(servers: BenchServers, kind: StoreKind): Promise<string[][]> {
  return [await measureOne(servers, kind, false), await measureOne(servers, kind, true)]
}

async function measureOne(servers: BenchServers, kind: StoreKind, attended: boolean): Promise<string[]> {
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

  const { median, low, high } = ratio(comparison)
  return [
    `${kind}, ${attended ? 'attended' : 'unattended'}`,
    String(Buffer.byteLength(granted)),
    showMs(quantile(comparison.subject.ms, 0.5)),
    showMs(quantile(comparison.peer.ms, 0.5)),
    showRatio(median),
    `${low.toFixed(2)}–${high.toFixed(2)}`,
    showRatio(targets[kind]),
  ]
}
