import { DatabaseSync } from 'node:sqlite'
import { openLanes, openStore, systemClock } from '@conduct/lanes/engine'
import { shortLease } from './contenders.ts'

/** One process that takes random sets of resources and marks each as its own while it holds them. */
export interface SetOrder {
  readonly storeUrl: string
  readonly marksPath: string
  readonly rounds: number
  readonly seed: number
}

export interface SetReport {
  readonly granted: number
  /** Another holder's mark on one of my resources. */
  readonly conflicts: number
  /** Grants during which somebody else held something else. */
  readonly besides: number
}

const resources = ['a', 'b', 'c', 'd', 'e', 'f']
const order = JSON.parse(process.argv[2] ?? '') as SetOrder
let state = order.seed
const random = (): number => {
  state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
  return state / 4_294_967_296
}

await using store = await openStore(order.storeUrl)
using marks = new DatabaseSync(order.marksPath, { timeout: 10_000 })
const lane = openLanes({
  store,
  estate: 'test',
  definitions: new Map([['lane', { ...shortLease, ttlMs: 30_000, renewMs: 5000, order: 'eager' }]]),
  identity: { holder: `test:${process.pid}`, person: null },
  clock: systemClock,
}).lane('lane')
const report = { granted: 0, conflicts: 0, besides: 0 }

for (let round = 0; round < order.rounds; round++) {
  const wanted = resources.filter(() => random() < 0.35)
  if (wanted.length === 0) wanted.push('a')
  const result = await lane.acquire({ resources: wanted, attended: true, waitMsMax: 60_000 })
  if (result.outcome !== 'granted') throw new Error(`round ${round}: ${result.outcome}`)
  await using lease = result.lease
  report.granted += 1
  for (const resource of wanted) {
    const { changes } = marks.prepare('insert or ignore into mark values (?, ?)').run(resource, process.pid)
    if (Number(changes) !== 1) report.conflicts += 1
  }
  await systemClock.sleep(random() * 6)
  const others = marks.prepare('select count(*) as n from mark where pid <> ?').get(process.pid)
  if (Number(others?.['n']) > 0) report.besides += 1
  marks.prepare('delete from mark where pid = ?').run(process.pid)
  await lease.release()
}
process.send?.(report satisfies SetReport)
