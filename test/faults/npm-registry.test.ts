import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Conductor, RunResult } from '@conduct/conductor'
import type { HttpCall } from '../servers/fault-proxy.ts'
import { type Choose, always, once } from './choose-fault.ts'
import { npmName, type NpmWorld, npmWorld } from './npm-world.ts'

/**
 * The npm registry on bad days: how the run ends, that a resume finishes it once the day is better, that nothing is
 * published twice and nothing called published that was not read back.
 */
const isPublish = ({ method }: HttpCall): boolean => method === 'PUT'
const isPackument = ({ method, path }: HttpCall): boolean => method === 'GET' && path === `/${npmName}`
const run = { train: 'engine', waitMsMax: 0 } as const

interface Day {
  readonly day: string
  readonly choose: () => Choose
  readonly said: RegExp
}

/** Nothing is begun while the registry does not say what it has. */
const refused: readonly Day[] = [
  { day: 'is unreachable', choose: always(() => true, { fault: 'unreachable' }), said: /unknown registry/ },
  {
    day: 'answers 500 for ever',
    choose: always(() => true, { fault: 'status', status: 500 }),
    said: /answered 500/,
  },
  {
    day: 'answers every question by halves',
    choose: always(isPackument, { fault: 'half' }),
    said: /registry/,
  },
]

/** The publish may have happened: the run stops, and the same run goes on the next day. */
const unanswered = /^whether @acme\/engine@1\.\d\.0 reached http:.* is not known/
const notKnown: readonly Day[] = [
  {
    day: 'is gone for the publish',
    choose: always(isPublish, { fault: 'unreachable' }),
    said: unanswered,
  },
  {
    day: 'answers 503 to the publish',
    choose: once(isPublish, { fault: 'status', status: 503 }),
    said: unanswered,
  },
  { day: 'never answers the publish', choose: always(isPublish, { fault: 'hang' }), said: unanswered },
]

/** What was published is seen, whatever the answer was. */
const finished: readonly Omit<Day, 'said'>[] = [
  { day: 'answers 500 to one question', choose: once(isPackument, { fault: 'status', status: 500 }) },
  { day: 'answers one question by half', choose: once(isPackument, { fault: 'half' }) },
  { day: 'answers late', choose: always(() => true, { fault: 'late', afterMs: 50 }) },
  { day: 'takes the publish and loses the answer', choose: always(isPublish, { fault: 'acts_unanswered' }) },
  {
    day: 'takes the publish and answers 502',
    choose: always(isPublish, { fault: 'acts_then_status', status: 502 }),
  },
  { day: 'takes the publish and answers by half', choose: always(isPublish, { fault: 'half' }) },
]

const taken = always(isPublish, {
  fault: 'status',
  status: 403,
  body: '{"error":"You cannot publish over the previously published versions: 1.1.0."}',
})

describe('an npm registry on bad days', () => {
  let world: NpmWorld
  let conductor: Conductor
  let version: string

  beforeAll(async () => {
    world = await npmWorld()
  })
  afterAll(() => world[Symbol.asyncDispose]())
  beforeEach(async () => {
    vi.stubEnv('HOME', world.home)
    vi.stubEnv('NPM_CONFIG_USERCONFIG', undefined)
    vi.stubEnv('npm_config_userconfig', undefined)
    ;({ conductor, version } = await world.next())
  })
  afterEach(() => {
    world.proxy.misbehave(null)
    vi.unstubAllEnvs()
  })

  const ended = async ({ exit, record }: RunResult) => ({
    exit,
    code: record.stop?.code ?? null,
    irreversibleDone: record.irreversibleDone,
    published: record.published.length,
    isLive: await world.isLive(version),
    taken: world.taken(version),
  })
  const done = { exit: 0, code: null, irreversibleDone: true, published: 1, isLive: true, taken: 1 }
  const resume = ({ record }: RunResult) => conductor.resumeRun({ run: record.run, waitMsMax: 0 })

  // First: what is stale is what was answered before anything was published.
  it('does not show what was published: it is waited for, and the resume publishes nothing: AWAIT_TIMEOUT', async () => {
    await conductor.planTrain({ train: 'engine' })
    world.proxy.misbehave(always(isPackument, { fault: 'stale' })())

    const behind = await conductor.runTrain(run)
    const still = await resume(behind)
    world.proxy.misbehave(null)

    for (const one of [behind, still]) {
      expect(await ended(one)).toMatchObject({ exit: 7, code: 'AWAIT_TIMEOUT', taken: 1 })
      expect(one.record.stop?.message).toMatch(/after 3 s: .* is not visible/)
    }
    expect(await ended(await resume(still))).toEqual(done)
  })

  it('nothing is begun while it does not say what it has: PREFLIGHT_REFUSED', async () => {
    for (const { day, choose, said } of refused) {
      world.proxy.misbehave(choose())

      const result = await conductor.runTrain(run)

      const none = { exit: 3, code: 'PREFLIGHT_REFUSED', irreversibleDone: false, published: 0, taken: 0 }
      expect({ day, ...(await ended(result)) }).toEqual({ day, ...none, isLive: false })
      expect(result.record.stop?.message).toMatch(said)
    }
    world.proxy.misbehave(null)
    expect(await ended(await conductor.runTrain(run))).toEqual(done)
  })

  it('a publish that nobody saw end is not known, day after day, and made once on the better one', async () => {
    let last: RunResult | null = null
    for (const { day, choose, said } of notKnown) {
      world.proxy.misbehave(choose())

      last = last === null ? await conductor.runTrain(run) : await resume(last)

      const open = { exit: 7, code: 'REGISTRY_UNREACHABLE', irreversibleDone: true, published: 0, taken: 0 }
      expect({ day, ...(await ended(last)) }).toEqual({ day, ...open, isLive: false })
      expect(last.record.stop?.message).toMatch(said)
    }
    world.proxy.misbehave(taken())
    last = last === null ? await conductor.runTrain(run) : await resume(last)
    expect(await ended(last)).toMatchObject({ exit: 7, code: 'OUTCOME_UNKNOWN', published: 0, taken: 0 })
    expect(last.record.stop?.message).toMatch(/the registry has @acme\/engine@.* and does not show it yet/)
    world.proxy.misbehave(null)
    expect(await ended(await resume(last))).toEqual(done)
  })

  it.each(finished)('$day: the run is finished, and published once', async ({ choose }) => {
    world.proxy.misbehave(choose())

    expect(await ended(await conductor.runTrain(run))).toEqual(done)
  })
})
