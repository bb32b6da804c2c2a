import { isConductError, type RunId } from '@conduct/core'
import { type Lease, openLanes, openStore, type Store, systemClock } from '@conduct/lanes/engine'
import { makeFaulty } from '@conduct/lanes/faulty-store'
import { onHost, processOn } from '../lanes/foreign-host.ts'
import { seededRandom } from '../lanes/seeded-random.ts'
import { openTarget } from '../lanes/target.ts'
import { type Acting, acts } from './acts.ts'
import { broken } from './break-store.ts'
import type { WorkerOrder, WorkerWord } from './order.ts'

/** One worker of a soak: does one thing after the other with the lane until it is told to finish. */
const order = JSON.parse(process.argv[2] ?? '') as WorkerOrder
const random = seededRandom(order.seed)
const finishing = new AbortController()
process.on('message', (word) => {
  if (word === 'finish') finishing.abort(new Error('the soak ends'))
})
// It ends with its last word: what a fault still holds back would come to a store that is closed.
process.on('disconnect', () => process.exit(0))

/** What a fault, a captain or another worker may do to any act. */
const expected = [
  'STORE_UNREACHABLE',
  'LEASE_LOST',
  'LEASE_TOO_SHORT',
  'CLAIM_UNKNOWN',
  'EXEC_SUPERVISOR_LOST',
] as const

const faultKinds = ['fails_before', 'fails_after', 'acts_late'] as const
const done: Record<string, number> = {}
const falseLosses: string[] = []
const counts = { grants: 0, refusedByGuard: 0 }
let unreachable = 0
let runs = 0

await using opened = await openStore(order.storeUrl, { estate: order.estate })
using target = openTarget(order.targetPath, 'fenced')
const store = dressed(opened)
const isPlain = store === opened
const identity = { holder: `test:${order.name}`, person: null }
const definitions = new Map([['lane', order.definition]])
// The worker thread that renews would open the bare store.
const renewal = isPlain ? 'worker' : 'inline'
const open = (parentClaim: string) =>
  openLanes({
    store,
    estate: order.estate,
    definitions,
    identity,
    clock: systemClock,
    renewal,
    parentClaim,
  }).lane('lane')
const lane = open('')
const { host } = order

const acting: Acting = {
  order,
  lane,
  childLane: open,
  target,
  random,
  finishing: finishing.signal,
  counts,
  asked: (options) => (host === null ? options : { ...options, process: processOn(host) }),
  noteLoss,
  nextRun: () => `run_${order.name}_${++runs}` as RunId,
}

for (let count = 0; !finishing.signal.aborted && count !== order.acts; count++) {
  const name = chooseAct()
  done[name] = (done[name] ?? 0) + 1
  try {
    await acts[name]?.act(acting)
  } catch (error) {
    if (error !== finishing.signal.reason && !isExpected(error)) {
      say({
        kind: 'bug',
        text: `${order.name}, ${name}: ${error instanceof Error ? error.stack : String(error)}`,
      })
      break
    }
  }
  await systemClock.sleep(random() * order.restMsMax, finishing.signal).catch(() => undefined)
}
say({ kind: 'done', acts: done, unreachable, falseLosses, ...counts })
process.disconnect()

function dressed(inner: Store): Store {
  let dress = inner
  if (order.breaks !== null) dress = broken(dress, { breaks: order.breaks, holder: `test:${order.name}` })
  if (order.host !== null) dress = onHost(dress, order.host)
  if (order.faultShare === 0) return dress
  return makeFaulty(dress, {
    nextFault: () => {
      if (random() >= order.faultShare) return null
      const fault = faultKinds[Math.floor(random() * faultKinds.length)] ?? null
      if (fault !== null) say({ kind: 'fault', fault })
      return fault
    },
    lateMs: () => random() * 400 * order.pace,
    sleep: systemClock.sleep,
  })
}

function chooseAct(): string {
  const weights =
    order.mix ?? Object.fromEntries(Object.entries(acts).map(([name, { weight }]) => [name, weight]))
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0)
  let left = random() * total
  for (const [name, weight] of Object.entries(weights)) {
    left -= weight
    if (left < 0) return name
  }
  return 'work'
}

function isExpected(error: unknown): boolean {
  if (isConductError(error, 'STORE_UNREACHABLE')) unreachable += 1
  return expected.some((code) => isConductError(error, code))
}

async function noteLoss(lease: Lease): Promise<void> {
  const { details } = lease.signal.reason as { readonly details?: { readonly cause?: string } }
  // Its own clock may end a lease before the lane does: that is the margin.
  if (details?.cause === 'lapsed') return
  const { document } = await lane.inspect()
  const held = document.holders.find(({ claim }) => claim === lease.claim)
  if (held?.state === 'held' && held.token === lease.token)
    falseLosses.push(`${lease.claim}: ${details?.cause ?? '?'}`)
}

function say(word: WorkerWord): void {
  if (process.connected) process.send?.(word)
}
