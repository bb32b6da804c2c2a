import { type Lane, type LaneDefinition, openLanes, type Store, systemClock } from '@conduct/lanes/engine'

/** The estate of all tests of lanes; other estates of a place are other names. */
export const estate = 'test'

/** The one lane of the tests, as one process sees it. `test:captain` stands for a captain. */
export function laneOf(
  store: Store,
  definition: LaneDefinition,
  holder = 'test:judge',
  options: { readonly renewal?: 'worker' | 'inline' } = {},
): Lane {
  return openLanes({
    store,
    estate,
    definitions: new Map([['lane', definition]]),
    identity: { holder, person: holder === 'test:captain' ? 'captain' : null },
    clock: systemClock,
    ...options,
  }).lane('lane')
}
