import { beforeAll, describe, expect, it, vi } from 'vitest'
import { crashPositions, type RunResult } from '@conduct/conductor'
import type { ForgeFault } from '@conduct/rehearsal/forge'
import { inRepo } from '../forge/workshop.ts'
import { git } from './estate-world.ts'
import { childOf, type ForgeEstate, forgeToken } from './forge-estate.ts'
import { useForgeWorlds } from './forge-worlds.ts'
import { hastyClock } from './hasty-clock.ts'
import { type OpenedConductor, openConductor } from './open-conductor.ts'
import { runChild } from './run-child.ts'

/** The way back at a forge on bad days: it fails, acts and does not answer, and its rules have changed since. */
const openPull = `POST ${inRepo}/pulls`
const changePull = `PATCH ${inRepo}/pulls/{pull_number}`
const mergePull = `PUT ${inRepo}/pulls/{pull_number}/merge`

// Cases that run beside each other wait for each other.
vi.setConfig({ testTimeout: 300_000 })

beforeAll(() => {
  process.env['GH_ENTERPRISE_TOKEN'] = forgeToken
})

function open(world: ForgeEstate): Promise<OpenedConductor> {
  return openConductor({ ...childOf(world), clock: hastyClock() })
}

async function adopt(world: ForgeEstate): Promise<RunResult> {
  await using opened = await open(world)
  return await opened.conductor.runTrain({ train: 'engine', version: '1.1.0', approve: true, waitMsMax: 0 })
}

async function compensate(world: ForgeEstate, { record }: RunResult): Promise<RunResult> {
  await using opened = await open(world)
  return await opened.conductor.compensateRun({ run: record.run, waitMsMax: 0 })
}

/** Until it is told otherwise, the forge does this to one endpoint. */
function fail(world: ForgeEstate, endpoint: string, fault: ForgeFault): void {
  world.github.misbehave((call) => (call.endpoint === endpoint ? fault : null))
}

const ended = ({ exit, record }: RunResult) => ({
  exit,
  code: record.stop?.code ?? null,
  state: record.state,
})
const isBack = { exit: 0, code: null, state: 'compensated' }
const stays = { exit: 7, code: 'UNDO_INCOMPLETE', state: 'stopped' }

async function left({ estate, shop }: ForgeEstate) {
  const lockfile = await git(estate, 'shop', 'show', 'main:pnpm-lock.yaml')
  return {
    pulls: shop.records.pulls.map(({ state, mergeCommit }) => (mergeCommit === null ? state : 'merged')),
    adopts: /@rehearsal\/engine@1\.1\.0/.test(lockfile),
    branches: await git(estate, 'shop', 'for-each-ref', '--format=%(refname:short)', 'refs/heads'),
  }
}

describe.concurrent('the way back at a forge', () => {
  const worlds = useForgeWorlds()

  it('closes what the run has offered and nobody has merged, once, whatever the forge does', async () => {
    await using world = await worlds.published({ within: '1s' })
    world.shop.report(await world.shop.head('main'), 'test', 'success')
    world.shop.setCi(null)
    const waiting = await adopt(world)
    expect(ended(waiting)).toMatchObject({ code: 'MERGE_WAITING' })
    const { run } = waiting.record
    await using opened = await open(world)
    const { ways } = await opened.conductor.previewCompensation({ run })

    fail(world, changePull, { fault: 'status', status: 502 })
    const failed = await compensate(world, waiting)
    world.github.misbehave(null)
    const killed: unknown[] = []
    for (const position of crashPositions.filter((one) => one !== 'proved')) {
      const at = { point: `withdraw_proposal:${position}`, signal: 'SIGKILL' } as const
      const { signal } = await runChild({ ...childOf(world), isHasty: true, compensate: run, at })
      killed.push(signal)
    }
    const result = await compensate(world, waiting)

    expect(ways.find(({ way }) => way.kind === 'revert')).toMatchObject({
      outlook: 'to_do',
      why: expect.stringContaining('is open: it is closed, and its branch deleted') as string,
    })
    expect(ended(failed)).toEqual({ ...stays, exit: 1 })
    expect(killed).toEqual(killed.map(() => 'SIGKILL'))
    expect(ended(result)).toEqual(isBack)
    expect(await left(world)).toEqual({ pulls: ['closed'], adopts: false, branches: 'main' })
    expect(world.shop.records.comments.map(({ body }) => body)).toEqual([
      expect.stringContaining(`Run ${run} is taken back`),
    ])
  })

  it('believes what it sees of a forge that acts and does not answer', async () => {
    await using world = await worlds.published()
    const done = await adopt(world)
    expect(ended(done)).toMatchObject({ exit: 0 })

    fail(world, openPull, { fault: 'status', status: 502 })
    const unopened = await compensate(world, done)
    fail(world, openPull, { fault: 'unanswered', acts: true })
    world.shop.setCi({ check: 'test', conclusion: 'failure', reportsAfter: 0 })
    const red = await compensate(world, done)
    const pull = world.shop.records.pulls[1]
    world.shop.report(pull?.head ?? '', 'test', 'success')
    fail(world, mergePull, { fault: 'status', status: 503 })
    const unmerged = await compensate(world, done)
    const before = await left(world)
    fail(world, mergePull, { fault: 'acts_then_status', status: 502 })
    const result = await compensate(world, done)

    expect([unopened, red, unmerged].map(ended)).toEqual([stays, stays, stays])
    expect(unopened.record.next).toBe(`conduct compensate ${done.record.run} --yes`)
    expect(before).toMatchObject({ pulls: ['merged', 'open'], adopts: true })
    expect(ended(result)).toEqual(isBack)
    expect(await left(world)).toEqual({ pulls: ['merged', 'merged'], adopts: false, branches: 'main' })
  })

  it('goes by pull request where main took the adoption as a push and takes none any more', async () => {
    await using world = await worlds.published({ via: 'push' })
    const protection = world.shop.records.protection.get('main')
    if (protection === undefined) throw new Error('main of shop is protected at first')
    world.shop.records.protection.delete('main')
    await world.shop.protect('elsewhere', {})
    const done = await adopt(world)
    expect(ended(done)).toMatchObject({ exit: 0 })
    expect(world.shop.records.pulls).toEqual([])
    await world.shop.protect('main', protection)
    await using opened = await open(world)

    fail(world, mergePull, { fault: 'status', status: 503 })
    const unmerged = await opened.conductor.compensateRun({ run: done.record.run, waitMsMax: 0 })
    world.github.misbehave(null)
    const result = await compensate(world, done)

    expect(opened.events).toContainEqual(
      expect.objectContaining({
        type: 'warning',
        code: 'MAIN_PROTECTED',
        message: expect.stringContaining('it goes back by pull request') as string,
      }),
    )
    expect(ended(unmerged)).toEqual(stays)
    expect(ended(result)).toEqual(isBack)
    expect(await left(world)).toEqual({ pulls: ['merged'], adopts: false, branches: 'main' })
    // The refused push was tried once: what was begun by pull request goes on so.
    expect(result.record.adopted).toMatchObject([{ reverted: await world.shop.head('main') }])
  })

  it('that is given up with an open pull request is closed by the abort, too', async () => {
    await using world = await worlds.published()
    const done = await adopt(world)
    world.shop.setCi({ check: 'test', conclusion: 'failure', reportsAfter: 0 })
    const red = await compensate(world, done)
    expect(ended(red)).toEqual(stays)
    expect(await left(world)).toMatchObject({ pulls: ['merged', 'open'] })
    await using opened = await open(world)

    const { record } = await opened.conductor.abortRun({ run: done.record.run, reason: 'it stays' })

    expect(await left(world)).toEqual({ pulls: ['merged', 'closed'], adopts: true, branches: 'main' })
    expect(record.steps.find(({ kind }) => kind === 'withdraw_proposal')).toMatchObject({
      state: 'done',
      evidence: expect.stringMatching(
        / is merged; .* is gone; .* is closed; .*-revert is deleted/u,
      ) as string,
    })
  })
})
