import { appendFileSync } from 'node:fs'
import { isConductError } from '@conduct/core'
import { type LaneDefinition, openStore, systemClock } from '@conduct/lanes/engine'
import { laneOf } from './lane-of.ts'

/** Holds a lane and starts an effect every few milliseconds, noting when; once it blocks its own event loop. */
export interface HolderOrder {
  readonly storeUrl: string
  readonly estate: string
  readonly definition: LaneDefinition
  readonly notesPath: string
  readonly blockMs: number
}

const order = JSON.parse(process.argv[2] ?? '') as HolderOrder
await using store = await openStore(order.storeUrl, { estate: order.estate })
const lane = laneOf(store, order.definition, 'test:holder')
const result = await lane.acquire({ resources: ['x'], attended: true, waitMsMax: 0 })
if (result.outcome !== 'granted') throw new Error(result.outcome)
const { lease } = result
let blockAt = systemClock.monotonicMs() + (order.blockMs > 0 ? order.definition.ttlMs * 1.25 : Infinity)

try {
  for (;;) {
    await lease.guard({ name: 'note', timeoutMs: 100 }, async () => {
      appendFileSync(order.notesPath, `${Date.now()}\n`)
    })
    if (systemClock.monotonicMs() > blockAt) {
      blockAt = Infinity
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, order.blockMs)
    }
    await systemClock.sleep(5)
  }
} catch (error) {
  if (!isConductError(error, 'LEASE_LOST')) throw error
  process.exitCode = error.exit
}
