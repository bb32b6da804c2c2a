import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Store, StoreTime } from '../store.ts'
import { stateHome } from '../stores/sqlite-place.ts'
import type { Sightings } from './observation.ts'

/** What this host's processes have seen of one lane, within one boot. */
interface SightingsFile {
  readonly format: 1
  readonly era: string
  readonly seen: Readonly<Record<string, number>>
}

/** Nothing, when there is no file, none that can be read, or one of another boot: the watch begins anew. */
export function readSightings(store: Store, lane: string, now: StoreTime): Sightings {
  try {
    const file = JSON.parse(readFileSync(pathOf(store, lane), 'utf8')) as SightingsFile
    if (file.format !== 1 || file.era !== now.era) return new Map()
    return new Map(Object.entries(file.seen))
  } catch {
    return new Map()
  }
}

/**
 * Replaces the file in one move. Of two processes that write at once one is forgotten, and a disk that is full keeps
 * nothing: both only make the next takeover later.
 */
export function rememberSightings(
  store: Store,
  lane: string,
  { sightings, now }: { readonly sightings: Sightings; readonly now: StoreTime },
): void {
  const path = pathOf(store, lane)
  const file: SightingsFile = { format: 1, era: now.era, seen: Object.fromEntries(sightings) }
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const written = `${path}.${process.pid}`
    writeFileSync(written, JSON.stringify(file), { mode: 0o600 })
    renameSync(written, path)
  } catch {
    // The observation of this process goes on without it.
  }
}

function pathOf({ url, estate }: Store, lane: string): string {
  const name = createHash('sha256')
    .update(JSON.stringify([url, estate, lane]))
    .digest('hex')
    .slice(0, 32)
  return join(stateHome(process.env), 'seen', `${name}.json`)
}
