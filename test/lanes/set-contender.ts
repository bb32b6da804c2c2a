import { openStore, systemClock } from '@conduct/lanes/engine'
import type { LaneDefinition } from '@conduct/lanes/engine'
import { acquireAgain, laneOf } from './lane-of.ts'
import { openMarks } from './marks.ts'
import { seededRandom } from './seeded-random.ts'
import { handBack } from './take-over.ts'

/** One process that takes random sets of resources and marks each as its own while it holds them. */
export interface SetOrder {
  readonly storeUrl: string
  readonly estate: string
  readonly definition: LaneDefinition
  readonly marksPath: string
  readonly rounds: number
  readonly seed: number
  /** How long a set is held, at most. */
  readonly holdMsMax: number
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
const random = seededRandom(order.seed)

await using store = await openStore(order.storeUrl, { estate: order.estate })
using marks = openMarks(order.marksPath)
const lane = laneOf(store, order.definition, `test:${process.pid}`)
const report = { granted: 0, conflicts: 0, besides: 0 }

for (let round = 0; round < order.rounds; round++) {
  const wanted = resources.filter(() => random() < 0.35)
  if (wanted.length === 0) wanted.push('a')
  const result = await acquireAgain(lane, { resources: wanted, attended: true, waitMsMax: 300_000 })
  if (result.outcome !== 'granted') throw new Error(`round ${round}: ${result.outcome}`)
  await using lease = result.lease
  report.granted += 1
  const marked = marks.put(wanted, lease.token)
  report.conflicts += marked.conflicts
  await systemClock.sleep(random() * order.holdMsMax)
  if (marks.areOthersThere()) report.besides += 1
  marks.takeBack(marked)
  await handBack(lease)
}
process.send?.(report satisfies SetReport)
