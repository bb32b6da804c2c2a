import { isConductError } from '@conduct/core'
import { type LaneDefinition, type Lease, openStore, systemClock } from '@conduct/lanes/engine'
import { acquireAgain, laneOf } from './lane-of.ts'
import { onHost, processOn } from './foreign-host.ts'
import { openTarget } from './target.ts'

/** One process that wants the lane again and again and changes the target under it; see `contenders.ts`. */
export interface ContenderOrder {
  readonly storeUrl: string
  readonly estate: string
  readonly definition: LaneDefinition
  readonly targetPath: string
  readonly target: 'fenced' | 'unfenced'
  /** `everybody`: a lane that grants whoever asks. */
  readonly lane: 'real' | 'everybody'
  /** Between reading the target and writing it. */
  readonly effectMs: number
  readonly slowMs: number
  /** Pretends to run on that host; null: on this one. */
  readonly host: string | null
}

export type ContenderWord =
  | { readonly kind: 'slow_read'; readonly token: number }
  | { readonly kind: 'done'; readonly refusedByGuard: number; readonly refusedByTarget: number }

const order = JSON.parse(process.argv[2] ?? '') as ContenderOrder
const effectsPerLease = 3
let isFinishing = false
let isSlow = false
let refusedByGuard = 0
let refusedByTarget = 0
process.on('message', (word) => {
  if (word === 'finish') isFinishing = true
  if (word === 'slow') isSlow = true
})

const resources = ['target']
await using opened = await openStore(order.storeUrl, { estate: order.estate })
const { host } = order
const store = host === null ? opened : onHost(opened, host)
using target = openTarget(order.targetPath, order.target)
// The worker that renews opens the store by its address, and would be on this host.
const lane = laneOf(store, order.definition, `test:${process.pid}`, {
  renewal: host === null ? 'worker' : 'inline',
})

// oxlint-disable-next-line no-unmodified-loop-condition -- a message of the parent changes it
while (!isFinishing) {
  if (order.lane === 'everybody') {
    await effect(1)
    continue
  }
  const result = await acquireAgain(lane, {
    resources,
    attended: true,
    waitMsMax: 60_000,
    ...(host === null ? {} : { process: processOn(host) }),
  })
  if (result.outcome !== 'granted') continue
  await using lease = result.lease
  await work(lease)
}
say({ kind: 'done', refusedByGuard, refusedByTarget })
process.disconnect()

async function work(lease: Lease): Promise<void> {
  for (let index = 0; index < effectsPerLease; index++) {
    try {
      await lease.guard({ name: 'write', timeoutMs: 1000 }, ({ token }) => effect(token))
    } catch (error) {
      if (!isConductError(error, 'LEASE_LOST')) throw error
      refusedByGuard++
      return
    }
  }
}

async function effect(token: number): Promise<void> {
  const begun = target.begin({ token, resources })
  if (begun === 'refused') {
    refusedByTarget++
    return
  }
  const isSlowNow = isSlow
  isSlow = false
  if (isSlowNow) say({ kind: 'slow_read', token })
  await systemClock.sleep(isSlowNow ? order.slowMs : order.effectMs)
  if (target.write({ token, resources }, begun) === 'refused') refusedByTarget++
}

function say(word: ContenderWord): void {
  if (process.connected) process.send?.(word)
}
