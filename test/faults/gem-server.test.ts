import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Conductor, RunResult } from '@conduct/conductor'
import { hasRuby, needsRuby } from '../ecosystems/gem-seeds.ts'
import type { HttpCall } from '../servers/fault-proxy.ts'
import { type Choose, always, once } from './choose-fault.ts'
import { type GemWorld, gemWorld } from './gem-world.ts'

const isPush = ({ method }: HttpCall): boolean => method === 'POST'
const isIndex = ({ path }: HttpCall): boolean => path === '/info/engine'
const run = { train: 'engine', waitMsMax: 0 } as const

interface Day {
  readonly day: string
  readonly choose: () => Choose
  readonly said: RegExp
}

/** Nothing is begun while the server does not say what it has. */
const refused: readonly Day[] = [
  { day: 'is unreachable', choose: always(() => true, { fault: 'unreachable' }), said: /unknown registry/ },
  {
    day: 'answers 500 for ever',
    choose: always(() => true, { fault: 'status', status: 500 }),
    said: /answered 500/,
  },
  { day: 'answers every question by half', choose: always(isIndex, { fault: 'half' }), said: /info\/engine/ },
  {
    day: 'answers every question by half and calls it whole',
    choose: always(isIndex, { fault: 'half_unnoticed' }),
    said: /info\/engine/,
  },
]

/** The push may have happened: the run stops, and the same run goes on the next day. */
const notKnown: readonly Day[] = [
  {
    day: 'is gone for the push',
    choose: always(isPush, { fault: 'unreachable' }),
    said: /^whether engine@.* is not known/,
  },
  {
    day: 'answers 503 to the push',
    choose: always(isPush, { fault: 'status', status: 503 }),
    said: /^whether engine@.* is not known/,
  },
  {
    day: 'never answers the push',
    choose: always(isPush, { fault: 'hang' }),
    said: /^whether engine@.* is not known.*/,
  },
]

/** What was pushed is seen, whatever the answer was. */
const finished: readonly Omit<Day, 'said'>[] = [
  {
    day: 'answers 500 to one question',
    choose: once(isIndex, { fault: 'status', status: 500 }),
  },
  { day: 'answers one question by half', choose: once(isIndex, { fault: 'half' }) },
  { day: 'answers late', choose: always(() => true, { fault: 'late', afterMs: 100 }) },
  { day: 'takes the push and loses the answer', choose: always(isPush, { fault: 'acts_unanswered' }) },
  {
    day: 'takes the push and answers 502',
    choose: always(isPush, { fault: 'acts_then_status', status: 502 }),
  },
  { day: 'takes the push and answers by half', choose: always(isPush, { fault: 'half' }) },
]

describe.skipIf(!hasRuby)(`a gem server on bad days${needsRuby}`, () => {
  let world: GemWorld
  let conductor: Conductor

  beforeAll(async () => {
    world = await gemWorld()
  })
  afterAll(() => world[Symbol.asyncDispose]())
  beforeEach(async () => {
    vi.stubEnv('GEM_HOST_API_KEY', world.gems.apiKey)
    conductor = await world.fresh()
  })
  afterEach(() => {
    world.proxy.misbehave(null)
    vi.unstubAllEnvs()
  })

  const ended = ({ exit, record }: RunResult) => ({
    exit,
    code: record.stop?.code ?? null,
    irreversibleDone: record.irreversibleDone,
    published: record.published.length,
    taken: world.taken(),
  })
  const done = { exit: 0, code: null, irreversibleDone: true, published: 1, taken: 1 }
  const resume = ({ record }: RunResult) => conductor.resumeRun({ run: record.run, waitMsMax: 0 })

  it('nothing is begun while it does not say what it has: PREFLIGHT_REFUSED', async () => {
    for (const { day, choose, said } of refused) {
      world.proxy.misbehave(choose())

      const result = await conductor.runTrain(run)

      const nothing = { exit: 3, code: 'PREFLIGHT_REFUSED', irreversibleDone: false, published: 0, taken: 0 }
      expect({ day, ...ended(result) }).toEqual({ day, ...nothing })
      expect(result.record.stop?.message).toMatch(said)
    }
    world.proxy.misbehave(null)
    expect(ended(await conductor.runTrain(run))).toEqual(done)
  })

  it('a push that nobody saw end is not known, day after day, and made once on the better one', async () => {
    let last: RunResult | null = null
    for (const { day, choose, said } of notKnown) {
      world.proxy.misbehave(choose())

      last = last === null ? await conductor.runTrain(run) : await resume(last)

      const open = { exit: 7, code: 'REGISTRY_UNREACHABLE', irreversibleDone: true, published: 0, taken: 0 }
      expect({ day, ...ended(last) }).toEqual({ day, ...open })
      expect(last.record.stop?.message).toMatch(said)
    }
    world.proxy.misbehave(null)
    expect(last === null ? null : ended(await resume(last))).toEqual(done)
  })

  it('an index that stays behind is waited for, and the resume pushes nothing: AWAIT_TIMEOUT', async () => {
    world.proxy.misbehave(always(isIndex, { fault: 'stale' })())
    await fetch(`${world.proxy.url}info/engine`)

    const behind = await conductor.runTrain(run)
    const still = await resume(behind)
    world.proxy.misbehave(null)
    const result = await resume(still)

    for (const one of [behind, still]) {
      expect(ended(one)).toMatchObject({ exit: 7, code: 'AWAIT_TIMEOUT', taken: 1 })
    }
    expect(ended(result)).toEqual(done)
  })

  it.each(finished)('$day: the run is finished, and pushed once', async ({ choose }) => {
    world.proxy.misbehave(choose())

    expect(ended(await conductor.runTrain(run))).toEqual(done)
  })
})
