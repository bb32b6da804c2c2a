import type { Lanes } from '../api.ts'
import type { LaneDefinition, LaneDocument } from '../document.ts'
import { openLanes } from '../open-lanes.ts'
import type { Store } from '../store.ts'
import { quickDefinition } from './lane-definitions.ts'
import { type MemoryPlace, makeMemoryPlace, openMemoryStore } from './memory-store.ts'
import { makeVirtualTime, type VirtualClock, type VirtualTime } from './virtual-time.ts'

/** One lane in memory, under a time that the test owns. */
export interface VirtualLane {
  readonly time: VirtualTime
  readonly place: MemoryPlace
  /** The store without any fault. */
  readonly store: Store
  readonly open: (name: string, options?: VirtualLanesOptions) => Lanes
  readonly document: () => LaneDocument | null
}

export interface VirtualLanesOptions {
  readonly store?: Store
  readonly clock?: VirtualClock
  /** What this one's lanes.yaml says otherwise. */
  readonly declares?: Partial<LaneDefinition>
}

/** ttl, renew and margin as lanes.yaml has them when it says nothing. */
export const defaultLease = { ttlMs: 900_000, renewMs: 30_000, marginMs: 60_000 }

export function openVirtualLane(definition: Partial<LaneDefinition> = {}): VirtualLane {
  const time = makeVirtualTime()
  const place = makeMemoryPlace({ now: time.storeTime, sleep: time.clock().sleep })
  const store = openMemoryStore(place)
  const declared = { ...quickDefinition, ...defaultLease, ...definition }
  return {
    time,
    place,
    store,
    open: (name, options = {}) =>
      openLanes({
        store: options.store ?? store,
        estate: 'test',
        definitions: new Map([['lane', { ...declared, ...options.declares }]]),
        identity: { holder: `cli:${name}@host`, person: name },
        clock: options.clock ?? time.clock(),
        renewal: 'inline',
      }),
    document: () => {
      const found = place.documents.get('lane/lane')
      return found === undefined ? null : (JSON.parse(found.text) as LaneDocument)
    },
  }
}
