import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Conductor, RunResult } from '@conduct/conductor'
import type { HttpCall } from '../servers/fault-proxy.ts'
import { type Choose, always, once } from './choose-fault.ts'
import { type GitWorld, gitWorld } from './git-world.ts'

const run = { train: 'engine', waitMsMax: 0 } as const
let world: GitWorld
let conductor: Conductor

const isApp = ({ path }: HttpCall): boolean => path.includes(world.app)
const isPlatform = ({ path }: HttpCall): boolean => path.includes(world.platform)
const isPush = ({ path }: HttpCall): boolean => path.endsWith('/git-receive-pack')
/** Lists and packs are asked for there. */
const isAsked = (call: HttpCall): boolean => isPlatform(call) && call.path.endsWith('/git-upload-pack')

interface Day {
  readonly day: string
  readonly choose: () => Choose
  readonly said: RegExp
}

/** The remote of an app while it is surveyed. */
const unread: readonly Day[] = [
  { day: 'is unreachable', choose: always(isApp, { fault: 'unreachable' }), said: /./ },
  { day: 'answers 503 for ever', choose: always(isApp, { fault: 'status', status: 503 }), said: /503/ },
  { day: 'answers by half', choose: always(isApp, { fault: 'half' }), said: /./ },
]

const unsent: readonly Day[] = [
  { day: 'is gone for the push', choose: always(isPush, { fault: 'unreachable' }), said: /./ },
  { day: 'answers 503 to the push', choose: once(isPush, { fault: 'status', status: 503 }), said: /hung up/ },
]

const finished: readonly Omit<Day, 'said'>[] = [
  { day: 'answers one question with 503', choose: once(isApp, { fault: 'status', status: 503 }) },
  { day: 'answers late', choose: always(() => true, { fault: 'late', afterMs: 30 }) },
  { day: 'takes the push and loses the answer', choose: always(isPush, { fault: 'acts_unanswered' }) },
  {
    day: 'takes the push and answers 502',
    choose: always(isPush, { fault: 'acts_then_status', status: 502 }),
  },
  { day: 'takes the push and answers by half', choose: always(isPush, { fault: 'half' }) },
]

describe('a git remote on bad days', () => {
  beforeAll(async () => {
    world = await gitWorld()
  })
  afterAll(() => world[Symbol.asyncDispose]())
  beforeEach(async () => {
    conductor = await world.fresh()
  })
  afterEach(() => world.proxy.misbehave(null))

  const ended = async ({ exit, record }: RunResult) => ({
    exit,
    code: record.stop?.code ?? null,
    irreversibleDone: record.irreversibleDone,
    verified: record.deployed.map(({ verified }) => verified),
    sent: (await world.estate.sent('shop')).length,
  })
  const done = { exit: 0, code: null, irreversibleDone: true, verified: ['yes'], sent: 1 }
  const resume = ({ record }: RunResult) => conductor.resumeRun({ run: record.run, waitMsMax: 0 })

  it('an app that cannot be surveyed is deployed nowhere: REMOTE_UNREACHABLE', async () => {
    for (const { day, choose, said } of unread) {
      world.proxy.misbehave(choose())

      const result = await conductor.runTrain(run)

      const nothing = { exit: 30, code: 'REMOTE_UNREACHABLE', irreversibleDone: false, verified: [], sent: 0 }
      expect({ day, ...(await ended(result)) }).toEqual({ day, ...nothing })
      expect(result.record.stop?.message).toMatch(said)
    }
    world.proxy.misbehave(null)
    expect(await ended(await conductor.runTrain(run))).toEqual(done)
  })

  it.each(unsent)('$day: the run stops, and its resume pushes', async ({ choose, said }) => {
    world.proxy.misbehave(choose())

    const stopped = await conductor.runTrain(run)

    expect(await ended(stopped)).toMatchObject({ exit: 30, code: 'REMOTE_UNREACHABLE', sent: 0 })
    expect(stopped.record.stop?.message).toMatch(said)
    world.proxy.misbehave(null)
    expect(await ended(await resume(stopped))).toEqual(done)
  })

  it('a list that stays behind is believed by nobody: what was pushed is not pushed again', async () => {
    await conductor.planTrain({ train: 'engine' })
    world.proxy.misbehave(always(isAsked, { fault: 'stale' })())

    const behind = await conductor.runTrain(run)
    const still = await resume(behind)
    world.proxy.misbehave(null)
    const result = await resume(still)

    expect(await ended(behind)).toMatchObject({ exit: 7, code: 'DEPLOY_INEFFECTIVE', irreversibleDone: true })
    expect(await ended(still)).toMatchObject({ exit: 7, irreversibleDone: true })
    expect(await ended(result)).toEqual(done)
  })

  it.each(finished)('$day: the run is finished, and pushed once', async ({ choose }) => {
    world.proxy.misbehave(choose())

    expect(await ended(await conductor.runTrain(run))).toEqual(done)
  })
})
