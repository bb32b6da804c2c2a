import { type LaneDefinition, openStore, type Store } from '@conduct/lanes/engine'
import { acquireAgain, answered, laneOf } from './lane-of.ts'
import { handBack } from './take-over.ts'

/** Takes a set, works, releases; kills itself right before or right after its n-th call of the store. */
export interface CrashOrder {
  readonly storeUrl: string
  readonly estate: string
  readonly definition: LaneDefinition
  readonly call: number
  readonly when: 'before' | 'after'
}

const order = JSON.parse(process.argv[2] ?? '') as CrashOrder
let calls = 0

function crashing(store: Store): Store {
  const crash = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    calls += 1
    const isNow = calls === order.call
    if (isNow && order.when === 'before') process.kill(process.pid, 'SIGKILL')
    const result = await call()
    if (isNow) process.kill(process.pid, 'SIGKILL')
    return result
  }
  const { register } = store
  return {
    ...store,
    register: {
      ...register,
      read: (id) => crash(() => register.read(id)),
      change: (id, decide) => crash(() => register.change(id, decide)),
      now: () => crash(() => register.now()),
    },
  }
}

await using opened = await openStore(order.storeUrl, { estate: order.estate })
const lane = laneOf(crashing(opened), order.definition, `test:${process.pid}`, { renewal: 'inline' })
const result = await acquireAgain(lane, { resources: ['a', 'b', 'c'], attended: true, waitMsMax: 60_000 })
if (result.outcome !== 'granted') throw new Error(result.outcome)
const { lease } = result
await answered(() => lease.guard({ name: 'x', timeoutMs: 100, renewFirst: true }, async () => undefined))
await handBack(lease)
