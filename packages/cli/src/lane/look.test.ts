import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseLanesYaml } from '@conduct/config'
import { openLanes, openStore, systemClock } from '@conduct/lanes/engine'
import { openTasks } from '@conduct/tasks'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { CommandContext } from '../command.ts'
import { toLaneDefinition } from '../estate/lane-definition.ts'
import type { Estate } from '../estate/open-estate.ts'
import { whileLooking } from './look.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conduct-look-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const yaml = `version: 1
estate: acme
people: { ana: {} }
repos: { shop: { remote: "file:///srv/shop.git" } }
lanes: { backend_migration: { use: rails_migrations, captains: [ana], scope: repo } }
`

describe('a process that waits for a lane', () => {
  it('looks meanwhile whether what holds it is over, and has its turn then', async () => {
    const { config } = parseLanesYaml({ file: 'lanes.yaml', text: yaml })
    if (config === null) throw new Error('lanes.yaml has errors')
    await using store = await openStore(`sqlite:${join(folder, 'state.db')}`, { estate: 'acme' })
    const definitions = new Map([...config.lanes].map(([name, lane]) => [name, toLaneDefinition(lane)]))
    const identity = { holder: 'agent:ana', person: 'ana' }
    const lanes = openLanes({ store, definitions, identity, clock: systemClock, renewal: 'inline' })
    const lane = lanes.lane('backend_migration')
    const ask = { resources: ['shop'], attended: false, waitMsMax: 0 }
    await lane.acquire({ ...ask, task: 'ABC-12' })
    await openTasks({ store, wallMs: Date.now }).move('ABC-12', { to: 'done', by: 'agent:ana' })
    const env = { XDG_STATE_HOME: folder }
    // The parts that looking needs.
    const context = { env, cwd: folder, emit: () => undefined } as unknown as CommandContext
    const estate = { config, store, lanes, identity } as unknown as Estate
    const naps: number[] = []
    const clock = { sleep: async (ms: number, signal?: AbortSignal) => nap(naps, ms, signal) }

    const unseen = await lane.acquire(ask)
    const result = await whileLooking({ estate, context, names: ['backend_migration'], clock }, () =>
      lane.acquire({ ...ask, ...('secret' in unseen ? { secret: unseen.secret } : {}), waitMsMax: 20_000 }),
    )

    expect(unseen.outcome).toBe('queued')
    expect(result.outcome).toBe('granted')
    expect(naps[0]).toBe(60_000)
  })
})

/** The first nap is over at once; every later one lasts until nobody waits any more. */
async function nap(naps: number[], ms: number, signal: AbortSignal | undefined): Promise<void> {
  naps.push(ms)
  if (naps.length === 1) return
  await new Promise<void>((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('woken')))
  })
}
