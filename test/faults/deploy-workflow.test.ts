import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Conductor, RunResult } from '@conduct/conductor'
import type { ChooseFault, ForgeFault } from '@conduct/rehearsal/forge'
import { type DeployByWorkflow, deployByWorkflow } from '../conductor/deploy-by-workflow.ts'
import { oldSha } from '../conductor/deploy-estate.ts'
import { dispatchByHand } from '../conductor/dispatch-by-hand.ts'
import { askForgeAt } from '../conductor/forge-in-test.ts'
import { hastyClock } from '../conductor/hasty-clock.ts'
import { type OpenedConductor, openConductor } from '../conductor/open-conductor.ts'

const run = { train: 'engine', waitMsMax: 0 } as const
const inRepo = '/repos/{owner}/{repo}'
const dispatch = `POST ${inRepo}/actions/workflows/{workflow_id}/dispatches`
const list = `GET ${inRepo}/actions/workflows/{workflow_id}/runs`
const look = `GET ${inRepo}/actions/runs/{run_id}`

const always =
  (wanted: string, fault: ForgeFault): ChooseFault =>
  ({ endpoint }) =>
    endpoint === wanted ? fault : null
const onceEach =
  (fault: ForgeFault): ChooseFault =>
  ({ method, nth }) =>
    method === 'GET' && nth === 1 ? fault : null

interface Day {
  readonly day: string
  readonly choose: ChooseFault
  readonly said: RegExp
}

/** The dispatch may have left, and no run shows it. */
const lost: readonly Day[] = [
  {
    day: 'dies at the dispatch',
    choose: always(dispatch, { fault: 'unanswered', acts: false }),
    said: /did not answer.*it is not dispatched a second time/,
  },
  {
    day: 'answers 503 to the dispatch',
    choose: always(dispatch, { fault: 'status', status: 503 }),
    said: /answered 503.*it is not dispatched a second time/,
  },
]

/** It was dispatched, and nobody sees how it goes on. */
const unseen: readonly Day[] = [
  {
    day: 'does not show the run',
    choose: always(list, { fault: 'stale' }),
    said: /no run shows [0-9a-f]+-shop-1.*it is not dispatched a second time/,
  },
  {
    day: 'answers 503 to every look at the run',
    choose: always(look, { fault: 'status', status: 503 }),
    said: /answered 503/,
  },
  {
    day: 'answers every look at the run by half',
    choose: always(look, { fault: 'half' }),
    said: /half an answer/,
  },
  {
    day: 'is unreachable once it was dispatched',
    choose: always(look, { fault: 'unanswered', acts: false }),
    said: /did not answer/,
  },
]

const finished: readonly Omit<Day, 'said'>[] = [
  { day: 'answers 502 once to every question', choose: onceEach({ fault: 'status', status: 502 }) },
  { day: 'answers every question once by half', choose: onceEach({ fault: 'half' }) },
  {
    day: 'takes the dispatch and loses the answer',
    choose: always(dispatch, { fault: 'unanswered', acts: true }),
  },
  {
    day: 'takes the dispatch and answers 502',
    choose: always(dispatch, { fault: 'acts_then_status', status: 502 }),
  },
]

describe('a workflow that deploys, on bad days of its forge', () => {
  let world: DeployByWorkflow
  let conductor: Conductor
  const opened: OpenedConductor[] = []
  let gate: Promise<unknown> | null = null

  beforeAll(async () => {
    world = await deployByWorkflow({ until: () => Promise.resolve(gate), deploy: 'timeout: 3m' })
  })
  afterAll(async () => {
    for (const one of opened) await one[Symbol.asyncDispose]()
    await world[Symbol.asyncDispose]()
  })
  beforeEach(async () => {
    gate = null
    world.github.misbehave(null)
    world.shop.records.runs.splice(0)
    await writeFile(join(world.estate.dir, 'state', 'shop.sha'), oldSha)
    await writeFile(join(world.estate.dir, 'state', 'shop.sent'), '')
    const clock = hastyClock()
    const { estate, lanesYaml, forge } = world
    const storeUrl = `sqlite:${join(estate.dir, `state-${opened.length}.db`)}`
    const askForge = await askForgeAt(forge, clock)
    const one = await openConductor({ dir: estate.dir, storeUrl, lanesYaml, clock, askForge })
    opened.push(one)
    conductor = one.conductor
  })

  const ended = async ({ exit, record }: RunResult) => ({
    exit,
    code: record.stop?.code ?? null,
    irreversibleDone: record.irreversibleDone,
    verified: record.deployed.flatMap(({ verified }) => (verified === 'yes' ? ['yes'] : [])),
    asked: await world.asked(),
    sent: (await world.estate.sent('shop')).length,
  })
  const done = { exit: 0, code: null, irreversibleDone: true, verified: ['yes'], asked: 1, sent: 1 }
  const travel = () => conductor.runTrain(run)
  const resume = ({ record }: RunResult) => conductor.resumeRun({ run: record.run, waitMsMax: 0 })

  it.each<[string, ForgeFault]>([
    ['is unreachable', { fault: 'unanswered', acts: false }],
    ['answers 503 for ever', { fault: 'status', status: 503 }],
  ])('%s before anything: PREFLIGHT_REFUSED', async (_day, fault) => {
    world.github.misbehave(() => fault)

    const result = await travel()

    expect(await ended(result)).toMatchObject({ exit: 3, code: 'PREFLIGHT_REFUSED', irreversibleDone: false })
    expect(result.record.stop?.message).toContain('unknown workflow:shop')
    expect(await world.asked()).toBe(0)
  })

  it.each(lost)('$day: it is not known, resume after resume, until a person dispatches it', async (one) => {
    world.github.misbehave(one.choose)

    const stopped = await travel()
    world.github.misbehave(null)
    const still = await resume(stopped)

    const open = { exit: 7, code: 'OUTCOME_UNKNOWN', irreversibleDone: true, verified: [], asked: 0, sent: 0 }
    expect(await ended(stopped)).toEqual(open)
    expect(await ended(still)).toEqual(open)
    expect(stopped.record.stop?.message).toMatch(one.said)
    const shown = await dispatchByHand(still.record.stop?.hint ?? '', world.forge)
    expect(shown).toBe(`${stopped.record.run}-shop-1`)
    expect(await ended(await resume(still))).toEqual(done)
  })

  it.each(unseen)('$day: it is not known, and the resume finds what was dispatched', async (one) => {
    await conductor.planTrain({ train: 'engine' })
    world.github.misbehave(one.choose)
    const release = hold()

    const stopped = await travel()

    expect(await ended(stopped)).toEqual({
      exit: 7,
      code: 'OUTCOME_UNKNOWN',
      irreversibleDone: true,
      verified: [],
      asked: 1,
      sent: 0,
    })
    expect(stopped.record.stop?.message).toMatch(one.said)
    world.github.misbehave(null)
    release()
    expect(await ended(await resume(stopped))).toEqual(done)
  })

  it('takes longer than it may: it is waited for by the resume, and not dispatched again', async () => {
    const release = hold()

    const waiting = await travel()

    expect({ ...(await ended(waiting)), said: waiting.record.stop?.message }).toMatchObject({
      exit: 7,
      code: 'OUTCOME_UNKNOWN',
      asked: 1,
      sent: 0,
      said: expect.stringMatching(/is still in_progress/) as string,
    })
    release()
    expect(await ended(await resume(waiting))).toEqual(done)
  })

  it('shows no list of runs: nothing is dispatched, and the resume does', async () => {
    world.github.misbehave(always(list, { fault: 'half' }))

    const stopped = await travel()

    expect(await ended(stopped)).toMatchObject({
      exit: 30,
      code: 'OUTCOME_UNKNOWN',
      irreversibleDone: false,
      asked: 0,
    })
    world.github.misbehave(null)
    expect(await ended(await resume(stopped))).toEqual(done)
  })

  it.each(finished)('$day: the run is finished, and dispatched once', async ({ choose }) => {
    world.github.misbehave(choose)

    expect(await ended(await travel())).toEqual(done)
  })

  /** The machine does not begin before this is called. */
  function hold(): () => void {
    let release = (): void => undefined
    gate = new Promise<void>((resolve) => {
      release = resolve
    })
    return release
  }
})
