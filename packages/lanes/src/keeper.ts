import { text } from 'node:stream/consumers'
import { isRunning } from './host/process-identity.ts'
import { systemClock } from './host/system-clock.ts'
import { type KeeperOrder, keeperReady } from './keep-alive.ts'
import { readLane, withStored } from './lane/lane-calls.ts'
import { makeLeaseState } from './lane/lease-state.ts'
import { renewOnce } from './lane/renewal.ts'
import { openStore } from './open-store.ts'

/** Entry of the detached renewer; see `keep-alive.ts`. It ends with its parent, its lease or its lifetime. */
const order = JSON.parse(await text(process.stdin)) as KeeperOrder
const { lane, key, parent, estate } = order
const endMs = systemClock.bootMs() + order.lifeMsMax

/** How often the parent is looked for, and how soon a renewal that failed is tried again. */
const lookMsMax = 2000

// Whoever waits for the first word is gone afterwards.
process.stdout.on('error', () => undefined)
await using store = await openStore(order.storeUrl, {
  ...(estate === null ? {} : { estate }),
  callMsMax: order.definition.renewMs,
})
const declared = { store, lane, definition: order.definition, clock: systemClock }
const calls = withStored(declared, (await readLane(declared))?.document ?? null)
const { renewMs } = calls.definition
const state = makeLeaseState(systemClock)
let renewAtMs = 0
let isReady = false
while (isRunning(parent) && systemClock.bootMs() < endMs) {
  if (systemClock.bootMs() >= renewAtMs) {
    const answer = await renewOnce(calls, { key, state })
    if (answer === 'granted') {
      renewAtMs = systemClock.bootMs() + renewMs
      if (!isReady) process.stdout.write(keeperReady)
      isReady = true
    } else if (answer !== 'no_answer') break
  }
  await systemClock.sleep(Math.min(lookMsMax, renewMs / 2))
}
