import { beforeAll, describe, expect, it } from 'vitest'
import { childOf, type ForgeEstate, forgeEstate, forgeToken } from '../conductor/forge-estate.ts'
import { git } from '../conductor/estate-world.ts'
import { useEstates } from '../conductor/use-estates.ts'
import { openConductor } from '../conductor/open-conductor.ts'
import { runChild } from '../conductor/run-child.ts'
import { wholeChains } from './whole-chains.ts'

/**
 * `kill -9` before and after everything that a pull request is made of: the run is killed at the first point, its
 * resume at the next, and so on through one world; the last resume finds its own branch, commit and pull request, and
 * the forge has each of them once. By default what the forge cannot undo and what nobody wrote down; all points with
 * CONDUCT_CRASH=all.
 */
const isWhole = process.env['CONDUCT_CRASH'] === 'all'
const kinds = ['propose', 'pull_request', 'adopt', 'retire_branch'] as const
const chains: readonly (readonly string[])[] = isWhole
  ? wholeChains(kinds)
  : [['propose:acted', 'pull_request:intended', 'pull_request:acted', 'adopt:acted', 'retire_branch:acted']]
const queuedChains: readonly (readonly string[])[] = isWhole ? wholeChains(['enqueue']) : [['enqueue:acted']]

beforeAll(() => {
  process.env['GH_ENTERPRISE_TOKEN'] = forgeToken
})

async function worldOf({ estate, shop, github }: ForgeEstate) {
  const lines = async (...args: string[]) => (await git(estate, 'shop', ...args)).split('\n').filter(Boolean)
  const attempts = await estate.readAttempts()
  return {
    pulls: shop.records.pulls.map(({ mergeCommit }) => (mergeCommit === null ? 'open' : 'merged')),
    opened: github.calls.get('POST /repos/{owner}/{repo}/pulls'),
    merges: (await lines('log', '--merges', '--format=%H', 'main')).length,
    branches: (await lines('for-each-ref', '--format=%(refname:short)', 'refs/heads')).length,
    pushes: [...attempts.pushes]
      .filter(([ref]) => ref.startsWith('shop refs/heads/conduct/'))
      .map(([, count]) => count),
    publishes: [...attempts.publishes.values()],
  }
}

/** Killed at each point in turn, then left alone. */
async function killedAtEach(world: ForgeEstate, chain: readonly string[]) {
  const child = { ...childOf(world), isHasty: true }
  const ends: string[] = []
  let run: string | null = null
  for (const point of chain) {
    const { signal, result, stderr } = await runChild({
      ...child,
      ...(run === null ? {} : { resume: run }),
      at: { point, signal: 'SIGKILL' },
    })
    ends.push(`${point} ${signal ?? `${result?.record.stop?.message ?? 'ended'} ${stderr}`}`)
    run ??= await onlyRun(world)
  }
  return { ends, finished: await runChild({ ...child, resume: run ?? '' }) }
}

async function onlyRun(world: ForgeEstate): Promise<string> {
  await using opened = await openConductor(childOf(world))
  const [only] = await opened.conductor.listRuns()
  return only?.run ?? ''
}

/** Two pushes to the branch of the run: it was offered, and deleted after the merge. */
const whole = { pulls: ['merged'], opened: 1, merges: 1, branches: 1, pushes: [2], publishes: [1] }

describe.concurrent('a run that is killed', () => {
  const estates = useEstates()

  it.each(chains.map((points) => [points.join(', '), points] as const))(
    'at %s is finished by resume, everything at the forge once',
    async (_shown, points) => {
      await using world = await forgeEstate(await estates.fresh())

      const { ends, finished } = await killedAtEach(world, points)

      expect(ends).toEqual(points.map((point) => `${point} SIGKILL`))
      expect({ exit: finished.exitCode, stop: finished.result?.record.stop ?? null }).toEqual({
        exit: 0,
        stop: null,
      })
      expect(finished.result?.record.adopted).toMatchObject([{ repo: 'shop', from: '1.0.0', to: '1.1.0' }])
      expect(await worldOf(world)).toEqual(whole)
    },
    300_000,
  )

  it.each(queuedChains.map((points) => [points.join(', '), points] as const))(
    'in front of a merge queue, at %s, is finished by resume, queued and merged once',
    async (_shown, queued) => {
      await using world = await forgeEstate(await estates.fresh())
      await world.shop.addRule('main', { type: 'merge_queue' })
      world.github.misbehave(({ endpoint }) => {
        if (endpoint !== 'POST /graphql') return null
        return { fault: 'delay', until: world.shop.advanceQueue() }
      })

      const { ends, finished } = await killedAtEach(world, queued)

      expect(ends).toEqual(queued.map((point) => `${point} SIGKILL`))
      expect({ exit: finished.exitCode, stop: finished.result?.record.stop ?? null }).toEqual({
        exit: 0,
        stop: null,
      })
      expect(await worldOf(world)).toEqual(whole)
    },
    300_000,
  )
})
