import { type AcquireResult, type Lane, openLanes, type Store, systemClock } from '@conduct/lanes/engine'
import { usualDefinition } from '@conduct/lanes/lane-definitions'

/** Lanes `lane0`, `lane1`, … as one person sees them. */
export function openBenchLanes(
  store: Store,
  count: number,
  holder = 'bench:one',
): readonly [Lane, ...Lane[]] {
  const names = Array.from({ length: count }, (_, index) => `lane${index}`)
  const lanes = openLanes({
    store,
    estate: 'bench',
    definitions: new Map(names.map((name) => [name, usualDefinition])),
    identity: { holder, person: null },
    clock: systemClock,
  })
  const [first, ...rest] = names.map((name) => lanes.lane(name))
  if (first === undefined) throw new Error('at least one lane is asked for')
  return [first, ...rest]
}

export interface Wanted {
  readonly resources: readonly string[]
  readonly attended?: boolean
  readonly waitMsMax?: number
}

export async function acquire(lane: Lane, { resources, attended = false, waitMsMax = 0 }: Wanted) {
  const answer: AcquireResult = await lane.acquire({ resources, waitMsMax, attended })
  if (answer.outcome !== 'granted') throw new Error(`expected a grant, got ${answer.outcome}`)
  return answer.lease
}

export async function turn(lane: Lane, wanted: Wanted): Promise<void> {
  const lease = await acquire(lane, wanted)
  await lease.release()
}
