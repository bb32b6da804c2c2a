import { beforeAll, describe, expect, it } from 'vitest'
import type { RunResult } from '@conduct/conductor'
import { inRepo } from '../forge/workshop.ts'
import { git } from './estate-world.ts'
import { childOf, type ForgeEstate, forgeEstate, forgeToken } from './forge-estate.ts'
import { openConductor } from './open-conductor.ts'
import { useEstates } from './use-estates.ts'

beforeAll(() => {
  process.env['GH_ENTERPRISE_TOKEN'] = forgeToken
})

const openPull = `POST ${inRepo}/pulls`
const readPull = `GET ${inRepo}/pulls/{pull_number}`
const mergePull = `PUT ${inRepo}/pulls/{pull_number}/merge`

async function run(
  world: ForgeEstate,
  overrides: { check: string; repo: string; reason: string }[] = [],
): Promise<RunResult> {
  await using opened = await openConductor(childOf(world))
  return await opened.conductor.runTrain({ train: 'engine', approve: true, waitMsMax: 0, overrides })
}

async function resume(world: ForgeEstate, { record }: RunResult): Promise<RunResult> {
  await using opened = await openConductor(childOf(world))
  return await opened.conductor.resumeRun({ run: record.run, approve: true, waitMsMax: 0 })
}

/** What a run has left at the forge and on main. */
async function left({ estate, shop }: ForgeEstate) {
  const lockfile = await git(estate, 'shop', 'show', 'main:pnpm-lock.yaml')
  return {
    pulls: shop.records.pulls.map(({ state, mergeCommit }) => (mergeCommit === null ? state : 'merged')),
    merges: (await git(estate, 'shop', 'log', '--merges', '--format=%s', 'main')).split('\n').filter(Boolean)
      .length,
    adopts: /@rehearsal\/engine@1\.1\.0/.test(lockfile),
  }
}

/** What the run has noted for those who look at the forge. */
function notes({ engine, shop }: ForgeEstate) {
  return {
    statuses: engine.records.statuses.map(({ context, state }) => `${context} ${state}`),
    deployments: shop.records.deployments.map(
      ({ environment, sha, states }) => `${environment} ${sha} ${states.map(({ state }) => state).join(' ')}`,
    ),
  }
}

const adopted = { pulls: ['merged'], merges: 1, adopts: true }
const ended = ({ exit, record }: RunResult) => ({
  exit,
  code: record.stop?.code ?? null,
  state: record.state,
})
const isDone = { exit: 0, code: null, state: 'done' }

describe('adopting by pull request', () => {
  const estates = useEstates()

  it('offers the commit on a branch, waits for its check, and merges it at exactly that commit', async () => {
    await using world = await forgeEstate(await estates.fresh(), { via: null })

    const result = await run(world)

    expect(ended(result)).toEqual(isDone)
    expect(await left(world)).toEqual(adopted)
    const { record } = result
    const [pull] = world.shop.records.pulls
    expect(record.adopted).toEqual([
      {
        repo: 'shop',
        package: '@rehearsal/engine',
        from: '1.0.0',
        to: '1.1.0',
        commit: await world.shop.head('main'),
        pullRequest: `https://github.example/remotes/shop/pull/${pull?.number}`,
        surveyed: [expect.stringMatching(/^[0-9a-f]{40}$/)],
        reverted: null,
      },
    ])
    const steps = record.steps.filter(({ phase }) => phase === 'adopt')
    expect(steps.map(({ kind, state, attempts }) => `${kind} ${state} ${attempts}`)).toEqual([
      'propose done 1',
      'pull_request done 1',
      'adopt done 1',
      'retire_branch done 1',
    ])
    expect(pull?.body).toContain(`<!-- conduct-run: ${record.run} adopt:shop -->`)
    expect(await git(world.estate, 'shop', 'branch', '--list', 'conduct/*')).toBe('')
  })

  it('takes a pull request where a push is refused after all', async () => {
    await using world = await forgeEstate(await estates.fresh(), { via: 'push' })

    const refused = await run(world)
    const result = await run(world, [{ check: 'branch_protection', repo: 'shop', reason: 'it lets me' }])

    expect(ended(refused)).toMatchObject({ exit: 3, code: 'PREFLIGHT_REFUSED' })
    expect(refused.record.stop?.message).toContain('red branch_protection:shop')
    expect(ended(result)).toEqual(isDone)
    expect(await left(world)).toEqual(adopted)
  })

  it('is merged by the queue where main has one', async () => {
    await using world = await forgeEstate(await estates.fresh())
    await world.shop.addRule('main', { type: 'merge_queue' })
    world.github.misbehave(({ endpoint }) => {
      if (endpoint === 'POST /graphql') void world.shop.advanceQueue()
      return null
    })

    const result = await run(world)

    expect(ended(result)).toEqual(isDone)
    expect(await left(world)).toEqual(adopted)
    const kinds = result.record.steps.filter(({ phase }) => phase === 'adopt').map(({ kind }) => kind)
    expect(kinds).toContain('enqueue')
    expect(world.github.calls.get(mergePull)).toBeUndefined()
  })

  it('waits for a check that does not report, keeps the lane, and goes on with the same pull request', async () => {
    await using world = await forgeEstate(await estates.fresh(), { within: '2s' })
    world.shop.report(await world.shop.head('main'), 'test', 'success')
    world.shop.setCi(null)

    const waiting = await run(world)

    expect(ended(waiting)).toEqual({ exit: 7, code: 'MERGE_WAITING', state: 'waiting_merge' })
    expect(waiting.record.stop?.message).toMatch(/pull request \d+ still waits for test/)
    expect(waiting.record.lane?.released).toBe(false)
    expect(waiting.record.next).toBe(`conduct resume ${waiting.record.run}`)
    expect(await left(world)).toMatchObject({ pulls: ['open'], merges: 0 })

    world.shop.setCi({ check: 'test', conclusion: 'success', reportsAfter: 0 })
    const result = await resume(world, waiting)

    expect(ended(result)).toEqual(isDone)
    expect(result.record.lane?.released).toBe(true)
    expect(await left(world)).toEqual(adopted)
  })

  it('finds what somebody merged while it was away', async () => {
    await using world = await forgeEstate(await estates.fresh(), { within: '2s' })
    world.shop.report(await world.shop.head('main'), 'test', 'success')
    world.shop.setCi(null)
    const waiting = await run(world)
    const merged = await world.shop.mergePull(world.shop.records.pulls[0]?.number ?? 0)

    const result = await resume(world, waiting)

    expect(ended(result)).toEqual(isDone)
    expect(result.record.adopted).toMatchObject([{ from: '1.0.0', to: '1.1.0', commit: merged }])
    expect(await left(world)).toEqual(adopted)
  })

  it('stops at a red check, and at a pull request that somebody closes', async () => {
    await using world = await forgeEstate(await estates.fresh(), { within: '5s' })
    world.shop.report(await world.shop.head('main'), 'test', 'success')
    world.shop.setCi(null)
    world.github.misbehave(({ endpoint }) => {
      const [pull] = world.shop.records.pulls
      if (endpoint === readPull && pull !== undefined) world.shop.report(pull.head, 'test', 'failure')
      return null
    })

    const red = await run(world)

    expect(ended(red)).toEqual({ exit: 7, code: 'CHECKS_RED', state: 'stopped' })

    await world.shop.closePull(world.shop.records.pulls[0]?.number ?? 0)
    const closed = await resume(world, red)

    expect(ended(closed)).toEqual({ exit: 7, code: 'ADOPT_REFUSED', state: 'stopped' })
    expect(await left(world)).toMatchObject({ pulls: ['closed'], merges: 0, adopts: false })
  })

  it('waits for what main got meanwhile to be judged, surveys and tries again with the same pull request', async () => {
    await using world = await forgeEstate(await estates.fresh())
    const moves: Promise<string>[] = []
    world.shop.setCi({ check: 'test', conclusion: 'success', reportsAfter: 0 })
    world.github.misbehave(({ endpoint }) => {
      if (endpoint !== readPull || moves.length > 0) return null
      moves.push(world.shop.commit('main', { 'somebody.txt': 'else\n' }))
      world.shop.setCi({ check: 'test', conclusion: 'success', reportsAfter: 2 })
      return { fault: 'delay', until: Promise.all(moves) }
    })

    const result = await run(world)

    expect(ended(result)).toEqual(isDone)
    expect(await left(world)).toEqual(adopted)
    expect(result.record.adopted[0]?.surveyed).toHaveLength(2)
    expect(result.record.adopted[0]?.surveyed.at(-1)).toBe(await moves[0])
  })

  it("drops nobody's commits: what somebody pushes to its branch stops the run", async () => {
    await using world = await forgeEstate(await estates.fresh())
    let pushed = ''
    world.github.misbehave(({ endpoint }) => {
      const [pull] = world.shop.records.pulls
      if (endpoint !== readPull || pull === undefined || pushed !== '') return null
      pushed = pull.headBranch
      return { fault: 'delay', until: world.shop.commit(pull.headBranch, { 'mine.txt': 'too\n' }) }
    })

    const result = await run(world)

    expect(ended(result)).toMatchObject({ exit: 7, code: 'EXPECTED_STATE' })
    const theirs = await world.shop.head(pushed)
    expect(result.record.stop?.message).toContain(theirs)
    const again = await resume(world, result)
    expect(ended(again)).toMatchObject({ exit: 7, code: 'EXPECTED_STATE' })
    expect(await world.shop.head(pushed)).toBe(theirs)
    expect(await left(world)).toMatchObject({ pulls: ['open'], merges: 0 })
  })
})

describe('what a run has offered', () => {
  const estates = useEstates()

  async function waiting(world: ForgeEstate): Promise<RunResult> {
    world.shop.report(await world.shop.head('main'), 'test', 'success')
    world.shop.setCi(null)
    return run(world)
  }

  it('is closed with a comment and deleted by an abort', async () => {
    await using world = await forgeEstate(await estates.fresh(), { within: '2s' })
    const { record } = await waiting(world)
    await using opened = await openConductor(childOf(world))

    const aborted = await opened.conductor.abortRun({ run: record.run, reason: 'wrong week' })

    expect(aborted.record.state).toBe('aborted')
    expect(await left(world)).toMatchObject({ pulls: ['closed'], merges: 0 })
    expect(world.shop.records.comments.map(({ body }) => body)).toEqual([
      expect.stringContaining('aborted: wrong week'),
    ])
    expect(await git(world.estate, 'shop', 'branch', '--list', 'conduct/*')).toBe('')
    expect(aborted.record.steps.find(({ kind }) => kind === 'withdraw_proposal')).toMatchObject({
      repo: 'shop',
      state: 'done',
      evidence: expect.stringMatching(/ is closed; .* is deleted/) as string,
    })
  })

  it('keeps a branch that has commits of somebody else, and an abort says so', async () => {
    await using world = await forgeEstate(await estates.fresh(), { within: '2s' })
    const { record } = await waiting(world)
    const branch = `conduct/run-${record.run}`
    const theirs = await world.shop.commit(branch, { 'mine.txt': 'too\n' })
    await using opened = await openConductor(childOf(world))

    const aborted = await opened.conductor.abortRun({ run: record.run, reason: 'wrong week' })

    expect(aborted.record.state).toBe('aborted')
    expect(await world.shop.head(branch)).toBe(theirs)
    expect(aborted.record.steps.find(({ kind }) => kind === 'withdraw_proposal')).toMatchObject({
      state: 'skipped',
    })
  })

  it('that the forge does not let go is said, PROPOSAL_NOT_WITHDRAWN, and the run is aborted all the same', async () => {
    await using world = await forgeEstate(await estates.fresh(), { within: '2s' })
    const { record } = await waiting(world)
    world.github.misbehave(({ method }) =>
      method === 'PATCH' ? { fault: 'status', status: 403, message: 'Forbidden' } : null,
    )
    await using opened = await openConductor(childOf(world))

    const aborted = await opened.conductor.abortRun({ run: record.run, reason: 'wrong week' })

    expect(aborted.record.state).toBe('aborted')
    expect(await left(world)).toMatchObject({ pulls: ['open'] })
    expect(opened.events).toContainEqual(
      expect.objectContaining({ type: 'warning', code: 'PROPOSAL_NOT_WITHDRAWN' }),
    )
  })
})

describe('the forge at preflight', () => {
  const estates = useEstates()

  it('finds what a fork relies on, and only reports what nobody touched for 30 days', async () => {
    await using world = await forgeEstate(await estates.fresh())
    const manifest = JSON.parse(await git(world.estate, 'shop', 'show', 'main:package.json')) as {
      dependencies: Record<string, string>
    }
    manifest.dependencies['@rehearsal/engine'] = 'file:../engine'
    const files = { 'package.json': JSON.stringify(manifest, null, 2) }
    const old = await world.shop.addPullFromFork({
      from: 'dora/shop',
      files,
      updatedAt: '2020-01-01T00:00:00Z',
    })
    await using opened = await openConductor(childOf(world))
    const rowOf = async () => {
      const plan = await opened.conductor.planTrain({ train: 'engine' })
      const rows = plan.repos.find(({ repo }) => repo === 'shop')?.preflight ?? []
      return rows.find(({ check }) => check === 'unpublished_branches')
    }

    expect(await rowOf()).toMatchObject({
      verdict: 'green',
      covered: '1 of 1 branches',
      detail: expect.stringContaining(
        `Untouched for 30 days: #${old} of dora:patch-1: package.json`,
      ) as string,
    })

    const fresh = await world.shop.addPullFromFork({ from: 'else/shop', files })
    expect(await rowOf()).toMatchObject({
      verdict: 'red',
      detail: expect.stringContaining(`#${fresh} of else:patch-1: package.json`) as string,
    })
  })

  it('stops at an open issue with the blocking label', async () => {
    await using world = await forgeEstate(await estates.fresh())
    const lanesYaml = `${world.lanesYaml}    blocking_label: release-blocker\n`
    const number = world.shop.addIssue('Hold the line', ['release-blocker'])
    await using opened = await openConductor({ ...childOf(world), lanesYaml })

    const { record, exit } = await opened.conductor.runTrain({ train: 'engine', approve: true, waitMsMax: 0 })

    expect(exit).toBe(3)
    expect(record.stop?.message).toContain(`red blocking_label:shop: #${number} (Hold the line)`)
    expect(record.irreversibleDone).toBe(false)
  })
})

describe('notes at the forge', () => {
  const estates = useEstates()

  it('are no condition of a run: one that may not write them warns and is done', async () => {
    await using world = await forgeEstate(await estates.fresh())
    world.github.misbehave(({ endpoint }) =>
      endpoint === `POST ${inRepo}/statuses/{sha}`
        ? { fault: 'status', status: 403, message: 'Forbidden' }
        : null,
    )
    await using opened = await openConductor(childOf(world))

    const result = await opened.conductor.runTrain({ train: 'engine', approve: true, waitMsMax: 0 })

    expect(ended(result)).toEqual(isDone)
    expect(opened.events).toContainEqual(
      expect.objectContaining({
        type: 'warning',
        code: 'FORGE_REFUSED',
        message: expect.stringContaining('engine: nothing was noted at the forge') as string,
      }),
    )
  })
})

describe('a deploy behind a forge', () => {
  const estates = useEstates()

  it('waits for the checks of what main got, and deploys nothing that they refuse', async () => {
    await using world = await forgeEstate(await estates.fresh(), { deploys: true, within: '10s' })
    const merged = () => world.shop.records.pulls[0]?.mergeCommit ?? null
    world.github.misbehave(({ path }) => {
      const commit = merged()
      if (commit !== null && path.includes(`${commit}/check-runs`))
        world.shop.report(commit, 'e2e', 'failure')
      return null
    })

    const red = await run(world)

    expect(ended(red)).toEqual({ exit: 7, code: 'CHECKS_RED', state: 'stopped' })
    expect(red.record.stop?.message).toContain('e2e')
    expect(red.record.stop?.phase).toBe('deploy')
    expect([...(await world.estate.readAttempts()).deploys]).toEqual([])
    expect(notes(world)).toEqual({ statuses: ['conduct/engine failure'], deployments: [] })

    world.github.misbehave(null)
    world.shop.report(merged() ?? '', 'e2e', null)
    const waiting = await resume(world, red)

    expect(ended(waiting)).toEqual({ exit: 7, code: 'CHECKS_WAITING', state: 'stopped' })

    world.shop.report(merged() ?? '', 'e2e', 'success')
    const result = await resume(world, waiting)

    expect(ended(result)).toEqual(isDone)
    expect(result.record.deployed).toMatchObject([{ repo: 'shop', sha: await world.shop.head('main') }])
    expect([...(await world.estate.readAttempts()).deploys]).toEqual([['shop', 1]])
    expect(notes(world)).toEqual({
      statuses: ['conduct/engine failure', 'conduct/engine failure', 'conduct/engine success'],
      deployments: [`conduct-engine ${await world.shop.head('main')} success`],
    })
    expect(await left(world)).toEqual(adopted)
  })
})

describe('a forge that fails', () => {
  const estates = useEstates()

  it('is asked again when it fails once at every question', async () => {
    await using world = await forgeEstate(await estates.fresh())
    world.github.misbehave(({ method, nth }) =>
      method === 'GET' && nth === 1 ? { fault: 'status', status: 502 } : null,
    )

    expect(ended(await run(world))).toEqual(isDone)
    expect(await left(world)).toEqual(adopted)
  })

  it('opens one pull request and merges once when it acts and then fails the answer', async () => {
    await using world = await forgeEstate(await estates.fresh())
    world.github.misbehave(({ endpoint, nth }) => {
      if (nth > 1) return null
      if (endpoint === openPull) return { fault: 'acts_then_status', status: 502 }
      return endpoint === mergePull ? { fault: 'unanswered', acts: true } : null
    })

    expect(ended(await run(world))).toEqual(isDone)
    expect(await left(world)).toEqual(adopted)
    expect(world.github.calls.get(openPull)).toBe(1)
    expect(world.github.calls.get(mergePull)).toBe(1)
  })

  it('waits as long as a limit asks, for a change too', async () => {
    await using world = await forgeEstate(await estates.fresh())
    world.github.misbehave(({ endpoint, nth }) =>
      nth === 1 && (endpoint === openPull || endpoint === mergePull)
        ? { fault: 'secondary_limit', status: 403, retryAfterS: 1 }
        : null,
    )

    expect(ended(await run(world))).toEqual(isDone)
    expect(await left(world)).toEqual(adopted)
  })

  it('stops the run before anything, when it fails for ever', async () => {
    await using world = await forgeEstate(await estates.fresh())
    world.github.misbehave(() => ({ fault: 'status', status: 503 }))

    const result = await run(world)

    expect(ended(result)).toEqual({ exit: 3, code: 'PREFLIGHT_REFUSED', state: 'stopped' })
    expect(result.record.irreversibleDone).toBe(false)
    for (const row of ['ci_verdict:shop', 'branch_protection:shop', 'forge_identity:shop'])
      expect(result.record.stop?.message).toContain(`unknown ${row}`)
  })

  it('stops the run part-way when it goes away after the pull request is open, and is found by the resume', async () => {
    await using world = await forgeEstate(await estates.fresh(), { within: '1s' })
    world.github.misbehave(({ endpoint }) =>
      world.shop.records.pulls.length > 0 && endpoint !== openPull ? { fault: 'status', status: 503 } : null,
    )

    const result = await run(world)

    expect(result.exit).toBe(7)
    expect(result.record.irreversibleDone).toBe(true)
    expect(result.record.stop?.message).toContain('503')
    world.github.misbehave(null)
    expect(ended(await resume(world, result))).toEqual(isDone)
    expect(await left(world)).toEqual(adopted)
    expect(world.github.calls.get(openPull)).toBe(1)
  })

  it('leaves a merge that nobody saw end for the resume to find', async () => {
    await using world = await forgeEstate(await estates.fresh())
    let isAway = false
    world.github.misbehave(({ endpoint }) => {
      if (endpoint !== mergePull && !isAway) return null
      if (isAway) return { fault: 'status', status: 503 }
      isAway = true
      return { fault: 'unanswered', acts: true }
    })

    const result = await run(world)

    expect(ended(result)).toMatchObject({ exit: 7, code: 'FORGE_UNREACHABLE' })
    world.github.misbehave(null)
    expect(ended(await resume(world, result))).toEqual(isDone)
    expect(await left(world)).toEqual(adopted)
    expect(world.github.calls.get(mergePull)).toBe(1)
  })
})
