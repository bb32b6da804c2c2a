import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { RunOptions, RunResult } from '@conduct/conductor'
import { openForges } from '@conduct/forge'
import { inRepo } from '../forge/workshop.ts'
import { git } from './estate-world.ts'
import { childOf, type ForgeEstate, forgeToken } from './forge-estate.ts'
import { useForgeWorlds } from './forge-worlds.ts'
import { hastyClock } from './hasty-clock.ts'
import { type OpenedConductor, openConductor } from './open-conductor.ts'

// Cases that run beside each other wait for each other.
vi.setConfig({ testTimeout: 300_000 })

beforeAll(() => {
  process.env['GH_ENTERPRISE_TOKEN'] = forgeToken
})

const openPull = `POST ${inRepo}/pulls`
const readPull = `GET ${inRepo}/pulls/{pull_number}`
const mergePull = `PUT ${inRepo}/pulls/{pull_number}/merge`

function open(world: ForgeEstate): Promise<OpenedConductor> {
  return openConductor({ ...childOf(world), clock: hastyClock() })
}

const asked = { train: 'engine', approve: true, waitMsMax: 0 } as const
/** What is published is only adopted. */
const catchUp = { ...asked, version: '1.1.0' }

async function run(world: ForgeEstate, options: Partial<RunOptions> = catchUp): Promise<RunResult> {
  await using opened = await open(world)
  return await opened.conductor.runTrain({ ...asked, ...options })
}

async function resume(world: ForgeEstate, { record }: RunResult): Promise<RunResult> {
  await using opened = await open(world)
  return await opened.conductor.resumeRun({ run: record.run, approve: true, waitMsMax: 0 })
}

/** Nothing judges what is offered until somebody says so; main itself is judged. */
async function unjudged(world: ForgeEstate): Promise<void> {
  world.shop.report(await world.shop.head('main'), 'test', 'success')
  world.shop.setCi(null)
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
const worlds = useForgeWorlds()
const isDone = { exit: 0, code: null, state: 'done' }

describe.concurrent('adopting by pull request', () => {
  it('offers the commit on a branch, waits for its check, and merges it at exactly that commit', async () => {
    await using world = await worlds.fresh({ via: null })

    const result = await run(world, asked)

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
    const { host } = new URL(world.github.url)
    const ofRepos = record.forgeRequests.filter(({ repo }) => repo !== null)
    // The pull request and its merge.
    expect(ofRepos.find(({ repo }) => repo === 'shop')).toMatchObject({ host, writes: 2, limitPerHour: 5000 })
    expect(new Set(ofRepos.map(({ repo }) => repo))).toEqual(new Set(['engine', 'shop']))
    const counted = record.forgeRequests.reduce((sum, one) => sum + one.requests + one.unchanged, 0)
    const all = [...world.github.calls.values()].reduce((sum, count) => sum + count, 0)
    // What is noted after the end, a commit status: it is looked for, and written.
    expect(all - counted).toBe(2)
  })

  it('takes a pull request where a push is refused after all', async () => {
    await using world = await worlds.published({ via: 'push' })

    const refused = await run(world)
    const overrides = [{ check: 'branch_protection', repo: 'shop', reason: 'it lets me' }]
    const result = await run(world, { ...catchUp, overrides })

    expect(ended(refused)).toMatchObject({ exit: 3, code: 'PREFLIGHT_REFUSED' })
    expect(refused.record.stop?.message).toContain('red branch_protection:shop')
    expect(ended(result)).toEqual(isDone)
    expect(await left(world)).toEqual(adopted)
  })

  it('is merged by the queue where main has one', async () => {
    await using world = await worlds.published()
    await world.shop.addRule('main', { type: 'merge_queue' })
    world.github.misbehave(({ endpoint }) => {
      if (endpoint !== 'POST /graphql') return null
      return { fault: 'delay', until: world.shop.advanceQueue() }
    })

    const result = await run(world)

    expect(ended(result)).toEqual(isDone)
    expect(await left(world)).toEqual(adopted)
    const kinds = result.record.steps.filter(({ phase }) => phase === 'adopt').map(({ kind }) => kind)
    expect(kinds).toContain('enqueue')
    expect(world.github.calls.get(mergePull)).toBeUndefined()
  })

  it('waits for a check that does not report, stops at a red one, keeps the lane, and goes on with the same pull request', async () => {
    await using world = await worlds.fresh({ within: '2s' })
    await unjudged(world)

    const waiting = await run(world, asked)

    expect(ended(waiting)).toEqual({ exit: 7, code: 'MERGE_WAITING', state: 'waiting_merge' })
    expect(waiting.record.stop?.message).toMatch(/pull request \d+ still waits for test/)
    expect(waiting.record.lane?.released).toBe(false)
    expect(waiting.record.next).toBe(`conduct resume ${waiting.record.run}`)
    expect(await left(world)).toMatchObject({ pulls: ['open'], merges: 0 })

    const head = await world.shop.head(`conduct/run-${waiting.record.run}`)
    world.shop.report(head, 'test', 'failure')
    const red = await resume(world, waiting)

    expect(ended(red)).toEqual({ exit: 7, code: 'CHECKS_RED', state: 'stopped' })

    world.shop.setCi({ check: 'test', conclusion: 'success', reportsAfter: 0 })
    world.shop.report(head, 'test', 'success')
    const result = await resume(world, red)

    expect(ended(result)).toEqual(isDone)
    expect(result.record.lane?.released).toBe(true)
    expect(await left(world)).toEqual(adopted)
  })

  it('finds what somebody merged while it was away', async () => {
    await using world = await worlds.fresh({ within: '2s' })
    await unjudged(world)
    const waiting = await run(world, asked)
    const merged = await world.shop.mergePull(world.shop.records.pulls[0]?.number ?? 0)

    const result = await resume(world, waiting)

    expect(ended(result)).toEqual(isDone)
    expect(result.record.adopted).toMatchObject([{ from: '1.0.0', to: '1.1.0', commit: merged }])
    expect(await left(world)).toEqual(adopted)
  })

  it('stops at a pull request that somebody closes', async () => {
    await using world = await worlds.published()
    await unjudged(world)
    world.github.misbehave(({ endpoint }) => {
      const [pull] = world.shop.records.pulls
      if (endpoint !== readPull || pull?.state !== 'open') return null
      return { fault: 'delay', until: world.shop.closePull(pull.number) }
    })

    const closed = await run(world)

    expect(ended(closed)).toEqual({ exit: 1, code: 'ADOPT_REFUSED', state: 'stopped' })
    expect(await left(world)).toMatchObject({ pulls: ['closed'], merges: 0, adopts: false })
  })

  it('waits for what main got meanwhile to be judged, surveys and tries again with the same pull request', async () => {
    await using world = await worlds.published()
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

  it("drops nobody's commits: what somebody pushes to its branch stops the run, and an abort leaves it", async () => {
    await using world = await worlds.published()
    let pushed = ''
    world.github.misbehave(({ endpoint }) => {
      const [pull] = world.shop.records.pulls
      if (endpoint !== readPull || pull === undefined || pushed !== '') return null
      pushed = pull.headBranch
      return { fault: 'delay', until: world.shop.commit(pull.headBranch, { 'mine.txt': 'too\n' }) }
    })

    const result = await run(world)

    expect(ended(result)).toMatchObject({ exit: 13, code: 'EXPECTED_STATE' })
    const theirs = await world.shop.head(pushed)
    expect(result.record.stop?.message).toContain(theirs)
    const again = await resume(world, result)
    expect(ended(again)).toMatchObject({ exit: 13, code: 'EXPECTED_STATE' })
    expect(await left(world)).toMatchObject({ pulls: ['open'], merges: 0 })

    await using opened = await open(world)
    const aborted = await opened.conductor.abortRun({ run: result.record.run, reason: 'wrong week' })
    expect(await world.shop.head(pushed)).toBe(theirs)
    expect(aborted.record.steps.find(({ kind }) => kind === 'withdraw_proposal')).toMatchObject({
      state: 'skipped',
      evidence: expect.stringContaining(`${pushed} stays: ${theirs} is not ours`) as string,
    })
  })
})

describe.concurrent('what a run has offered', () => {
  async function waiting(world: ForgeEstate): Promise<RunResult> {
    await unjudged(world)
    return run(world)
  }

  it('is closed with a comment and deleted by an abort', async () => {
    await using world = await worlds.published({ within: '2s' })
    const { record } = await waiting(world)
    await using opened = await open(world)

    const [pull] = world.shop.records.pulls
    const seen = await opened.conductor.estateStatus()
    expect(seen.forge).toMatchObject([
      { repo: 'engine', notAsked: null, checks: { verdict: 'green' }, pullRequests: [], blocking: null },
      { repo: 'shop', checks: { verdict: 'green' }, pullRequests: [{ number: pull?.number }], unknown: [] },
    ])
    const { signal } = new AbortController()
    const askForge = openForges({ env: {}, clock: hastyClock(), signal })
    await using nobody = await openConductor({ ...childOf(world), askForge })
    expect((await nobody.conductor.estateStatus()).forge).toMatchObject([
      { repo: 'engine', notAsked: expect.stringMatching(/token|credential/i) as string, checks: null },
      { repo: 'shop', checks: null, pullRequests: null },
    ])

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

  it('that the forge does not let go is said, PROPOSAL_NOT_WITHDRAWN, and the run is aborted all the same', async () => {
    await using world = await worlds.published({ within: '2s' })
    const { record } = await waiting(world)
    world.github.misbehave(({ method }) =>
      method === 'PATCH' ? { fault: 'status', status: 403, message: 'Forbidden' } : null,
    )
    await using opened = await open(world)

    const aborted = await opened.conductor.abortRun({ run: record.run, reason: 'wrong week' })

    expect(aborted.record.state).toBe('aborted')
    expect(await left(world)).toMatchObject({ pulls: ['open'] })
    expect(opened.events).toContainEqual(
      expect.objectContaining({ type: 'warning', code: 'PROPOSAL_NOT_WITHDRAWN' }),
    )
  })
})

describe.concurrent('the forge at preflight', () => {
  it('finds what a fork relies on, and only reports what nobody touched for 30 days', async () => {
    await using world = await worlds.published()
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
    await using opened = await open(world)
    const rowOf = async () => {
      const plan = await opened.conductor.planTrain({ train: 'engine', version: '1.1.0' })
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
    await using world = await worlds.published()
    const lanesYaml = `${world.lanesYaml}    blocking_label: release-blocker\n`
    const number = world.shop.addIssue('Hold the line', ['release-blocker'])
    await using opened = await openConductor({ ...childOf(world), lanesYaml, clock: hastyClock() })

    const { record, exit } = await opened.conductor.runTrain(catchUp)

    expect(exit).toBe(3)
    expect(record.stop?.message).toContain(`red blocking_label:shop: #${number} (Hold the line)`)
    expect((await opened.conductor.estateStatus()).forge[1]).toMatchObject({ blocking: [{ number }] })
    expect(record.irreversibleDone).toBe(false)
  })
})

describe.concurrent('notes at the forge', () => {
  it('are no condition of a run: one that may not write them warns and is done', async () => {
    await using world = await worlds.published()
    world.github.misbehave(({ endpoint }) =>
      endpoint === `POST ${inRepo}/statuses/{sha}`
        ? { fault: 'status', status: 403, message: 'Forbidden' }
        : null,
    )
    await using opened = await open(world)

    const result = await opened.conductor.runTrain(catchUp)

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

describe.concurrent('a deploy behind a forge', () => {
  it('waits for the checks of what main got, and deploys nothing that they refuse', async () => {
    await using world = await worlds.fresh({ deploys: true, within: '10s' })
    const merged = () => world.shop.records.pulls[0]?.mergeCommit ?? null
    world.github.misbehave(({ path }) => {
      const commit = merged()
      if (commit !== null && path.includes(`${commit}/check-runs`))
        world.shop.report(commit, 'e2e', 'failure')
      return null
    })

    const red = await run(world, asked)

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

describe.concurrent('a forge that fails', () => {
  it('is asked again when it fails once at every question, waits as it asks, and is found to have acted', async () => {
    await using world = await worlds.published()
    world.github.misbehave(({ method, endpoint, nth }) => {
      if (method === 'GET') return nth === 1 ? { fault: 'status', status: 502 } : null
      if (endpoint !== openPull && endpoint !== mergePull) return null
      if (nth === 1) return { fault: 'secondary_limit', status: 403, retryAfterS: 1 }
      return endpoint === openPull
        ? { fault: 'acts_then_status', status: 502 }
        : { fault: 'unanswered', acts: true }
    })

    expect(ended(await run(world))).toEqual(isDone)
    expect(await left(world)).toEqual(adopted)
    // One was not looked at, one acted.
    expect(world.github.calls.get(openPull)).toBe(2)
    expect(world.github.calls.get(mergePull)).toBe(2)
  })

  it('is not believed where its answers are old or stop in the middle', async () => {
    await using world = await worlds.published()
    world.github.misbehave(({ method, endpoint, nth }) => {
      if (method === 'GET' && nth === 1) return { fault: 'half' }
      if (endpoint === readPull && nth < 4) return { fault: 'stale' }
      return endpoint === openPull || endpoint === mergePull ? { fault: 'half' } : null
    })

    expect(ended(await run(world))).toEqual(isDone)
    expect(await left(world)).toEqual(adopted)
    expect(world.github.calls.get(openPull)).toBe(1)
    expect(world.github.calls.get(mergePull)).toBe(1)
  })

  it('stops the run before anything, when it fails for ever', async () => {
    await using world = await worlds.published()
    world.github.misbehave(() => ({ fault: 'status', status: 503 }))

    const result = await run(world)

    expect(ended(result)).toEqual({ exit: 3, code: 'PREFLIGHT_REFUSED', state: 'stopped' })
    expect(result.record.irreversibleDone).toBe(false)
    for (const row of ['ci_verdict:shop', 'branch_protection:shop', 'forge_identity:shop'])
      expect(result.record.stop?.message).toContain(`unknown ${row}`)
  })

  it('stops the run part-way when it goes away after the pull request is open, and is found by the resume', async () => {
    await using world = await worlds.fresh({ within: '1s' })
    world.github.misbehave(({ endpoint }) =>
      world.shop.records.pulls.length > 0 && endpoint !== openPull ? { fault: 'status', status: 503 } : null,
    )

    const result = await run(world, asked)

    expect(result.exit).toBe(7)
    expect(result.record.irreversibleDone).toBe(true)
    expect(result.record.stop?.message).toContain('503')
    world.github.misbehave(null)
    expect(ended(await resume(world, result))).toEqual(isDone)
    expect(await left(world)).toEqual(adopted)
    expect(world.github.calls.get(openPull)).toBe(1)
  })

  it('leaves a merge that nobody saw end for the resume to find', async () => {
    await using world = await worlds.published()
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
