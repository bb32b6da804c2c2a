import type { StoreKind } from '@conduct/lanes/engine'
import { elapsedMs, quantile } from '../samples.ts'
import { showMs, showRatio, type Table } from '../table.ts'
import { acquire, openBenchLanes, turn } from './lane.ts'
import type { BenchServers } from './places.ts'

interface Scale {
  readonly rounds: number
  /** Others in line of the same lane, for a resource that is not asked for. */
  readonly waiters: readonly number[]
  readonly lanes: number
  readonly sets: readonly number[]
}

const whole = { waiters: [1, 20, 200], sets: [1, 5, 50] } as const
const scaleOf = {
  sqlite: { rounds: 200, lanes: 1000, ...whole },
  postgres: { rounds: 150, lanes: 1000, ...whole },
  s3: { rounds: 30, lanes: 50, ...whole, waiters: [1, 20] },
  git: { rounds: 8, lanes: 20, ...whole, waiters: [1, 20] },
} as const satisfies Record<StoreKind, Scale>

interface Case {
  readonly label: string
  readonly run: () => Promise<void>
  readonly ms: number[]
}

/** What a lane, a line and a set cost when they are large, against a lane with nobody in it. All take turns. */
export async function flatness(servers: BenchServers, kind: StoreKind): Promise<Table> {
  const scale: Scale = scaleOf[kind]
  await using stack = new AsyncDisposableStack()
  const cases = await openCases(stack, { servers, kind, scale })
  const warmups = Math.ceil(scale.rounds / 4)
  for (let round = -warmups; round < scale.rounds; round++) {
    for (const { run, ms } of cases) {
      const elapsed = await elapsedMs(run)
      if (round >= 0) ms.push(elapsed)
    }
  }
  const baseMs = quantile(cases[0]?.ms ?? [], 0.5)
  return {
    title: `Acquire + release on ${kind}: flat within 3×`,
    columns: ['case', 'p50', 'p99', 'against nobody else'],
    rows: cases.map(({ label, ms }) => {
      const p50 = quantile(ms, 0.5)
      return [label, showMs(p50), showMs(quantile(ms, 0.99)), showRatio(p50 / baseMs)]
    }),
  }
}

async function openCases(
  stack: AsyncDisposableStack,
  {
    servers,
    kind,
    scale,
  }: { readonly servers: BenchServers; readonly kind: StoreKind; readonly scale: Scale },
): Promise<readonly Case[]> {
  const open = async () => stack.use(await stack.use(await servers.place(kind)).open())
  const [plain] = openBenchLanes(await open(), 1)
  const many = openBenchLanes(await open(), scale.lanes)
  for (const lane of many) await turn(lane, { resources: ['engine'] })
  let next = 0
  const cases: Case[] = [
    { label: 'nobody else', run: () => turn(plain, { resources: ['engine'] }), ms: [] },
    ...scale.sets.map((size) => {
      const resources = Array.from({ length: size }, (_, index) => `app${index}`)
      return { label: `a set of ${size}`, run: () => turn(plain, { resources }), ms: [] }
    }),
    {
      label: `${scale.lanes} lanes, one after the other`,
      run: () => turn(many[next++ % many.length] ?? many[0], { resources: ['engine'] }),
      ms: [],
    },
  ]
  for (const count of scale.waiters) {
    const [lane] = openBenchLanes(await open(), 1)
    await acquire(lane, { resources: ['busy'] })
    for (let index = 0; index < count; index++) {
      await lane.acquire({ resources: ['busy'], waitMsMax: 0, attended: false })
    }
    const label = `${count} ${count === 1 ? 'waiter' : 'waiters'} in line`
    cases.push({ label, run: () => turn(lane, { resources: ['engine'] }), ms: [] })
  }
  return cases
}
