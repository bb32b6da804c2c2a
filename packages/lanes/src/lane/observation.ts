import type { Watch } from '../core/time.ts'
import type { LaneDocument } from '../document.ts'
import type { Store, StoreTime } from '../store.ts'
import { readSightings, rememberSightings } from './sightings.ts'

/**
 * The clock of stores that have none. Every write stamps its times with the clock of its own host; on another host
 * such a stamp is a beat: nobody can say when it was made, only for how long it has stood here unchanged. It was
 * made before it was first seen, so counting from there is late and never early.
 *
 * What was seen is kept per open store, and where the store says so per host as well: commands that come and go then
 * add their observations up.
 */
export function watchOf(
  store: Store,
  seen: { readonly lane: string; readonly document: LaneDocument | null; readonly now: StoreTime },
): Watch {
  const { lane, document, now } = seen
  if (store.timekeeping === 'store_clock') return { now }
  const sightings = sightingsOf(store, lane)
  if (document !== null) note(store, { sightings, lane, document, now })
  return { now, firstSeenMs: (time) => sightings.get(keyOf(time)) ?? null }
}

/** When each stamp of another host was first seen, in milliseconds of this host's clock. */
export type Sightings = Map<string, number>

const known = new WeakMap<Store, Map<string, Sightings>>()

function sightingsOf(store: Store, lane: string): Sightings {
  const lanes = known.get(store) ?? new Map<string, Sightings>()
  known.set(store, lanes)
  const found = lanes.get(lane)
  if (found !== undefined) return found
  const made: Sightings = new Map()
  lanes.set(lane, made)
  return made
}

function note(
  store: Store,
  seen: {
    readonly sightings: Sightings
    readonly lane: string
    readonly document: LaneDocument
    readonly now: StoreTime
  },
): void {
  const { sightings, lane, document, now } = seen
  const stamps = new Set(foreignStamps(document, now).map(keyOf))
  const fresh = [...stamps].filter((stamp) => !sightings.has(stamp))
  for (const stamp of sightings.keys()) if (!stamps.has(stamp)) sightings.delete(stamp)
  if (fresh.length === 0) return
  const remembered = store.timekeeping === 'host_observation' ? readSightings(store, lane, now) : new Map()
  for (const stamp of fresh) sightings.set(stamp, Math.min(now.ms, remembered.get(stamp) ?? now.ms))
  if (store.timekeeping === 'host_observation') rememberSightings(store, lane, { sightings, now })
}

/** Every time in the document that something waits for, of another host. */
function foreignStamps(document: LaneDocument, now: StoreTime): readonly StoreTime[] {
  const { holders, waiting, cooling, paused } = document
  const stamps = [
    ...holders.flatMap((held) => [held.renewedAt, held.offeredUntil, held.assigned?.until ?? null]),
    ...waiting.flatMap((waiter) => [waiter.lastSeen, waiter.paused?.until ?? null]),
    ...cooling.map((quiet) => quiet.until),
    paused?.until ?? null,
  ]
  return stamps.filter((stamp): stamp is StoreTime => stamp !== null && stamp.era !== now.era)
}

function keyOf({ era, ms }: StoreTime): string {
  return `${era}@${ms}`
}
