import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { RunResult } from '@conduct/conductor'
import { wholeChains } from '../crash/whole-chains.ts'
import { inRepo } from '../forge/workshop.ts'
import { git } from './estate-world.ts'
import { childOf, type ForgeEstate, forgeToken } from './forge-estate.ts'
import { useForgeWorlds } from './forge-worlds.ts'
import { hastyClock } from './hasty-clock.ts'
import { type OpenedConductor, openConductor } from './open-conductor.ts'
import { runChild } from './run-child.ts'

const isWhole = process.env['CONDUCT_CRASH'] === 'all'
const kinds = ['propose_revert', 'revert_pull_request', 'revert', 'retire_revert'] as const
const chains = isWhole ? wholeChains(kinds) : [kinds.map((kind) => `${kind}:acted`)]

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
  return await opened.conductor.runTrain({
    train: 'engine',
    version: '1.1.0',
    approve: true,
    waitMsMax: 0,
  })
}

async function compensate(world: ForgeEstate, { record }: RunResult): Promise<RunResult> {
  await using opened = await open(world)
  return await opened.conductor.compensateRun({ run: record.run, waitMsMax: 0 })
}

async function mainOf({ estate, shop }: ForgeEstate) {
  const lockfile = await git(estate, 'shop', 'show', 'main:pnpm-lock.yaml')
  return {
    pulls: shop.records.pulls.map(({ state, mergeCommit }) => (mergeCommit === null ? state : 'merged')),
    adopts: /@rehearsal\/engine@1\.1\.0/.test(lockfile),
    branches: (await git(estate, 'shop', 'for-each-ref', '--format=%(refname:short)', 'refs/heads')).split(
      '\n',
    ),
  }
}

/** Every push that reached shop's remote: what the forge merges is none. */
async function pushesTo({ estate }: ForgeEstate): Promise<readonly string[]> {
  const lines = (await readFile(join(estate.dir, 'attempts.ndjson'), 'utf8')).split('\n').filter(Boolean)
  return lines
    .map((line) => JSON.parse(line) as { readonly repo: string; readonly ref: string })
    .flatMap(({ repo, ref }) => (repo === 'shop' ? [ref] : []))
    .toSorted()
}

const takenBack = { pulls: ['merged', 'merged'], adopts: false, branches: ['main'] }
const ended = ({ exit, record }: RunResult) => ({
  exit,
  code: record.stop?.code ?? null,
  state: record.state,
})

describe.concurrent('an adoption that was merged on a protected main', () => {
  const worlds = useForgeWorlds()

  it.each(chains.map((points) => [points.join(', '), points] as const))(
    'is taken back by pull request, each effect once, though its conductor is killed at %s',
    async (_shown, points) => {
      await using world = await worlds.published()
      const before = await git(world.estate, 'shop', 'rev-parse', 'main^{tree}')
      const done = await adopt(world)
      const { run } = done.record
      await using opened = await open(world)

      const looked = await opened.conductor.previewCompensation({ run })
      const ends: string[] = []
      for (const point of points) {
        const at = { point, signal: 'SIGKILL' } as const
        const { signal, result, stderr } = await runChild({
          ...childOf(world),
          isHasty: true,
          compensate: run,
          at,
        })
        ends.push(`${point} ${signal ?? `${result?.record.stop?.message ?? 'ended'} ${stderr}`}`)
      }
      const result = await compensate(world, done)

      expect(looked.ways.filter(({ way }) => way.kind === 'revert')).toMatchObject([
        { outlook: 'to_do', way: { action: expect.stringContaining('by pull request') as string } },
      ])
      expect(ends).toEqual(points.map((point) => `${point} SIGKILL`))
      expect(ended(result)).toEqual({ exit: 0, code: null, state: 'compensated' })
      expect(await mainOf(world)).toEqual(takenBack)
      expect(await git(world.estate, 'shop', 'rev-parse', 'main^{tree}')).toBe(before)
      expect(result.record.adopted).toMatchObject([{ reverted: await world.shop.head('main') }])
      const [, pull] = world.shop.records.pulls
      expect(pull?.body).toContain(`<!-- conduct-run: ${run} revert:shop -->`)
      expect(world.github.calls.get(`POST ${inRepo}/pulls`)).toBe(2)
      expect(world.github.calls.get(`PUT ${inRepo}/pulls/{pull_number}/merge`)).toBe(2)
      expect(await pushesTo(world)).toEqual([
        `refs/heads/conduct/run-${run}`,
        `refs/heads/conduct/run-${run}`,
        `refs/heads/conduct/run-${run}-revert`,
        `refs/heads/conduct/run-${run}-revert`,
      ])
    },
    300_000,
  )

  it('goes through the merge queue where main has one', async () => {
    await using world = await worlds.published()
    await world.shop.addRule('main', { type: 'merge_queue' })
    world.github.misbehave(({ endpoint }) => {
      if (endpoint !== 'POST /graphql') return null
      return { fault: 'delay', until: world.shop.advanceQueue() }
    })
    const done = await adopt(world)

    const result = await compensate(world, done)

    expect(ended(result)).toEqual({ exit: 0, code: null, state: 'compensated' })
    expect(await mainOf(world)).toEqual(takenBack)
    expect(result.record.steps.map(({ kind }) => kind)).toContain('enqueue_revert')
  })

  it('stays where the check of the revert is red, UNDO_INCOMPLETE, and is taken back once it is green', async () => {
    await using world = await worlds.published()
    const done = await adopt(world)
    world.shop.setCi({ check: 'test', conclusion: 'failure', reportsAfter: 0 })

    const red = await compensate(world, done)

    expect(ended(red)).toMatchObject({ exit: 7, code: 'UNDO_INCOMPLETE' })
    expect(red.record.stop?.message).toMatch(/checks of .*: test/)
    expect(await mainOf(world)).toMatchObject({ pulls: ['merged', 'open'], adopts: true })

    world.shop.report(world.shop.records.pulls[1]?.head ?? '', 'test', 'success')
    const result = await compensate(world, done)

    expect(ended(result)).toEqual({ exit: 0, code: null, state: 'compensated' })
    expect(await mainOf(world)).toEqual(takenBack)
  })

  it('is left alone once something was built on it, and once somebody closes the pull request', async () => {
    await using world = await worlds.published()
    const done = await adopt(world)
    world.shop.setCi(null)
    let isClosed = false
    world.github.misbehave(({ endpoint }) => {
      const pull = world.shop.records.pulls[1]
      if (isClosed || pull === undefined || endpoint !== `GET ${inRepo}/pulls/{pull_number}`) return null
      isClosed = true
      return { fault: 'delay', until: world.shop.closePull(pull.number) }
    })

    const closed = await compensate(world, done)
    const built = await world.shop.commit('main', { 'built.txt': 'on it\n' })
    const result = await compensate(world, done)

    expect(ended(closed)).toMatchObject({ exit: 7, code: 'UNDO_INCOMPLETE' })
    expect(closed.record.stop?.message).toContain('somebody closed')
    expect(ended(result)).toMatchObject({ exit: 7, code: 'UNDO_INCOMPLETE' })
    expect(result.record.stop?.message).toContain('has moved on from the adoption commit')
    expect(await world.shop.head('main')).toBe(built)
    expect(await mainOf(world)).toMatchObject({ pulls: ['merged', 'closed'], adopts: true })
  })
})
