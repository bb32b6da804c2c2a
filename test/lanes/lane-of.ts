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

const asksMax = 30

/** Asks again while a busy machine answers too late: that settles what may have been written. */
export async function answered<Result>(ask: () => Promise<Result>): Promise<Result> {
  for (let asked = 1; ; asked++) {
    try {
      return await ask()
    } catch (error) {
      if (!isConductError(error, 'STORE_UNREACHABLE') || asked === asksMax) throw error
    }
  }
}

export function acquireAgain(lane: Lane, options: AcquireOptions): Promise<AcquireResult> {
  return answered(() => lane.acquire(options))
}
