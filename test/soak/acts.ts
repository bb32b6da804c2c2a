import { isConductError, type RunId } from '@conduct/core'
import { execUnderLane } from '@conduct/conductor'
import {
  type AcquireOptions,
  type AcquireResult,
  joinSecrets,
  type Lane,
  type Lease,
  systemClock,
} from '@conduct/lanes/engine'
import type { Target } from '../lanes/target.ts'
import { resources, type WorkerOrder } from './order.ts'

/** What a worker acts with. */
export interface Acting {
  readonly order: WorkerOrder
  readonly lane: Lane
  /** The lane as a child of that claim sees it. */
  readonly childLane: (secrets: string) => Lane
  readonly target: Target
  readonly random: () => number
  readonly finishing: AbortSignal
  readonly counts: { grants: number; refusedByGuard: number }
  /** Adds what a pretended host needs. */
  readonly asked: (options: AcquireOptions) => AcquireOptions
  /** Says so when the lane claims that a lease is lost which it still has. */
  readonly noteLoss: (lease: Lease) => Promise<void>
  nextRun(): RunId
}

/** Everything that people and agents do with a lane, each with how often. */
export const acts: Readonly<
  Record<string, { readonly weight: number; readonly act: (acting: Acting) => Promise<void> }>
> = {
  work: { weight: 8, act: work },
  impatient: { weight: 2, act: impatient },
  leaver: { weight: 2, act: leaver },
  asker: { weight: 2, act: asker },
  unattended: { weight: 2, act: unattended },
  parker: { weight: 2, act: parker },
  keeper: { weight: 2, act: keeper },
  parent: { weight: 1, act: parent },
  exec: { weight: 0.5, act: exec },
}

const effectsMax = 3
const patienceMs = 6000
const shortMs = 300

async function work(acting: Acting): Promise<void> {
  await using lease = await acquired(acting, { attended: true })
  if (lease === null) return
  await effects(acting, lease)
  // Half of them leave it to the end of the block.
  if (acting.random() < 0.5) await lease.release()
}

async function impatient(acting: Acting): Promise<void> {
  const whenHeld = acting.random() < 0.5 ? 'fail' : 'skip'
  await using lease = await acquired(acting, { attended: true, whenHeld, waitMsMax: 0 })
  if (lease !== null) await effects(acting, lease)
}

/** Stands in line for a moment, then goes away. */
async function leaver(acting: Acting): Promise<void> {
  const result = await ask(acting, {
    attended: false,
    waitMsMax: acting.random() * shortMs * acting.order.pace,
  })
  if (result.outcome === 'queued') await acting.lane.leave({ claim: result.claim, secret: result.secret })
  if (result.outcome === 'granted') await result.lease.release()
}

/** Comes back to its place with its secret. */
async function asker(acting: Acting): Promise<void> {
  const wanted = choose(acting)
  const first = await ask(acting, { attended: true, waitMsMax: 0, resources: wanted })
  if (first.outcome === 'granted') return finish(acting, first.lease)
  if (first.outcome !== 'queued') return
  await rest(acting, shortMs)
  const { secret } = first
  const again = await ask(acting, { attended: true, waitMsMax: patience(acting), resources: wanted, secret })
  if (again.outcome === 'granted') return finish(acting, again.lease)
  if (again.outcome === 'queued') await acting.lane.leave({ claim: again.claim, secret: again.secret })
}

/** Renews by hand; some of them forget to give it back. */
async function unattended(acting: Acting): Promise<void> {
  const result = await ask(acting, { attended: false, waitMsMax: patience(acting) })
  if (result.outcome === 'queued') {
    await acting.lane.leave({ claim: result.claim, secret: result.secret })
    return
  }
  if (result.outcome !== 'granted') return
  const { claim, secret } = result.lease
  await effects(acting, result.lease)
  await acting.lane.renew({ claim, secret })
  await effects(acting, result.lease)
  if (acting.random() < 0.8) await acting.lane.release({ claim, secret })
}

/** Gives the lane back while it waits for an approval, and goes on from a place of its own. */
async function parker(acting: Acting): Promise<void> {
  const run = acting.nextRun()
  const wanted = choose(acting)
  const lease = await acquired(acting, { attended: true, run, resources: wanted })
  if (lease === null) return
  await effects(acting, lease)
  await acting.lane.park(lease)
  await rest(acting, shortMs)
  await using again = await acquired(acting, { attended: true, resumes: run, resources: wanted })
  if (again !== null) await effects(acting, again)
}

/** Stops after something irreversible and is resumed. */
async function keeper(acting: Acting): Promise<void> {
  const run = acting.nextRun()
  const wanted = choose(acting)
  const lease = await acquired(acting, { attended: true, run, resources: wanted })
  if (lease === null) return
  await effects(acting, lease)
  await lease.keep({ reason: 'published' })
  await effects(acting, lease)
  await lease.stop({ reason: 'published, deploy is open' })
  await rest(acting, shortMs)
  const again = await acquired(acting, { attended: true, resumes: run, resources: wanted })
  if (again === null) return
  await effects(acting, again)
  await acting.lane.clearNote(run)
  await again.release()
}

/** A child works under a part of its parent's claim. */
async function parent(acting: Acting): Promise<void> {
  await using lease = await acquired(acting, { attended: true, resources: resources.slice(0, 3) })
  if (lease === null) return
  const child = acting.childLane(joinSecrets([lease.secret]))
  const result = await child.acquire({ resources: resources.slice(0, 1), attended: true, waitMsMax: 0 })
  if (result.outcome !== 'granted') {
    // A captain or time may have taken the parent's claim before: a child of nobody waits like anybody.
    const { holders } = await acting.lane.inspect()
    if (holders.some(({ claim }) => claim === lease.claim)) {
      throw new Error(`a child was ${result.outcome} under its parent's claim`)
    }
    if (result.outcome === 'queued') {
      await acting.lane.leave({ claim: result.claim, secret: result.secret })
    }
    return
  }
  await using share = result.lease
  await effects(acting, share)
}

/** A command that changes the target itself, with the token from its environment. */
async function exec(acting: Acting): Promise<void> {
  const { order, lane, random } = acting
  // A command belongs to this host and is found dead here.
  if (order.host !== null) return work(acting)
  const wanted = choose(acting)
  const entry = new URL('effect-process.ts', import.meta.url).pathname
  const result = await execUnderLane({
    lane,
    claim: { resources: wanted, waitMsMax: patience(acting), signal: acting.finishing },
    argv: [process.execPath, entry, order.targetPath, wanted.join(','), String(Math.floor(random() * 50))],
    cwd: order.folder,
    env: process.env,
    stdout: 'stderr',
  })
  if (!result.ran) return
  acting.counts.grants += 1
  const isFine = result.lost !== null || result.commandExit === 0 || result.commandExit === refusedExit
  if (!isFine) throw new Error(`the command ended with ${result.commandExit ?? result.signal}`)
}

/** The target of a command refused its token. */
export const refusedExit = 3

async function finish(acting: Acting, lease: Lease): Promise<void> {
  acting.counts.grants += 1
  await effects(acting, lease)
  await lease.release()
}

function choose({ random }: Acting): readonly string[] {
  const chosen = resources.filter(() => random() < 0.4)
  return chosen.length > 0 ? chosen : [resources[Math.floor(random() * resources.length)] ?? 'a']
}

function patience({ random, order }: Acting): number {
  return (0.2 + random()) * patienceMs * order.pace
}

async function rest({ random, order, finishing }: Acting, ms: number): Promise<void> {
  await systemClock.sleep(random() * ms * order.pace, finishing).catch(() => undefined)
}

type Question = Partial<AcquireOptions> & { readonly attended: boolean }

function ask(acting: Acting, question: Question): Promise<AcquireResult> {
  return acting.lane.acquire(
    acting.asked({
      resources: choose(acting),
      waitMsMax: patience(acting),
      task: acting.order.name,
      signal: acting.finishing,
      ...question,
    }),
  )
}

/** Null: somebody else's turn; a place in line is given up. */
async function acquired(acting: Acting, question: Question): Promise<Lease | null> {
  const result = await ask(acting, question)
  if (result.outcome === 'queued') await acting.lane.leave({ claim: result.claim, secret: result.secret })
  if (result.outcome !== 'granted') return null
  acting.counts.grants += 1
  return result.lease
}

async function effects(acting: Acting, lease: Lease): Promise<void> {
  const { target, random, counts } = acting
  const count = 1 + Math.floor(random() * effectsMax)
  const under = { token: lease.token, resources: lease.resources }
  for (let index = 0; index < count; index++) {
    try {
      const renewFirst = random() < 0.2
      await lease.guard({ name: 'write', timeoutMs: 500, renewFirst }, async () => {
        const begun = target.begin(under)
        if (begun === 'refused') return
        await systemClock.sleep(random() < 0.05 ? 200 : random() * 10)
        target.write(under, begun)
      })
    } catch (error) {
      if (isConductError(error, 'LEASE_LOST')) {
        counts.refusedByGuard += 1
        await acting.noteLoss(lease)
      }
      throw error
    }
  }
}
