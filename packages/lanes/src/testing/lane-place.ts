import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Lanes, OpenLanesOptions } from '../api.ts'
import type { LaneDefinition } from '../document.ts'
import { systemClock } from '../host/system-clock.ts'
import { openLanes } from '../open-lanes.ts'
import { openStore } from '../open-store.ts'
import type { Store } from '../store.ts'
import { quickDefinition } from './lane-definitions.ts'

/** A store of its own in a fresh folder, for tests; disposing removes it. */
export interface LanePlace extends AsyncDisposable {
  readonly folder: string
  readonly url: string
  readonly store: Store
  open(name: string, options?: Partial<OpenLanesOptions>): Lanes
}

export async function openLanePlace(
  definitions: Readonly<Record<string, Partial<LaneDefinition>>> = { lane: {} },
): Promise<LanePlace> {
  const folder = mkdtempSync(join(tmpdir(), 'conduct-lane-'))
  const store = await openStore(`sqlite:${join(folder, 'state.db')}`)
  const declared = new Map(
    Object.entries(definitions).map(([name, partial]) => [name, { ...quickDefinition, ...partial }]),
  )
  return {
    folder,
    url: store.url,
    store,
    open: (name, options = {}) =>
      openLanes({
        store,
        estate: 'test',
        definitions: declared,
        identity: { holder: `cli:${name}@host`, person: name },
        clock: systemClock,
        ...options,
      }),
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
