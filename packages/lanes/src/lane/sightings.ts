import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { storePlace } from '../store-place.ts'
import type { Store, StoreTime } from '../store.ts'
import { stateHome } from '../stores/sqlite-place.ts'
import type { Sightings } from './observation.ts'
import { readStateFile, writeStateFile } from './state-file.ts'

/** What this host's processes have seen of one lane, within one boot. */
interface SightingsFile {
  readonly format: 1
  readonly era: string
  readonly seen: Readonly<Record<string, number>>
}

/** Nothing, when there is no file, none that can be read, or one of another boot: the watch begins anew. */
export function readSightings(store: Store, lane: string, now: StoreTime): Sightings {
  const file = readStateFile(pathOf(store, lane)) as Partial<SightingsFile> | null
  return file?.format === 1 && file.era === now.era ? new Map(Object.entries(file.seen ?? {})) : new Map()
}

/**
 * What is forgotten, because two processes wrote at once or the disk is full, only makes the next takeover later.
 */
export function rememberSightings(
  store: Store,
  lane: string,
  { sightings, now }: { readonly sightings: Sightings; readonly now: StoreTime },
): void {
  const file: SightingsFile = { format: 1, era: now.era, seen: Object.fromEntries(sightings) }
  writeStateFile(pathOf(store, lane), file)
}

function pathOf({ url, estate }: Store, lane: string): string {
  const name = createHash('sha256')
    .update(JSON.stringify([storePlace(url), estate, lane]))
    .digest('hex')
    .slice(0, 32)
  return join(stateHome(process.env), 'seen', `${name}.json`)
}
