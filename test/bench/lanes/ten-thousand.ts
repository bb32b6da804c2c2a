import {
  claimOfSecret,
  createDocument,
  hashSecret,
  type LaneDocument,
  type Store,
  type StoreKind,
  type WaitingClaim,
} from '@conduct/lanes/engine'
import { elapsedMs, quantile } from '../samples.ts'
import { showMs, type Table } from '../table.ts'
import { definition, openBenchLanes } from './lane.ts'
import type { BenchServers } from './places.ts'

const waiters = 10_000
const turns = 40

/** Everything that happens in a line of 10,000: each of these is one decision over the whole document. */
export async function tenThousand(servers: BenchServers, kinds: readonly StoreKind[]): Promise<Table> {
  const rows: string[][] = []
  for (const kind of kinds) rows.push(...(await measureOne(servers, kind)))
  return {
    title: 'A line of 10,000: a decision takes under 100 ms',
    columns: ['operation', 'p50', 'slowest', 'at most'],
    rows,
    note: 'the whole operation, its reading and its durable write included',
  }
}

async function measureOne(servers: BenchServers, kind: StoreKind): Promise<string[][]> {
  await using place = await servers.place(kind)
  await using store = await place.open()
  await seedLine(store)
  const measured: Record<string, number[]> = { join: [], beside: [], take: [], release: [] }
  const [beside] = openBenchLanes(store, 1)
  for (let index = 0; index < turns; index++) {
    const [lane] = openBenchLanes(store, 1, `bench:w${index}`)
    const ask = { resources: ['shop'], attended: false, waitMsMax: 0 } as const
    measured['join']?.push(await elapsedMs(async () => void (await beside.acquire(ask))))
    measured['beside']?.push(
      await elapsedMs(async () => {
        const other = await beside.acquire({ ...ask, resources: ['beside'] })
        if (other.outcome !== 'granted') throw new Error(`beside the line: ${other.outcome}`)
        await other.lease.release()
      }),
    )
    let release = async (): Promise<unknown> => undefined
    measured['take']?.push(
      await elapsedMs(async () => {
        const own = await lane.acquire({ ...ask, waitMsMax: 60_000, secret: secretOf(index) })
        if (own.outcome !== 'granted') throw new Error(`waiter ${index}: ${own.outcome}`)
        release = () => own.lease.release()
      }),
    )
    measured['release']?.push(await elapsedMs(async () => void (await release())))
  }
  const labels = {
    join: 'join at its end',
    beside: 'acquire + release beside it',
    take: 'take an offered turn',
    release: 'release, which offers the next turn',
  }
  return Object.entries(labels).map(([name, label]) => {
    const ms = measured[name] ?? []
    return [
      `${kind}: ${label}`,
      showMs(quantile(ms, 0.5)),
      showMs(Math.max(...ms)),
      name === 'beside' ? '200 ms' : '100 ms',
    ]
  })
}

function secretOf(index: number): string {
  return `waiter-${index}-0123456789abcdef`
}

/** All of them in one write; whoever writes next gives the first one its turn. */
async function seedLine(store: Store): Promise<void> {
  await store.register.change<LaneDocument, null>('lane/lane0', (_none, now) => {
    const waiting = Array.from({ length: waiters }, (_, index): WaitingClaim => {
      const secret = secretOf(index)
      return {
        claim: claimOfSecret(secret),
        secretHash: hashSecret(secret),
        holder: `bench:w${index}`,
        person: null,
        resources: ['shop'],
        task: null,
        reason: null,
        contact: null,
        etaMs: null,
        session: null,
        attended: false,
        process: null,
        run: null,
        since: now,
        state: 'waiting',
        priority: 0,
        lastSeen: now,
        paused: null,
        overtaken: 0,
        movedByCaptain: false,
        assigned: null,
      }
    })
    const lane = createDocument('lane0', { ...definition, waitingMax: 2 * waiters })
    return { write: { ...lane, waiting, nonce: 'seeded' }, result: null }
  })
}
