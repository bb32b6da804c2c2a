import { beforeAll, describe, expect, it } from 'vitest'
import { crashPositions } from '@conduct/conductor'
import { childOf, type ForgeEstate, forgeEstate, forgeToken } from '../conductor/forge-estate.ts'
import { git } from '../conductor/estate-world.ts'
import { openConductor } from '../conductor/open-conductor.ts'
import { runChild } from '../conductor/run-child.ts'
import { useEstates } from '../conductor/use-estates.ts'

/**
 * `kill -9` before and after everything that a pull request is made of: resume finds its own branch, commit and pull
 * request, and the forge has each of them once. By default what the forge cannot undo and what nobody wrote down; all
 * points with CONDUCT_CRASH=all.
 */
const isWhole = process.env['CONDUCT_CRASH'] === 'all'
const kinds = ['propose', 'pull_request', 'adopt', 'retire_branch'] as const
const all = kinds.flatMap((kind) => crashPositions.map((position) => `${kind}:${position}`))
const points = isWhole
  ? all
  : ['propose:acted', 'pull_request:intended', 'pull_request:acted', 'adopt:acted', 'retire_branch:acted']

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

async function onlyRun(world: ForgeEstate): Promise<string> {
  await using opened = await openConductor(childOf(world))
  const [only] = await opened.conductor.listRuns()
  return only?.run ?? ''
}

/** Two pushes to the branch of the run: it was offered, and deleted after the merge. */
const whole = { pulls: ['merged'], opened: 1, merges: 1, branches: 1, pushes: [2], publishes: [1] }

describe('a run with a pull request that is killed', () => {
  const estates = useEstates()

  it.each(points)('at %s is finished by resume, everything at the forge once', async (point) => {
    await using world = await forgeEstate(await estates.fresh())
    const killed = await runChild({ ...childOf(world), at: { point, signal: 'SIGKILL' } })
    const run = await onlyRun(world)

    const finished = await runChild({ ...childOf(world), resume: run })

    expect(killed.signal).toBe('SIGKILL')
    expect({ exit: finished.exitCode, stop: finished.result?.record.stop ?? null }).toEqual({
      exit: 0,
      stop: null,
    })
    expect(finished.result?.record.adopted).toMatchObject([{ repo: 'shop', from: '1.0.0', to: '1.1.0' }])
    expect(await worldOf(world)).toEqual(whole)
  })
})

describe('a run with a merge queue that is killed', () => {
  const estates = useEstates()
  const queued = crashPositions.map((position) => `enqueue:${position}`)

  it.each(isWhole ? queued : ['enqueue:acted'])(
    'at %s is finished by resume, queued and merged once',
    async (point) => {
      await using world = await forgeEstate(await estates.fresh())
      await world.shop.addRule('main', { type: 'merge_queue' })
      world.github.misbehave(({ endpoint }) => {
        if (endpoint === 'POST /graphql') void world.shop.advanceQueue()
        return null
      })
      const killed = await runChild({ ...childOf(world), at: { point, signal: 'SIGKILL' } })

      const finished = await runChild({ ...childOf(world), resume: await onlyRun(world) })

      expect(killed.signal).toBe('SIGKILL')
      expect({ exit: finished.exitCode, stop: finished.result?.record.stop ?? null }).toEqual({
        exit: 0,
        stop: null,
      })
      expect(await worldOf(world)).toEqual(whole)
    },
  )
})
