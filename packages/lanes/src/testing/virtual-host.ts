import type { Lane } from '../api.ts'
import { openLanes } from '../open-lanes.ts'
import type { Store, Timekeeping } from '../store.ts'
import { quickDefinition } from './lane-definitions.ts'
import { openMemoryStore } from './memory-store.ts'
import { defaultLease, type VirtualLane } from './virtual-lane.ts'
import type { VirtualClock } from './virtual-time.ts'

/** A machine of its own: its clock has another rate and another beginning, and nobody else reads it. */
export interface VirtualHost {
  readonly clock: VirtualClock
  readonly store: Store
  readonly lane: Lane
  /** Another process on it: it shares the clock, not what the first one has seen. */
  readonly openAgain: () => Lane
}

export function openVirtualHost(
  virtual: VirtualLane,
  host: {
    readonly name: string
    readonly rate?: number
    readonly offsetMs?: number
    /** Of its wall clock. */
    readonly wrongMs?: number
    readonly timekeeping?: Timekeeping
    readonly wrap?: (store: Store) => Store
  },
): VirtualHost {
  const { name, rate = 1, offsetMs = 0, wrongMs = 0, timekeeping = 'process_observation' } = host
  const clock = virtual.time.clock({ rate })
  const now = () => ({
    ms: clock.monotonicMs() + offsetMs,
    era: `boot-of-${name}`,
    wallMs: clock.wallMs() + wrongMs,
  })
  const place = { ...virtual.place, now, sleep: clock.sleep }
  const open = (): { readonly store: Store; readonly lane: Lane } => {
    const memory = openMemoryStore(place, timekeeping)
    const store = host.wrap === undefined ? memory : host.wrap(memory)
    const lanes = openLanes({
      store,
      estate: 'test',
      definitions: new Map([['lane', { ...quickDefinition, ...defaultLease }]]),
      identity: { holder: `cli:${name}@${name}`, person: name },
      clock,
      renewal: 'inline',
    })
    return { store, lane: lanes.lane('lane') }
  }
  return { clock, ...open(), openAgain: () => open().lane }
}
