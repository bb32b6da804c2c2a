import { isConductError } from '@conduct/core'
import {
  type AcquireOptions,
  type AcquireResult,
  type Lane,
  type LaneDefinition,
  openLanes,
  type Store,
  systemClock,
} from '@conduct/lanes/engine'

/** The one lane of the tests, as one process sees it. `test:captain` stands for a captain. */
export function laneOf(
  store: Store,
  definition: LaneDefinition,
  holder = 'test:judge',
  options: { readonly renewal?: 'worker' | 'inline' } = {},
): Lane {
  return openLanes({
    store,
    estate: 'test',
    definitions: new Map([['lane', definition]]),
    identity: { holder, person: holder === 'test:captain' ? 'captain' : null },
    clock: systemClock,
    ...options,
  }).lane('lane')
}

const asksMax = 20

/** Asks again while a busy machine answers too late: that settles what may have been written. */
export async function acquireAgain(lane: Lane, options: AcquireOptions): Promise<AcquireResult> {
  for (let asked = 1; ; asked++) {
    try {
      return await lane.acquire(options)
    } catch (error) {
      if (!isConductError(error, 'STORE_UNREACHABLE') || asked === asksMax) throw error
    }
  }
}
