import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from './host/system-clock.ts'
import { makeLeaseState } from './lane/lease-state.ts'
import { startRenewal } from './lane/renewal.ts'
import type { RenewalWorkerData, RenewalWorkerMessage } from './lane/worker-renewal.ts'
import { openStore } from './open-store.ts'

/** Entry of the thread that keeps an attended lease alive; see `lane/worker-renewal.ts`. */
const { storeUrl, estate, lane, definition, key, term, buffer, silenceMsMax } =
  workerData as RenewalWorkerData
const state = makeLeaseState(systemClock, buffer)
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
const say = (message: RenewalWorkerMessage): void => parentPort?.postMessage(message)

const stopAsked = new Promise<void>((resolve) => {
  parentPort?.once('message', () => resolve())
})
await using store = await openStore(storeUrl, {
  ...(estate === null ? {} : { estate }),
  callMsMax: definition.renewMs,
})
const renewal = startRenewal({
  calls: { store, lane, definition, clock: systemClock },
  key,
  term,
  state,
  isOwnerAlive: () => state.beatAgeMs() <= silenceMsMax,
  report: {
    onRenewed: () => say({ kind: 'renewed' }),
    onLost: (loss) => say({ kind: 'lost', loss }),
  },
})
await stopAsked
await renewal.stop()
