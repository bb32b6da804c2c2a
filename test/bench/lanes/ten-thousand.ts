import type { Store, StoreKind } from '@conduct/lanes/engine'
import { usualDefinition } from '@conduct/lanes/lane-definitions'
import { secretOfWaiter, seedLine } from '../../lanes/seeded-line.ts'
import { elapsedMs, quantile } from '../samples.ts'
import { showMs, type Table } from '../table.ts'
import { openBenchLanes } from './lane.ts'
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
  await seedLine(opened, {
    lane: 'lane0',
    definition: { ...usualDefinition, waitingMax: 2 * waiters },
    waiters,
    holderOf: (index) => `bench:w${index}`,
  })
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
      const own = await lane.acquire({ ...ask, waitMsMax: 60_000, secret: secretOfWaiter(index) })
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
