import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Lane, openLanes, openStore, type Store, systemClock } from '@conduct/lanes/engine'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { shortLease } from './contenders.ts'
import type { HolderOrder } from './stopped-holder.ts'

/** Long enough that a busy machine renews in time. */
const definition = { ...shortLease, ttlMs: 4000, renewMs: 600, marginMs: 500 }

/** Property 7 with real processes: a holder that was stopped, or whose event loop hung, starts nothing too late. */
let folder = ''
let store: Store
let lane: Lane
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'conduct-stop-'))
  store = await openStore(`sqlite:${join(folder, 'state.db')}`)
  lane = openLanes({
    store,
    estate: 'test',
    definitions: new Map([['lane', definition]]),
    identity: { holder: 'test:next', person: null },
    clock: systemClock,
  }).lane('lane')
})
afterEach(async () => {
  await store[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

function startHolder(blockMs: number): ChildProcess {
  const notesPath = join(folder, 'notes')
  const order: HolderOrder = { storeUrl: store.url, definition, notesPath, blockMs }
  return fork(new URL('stopped-holder.ts', import.meta.url), [JSON.stringify(order)], { execArgv: [] })
}

function notes(): readonly number[] {
  try {
    return readFileSync(join(folder, 'notes'), 'utf8').trim().split('\n').map(Number)
  } catch {
    return []
  }
}

async function takeOver(): Promise<number> {
  const result = await lane.acquire({ resources: ['x'], attended: true, waitMsMax: 30_000 })
  if (result.outcome !== 'granted') throw new Error(result.outcome)
  const takenMs = (await lane.inspect()).document.holders[0]?.grantedAt.ms ?? 0
  await result.lease.release()
  return takenMs
}

describe('the holder stops first, real processes', () => {
  test('a stopped holder that wakes after the takeover starts no effect any more and exits 11', async () => {
    const holder = startHolder(0)
    const exited = once(holder, 'exit')
    for (let look = 0; notes().length < 20; look++) {
      if (look > 2000) throw new Error('the holder never worked')
      await systemClock.sleep(10)
    }

    holder.kill('SIGSTOP')
    const takenMs = await takeOver()
    holder.kill('SIGCONT')

    const [code] = (await exited) as [number]
    expect(code).toBe(11)
    expect(Math.max(...notes())).toBeLessThan(takenMs)
  })

  test('a blocked event loop loses the lease, though its renewal worker could have gone on for ever', async () => {
    const holder = startHolder(definition.ttlMs * 2)
    const exited = once(holder, 'exit')
    for (let look = 0; notes().length < 20; look++) {
      if (look > 2000) throw new Error('the holder never worked')
      await systemClock.sleep(10)
    }

    const takenMs = await takeOver()

    const [code] = (await exited) as [number]
    expect(code).toBe(11)
    const last = Math.max(...notes())
    expect(last).toBeLessThan(takenMs)
    // Longer than one ttl before: it had been renewed while its loop turned.
    expect(last - Math.min(...notes())).toBeGreaterThan(definition.ttlMs)
  })
})
