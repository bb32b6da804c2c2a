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
const turns = 12

/** Everything that happens in a line of 10,000: each of these is one decision over the whole document. */
export async function tenThousand(servers: BenchServers, kinds: readonly StoreKind[]): Promise<Table> {
  const rows: string[][] = []
  for (const kind of kinds) rows.push(...(await measureOne(servers, kind)))
  return {
    title: 'A line of 10,000: a decision takes under 100 ms',
    columns: ['operation', 'decisions p50', 'slowest', 'at most', 'whole operation p50'],
    rows,
    note: 'a decision reads and replaces a document of some 4 MB; the whole operation moves it to the store and back, too',
  }
}

async function measureOne(servers: BenchServers, kind: StoreKind): Promise<string[][]> {
  await using place = await servers.place(kind)
  await using opened = await place.open()
  await seedLine(opened)
  const decisions: number[] = []
  const store = withTimedDecisions(opened, decisions)
  const measured = new Map<string, { readonly decisionMs: number[]; readonly wholeMs: number[] }>()
  const measureAs = async (name: string, run: () => Promise<void>): Promise<void> => {
    const { decisionMs, wholeMs } = measured.get(name) ?? { decisionMs: [], wholeMs: [] }
    measured.set(name, { decisionMs, wholeMs })
    decisions.length = 0
    wholeMs.push(await elapsedMs(run))
    decisionMs.push(...decisions)
  }
  const [beside] = openBenchLanes(store, 1)
  for (let index = 0; index < turns; index++) {
    const [lane] = openBenchLanes(store, 1, `bench:w${index}`)
    const ask = { resources: ['shop'], attended: false, waitMsMax: 0 } as const
    await measureAs('join at its end', async () => void (await beside.acquire(ask)))
    await measureAs('acquire + release beside it', async () => {
      const other = await beside.acquire({ ...ask, resources: ['beside'] })
      if (other.outcome !== 'granted') throw new Error(`beside the line: ${other.outcome}`)
      await other.lease.release()
    })
    let release = async (): Promise<unknown> => undefined
    await measureAs('take an offered turn', async () => {
      const own = await lane.acquire({ ...ask, waitMsMax: 60_000, secret: secretOf(index) })
      if (own.outcome !== 'granted') throw new Error(`waiter ${index}: ${own.outcome}`)
      release = () => own.lease.release()
    })
    await measureAs('release, which offers the next turn', async () => void (await release()))
  }
  return [...measured].map(([label, { decisionMs, wholeMs }]) => [
    `${kind}: ${label}`,
    showMs(quantile(decisionMs, 0.5)),
    showMs(Math.max(...decisionMs)),
    '100 ms',
    showMs(quantile(wholeMs, 0.5)),
  ])
}

/** The same store; notes how long each decision takes. */
function withTimedDecisions(store: Store, decisions: number[]): Store {
  const change: Store['register']['change'] = (id, decide) =>
    store.register.change(id, (document, now) => {
      const startMs = performance.now()
      const decision = decide(document as never, now)
      decisions.push(performance.now() - startMs)
      return decision
    })
  return { ...store, register: { ...store.register, change } }
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
