import type { LaneDefinition } from '@conduct/lanes/engine'
import { systemClock } from '@conduct/lanes/engine'
import { toLaneDefinition } from '../estate/lane-definition.ts'
import type { Estate } from '../estate/open-estate.ts'

/** Who moves the lanes of which estate, for the engine. */
export function movingEstate({ config, store, identity }: Estate) {
  const definitions = new Map<string, LaneDefinition>(
    [...config.lanes].map(([name, lane]) => [name, toLaneDefinition(lane)]),
  )
  return {
    store,
    estate: config.estate,
    definitions,
    clock: systemClock,
    by: identity.person ?? identity.holder,
  }
}
