import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { CrashPosition, RunResult } from '@conduct/conductor'
import { wholePositions } from '../crash/whole-chains.ts'
import { inRepo } from '../forge/workshop.ts'
import { git } from './estate-world.ts'
import { childOf, type ForgeEstate, forgeEstate, forgeToken } from './forge-estate.ts'
import { hastyClock } from './hasty-clock.ts'
import { openConductor } from './open-conductor.ts'
import { runChild } from './run-child.ts'
import { useEstates } from './use-estates.ts'

const isWhole = process.env['CONDUCT_CRASH'] === 'all'
const madeAt: readonly (readonly CrashPosition[])[] = isWhole ? wholePositions : [['intended', 'acted']]
const withdrawnAt: readonly (readonly CrashPosition[])[] = isWhole ? wholePositions : [['acted']]
const createRelease = `POST ${inRepo}/releases`
const tag = 'v1.1.0'

// Cases that run beside each other wait for each other.
vi.setConfig({ testTimeout: 300_000 })

beforeAll(() => {
  process.env['GH_ENTERPRISE_TOKEN'] = forgeToken
})

/** The train of a forge estate, with a release after the tag. */
const releasing = (world: ForgeEstate) => ({
  ...childOf(world),
  lanesYaml: `${world.lanesYaml}    forge_release: true\n`,
  isHasty: true,
})
const open = (world: ForgeEstate) => openConductor({ ...releasing(world), clock: hastyClock() })

async function run(world: ForgeEstate): Promise<RunResult> {
  await using opened = await open(world)
  return await opened.conductor.runTrain({ train: 'engine', approve: true, waitMsMax: 0 })
}

const stepOf = ({ record }: RunResult) => record.steps.find(({ kind }) => kind === 'forge_release')
const releasesOf = ({ engine }: ForgeEstate) =>
  engine.records.releases.map((one) => `${one.tag} ${one.title}${one.isPrerelease ? ' (pre)' : ''}`)

describe.concurrent('a release at the forge', () => {
  const estates = useEstates()

  it('is made after the tag, once, with what was published', async () => {
    await using world = await forgeEstate(await estates.fresh())

    const result = await run(world)

    expect({ exit: result.exit, stop: result.record.stop }).toEqual({ exit: 0, stop: null })
    expect(releasesOf(world)).toEqual([`${tag} @rehearsal/engine 1.1.0`])
    const [release] = world.engine.records.releases
    const [published] = result.record.published
    expect(release?.body).toContain(published?.integrity)
    expect(release?.body).toContain(`<!-- conduct-run: ${result.record.run} forge_release:${tag} -->`)
    expect(release?.target).toBe(result.record.plan?.basis.producer.commit)
    expect(stepOf(result)).toMatchObject({
      state: 'done',
      irreversible: true,
      facts: { release: `https://github.example/remotes/engine/releases/tag/${tag}`, isOurs: true },
    })
    const kinds = result.record.steps.filter(({ phase }) => phase === 'publish').map(({ kind }) => kind)
    expect(kinds).toEqual(['publish', 'tag', 'forge_release'])
    const planned = result.record.plan?.steps.map(({ id }) => id) ?? []
    expect(planned.indexOf(`forge_release:${tag}`)).toBe(planned.indexOf(`tag:${tag}`) + 1)
  })

  it('that a workflow made as soon as the tag stood is as good, and stays as it is', async () => {
    await using world = await forgeEstate(await estates.fresh())
    world.github.misbehave(({ path }) => {
      if (path.endsWith(`/releases/tags/${tag}`) && world.engine.records.releases.length === 0)
        world.engine.addRelease(tag, { body: 'By a workflow.' })
      return null
    })

    const result = await run(world)

    expect(result.exit).toBe(0)
    expect(stepOf(result)).toMatchObject({ state: 'already', facts: { isOurs: false } })
    expect(world.engine.records.releases.map(({ body }) => body)).toEqual(['By a workflow.'])
    expect(world.github.calls.get(createRelease)).toBeUndefined()
  })

  it('that the forge refuses stops the run with the version live, and is made by the resume', async () => {
    await using world = await forgeEstate(await estates.fresh())
    world.github.misbehave(({ endpoint }) =>
      endpoint === createRelease ? { fault: 'status', status: 403, message: 'Forbidden' } : null,
    )

    const refused = await run(world)

    expect({ exit: refused.exit, code: refused.record.stop?.code }).toEqual({
      exit: 7,
      code: 'FORGE_REFUSED',
    })
    expect(refused.record.published).toHaveLength(1)
    expect(refused.record.adopted).toEqual([])

    world.github.misbehave(null)
    await using opened = await open(world)
    const result = await opened.conductor.resumeRun({
      run: refused.record.run,
      approve: true,
      waitMsMax: 0,
    })
    expect(result.exit).toBe(0)
    expect(releasesOf(world)).toHaveLength(1)
  })

  it('is red at preflight where this identity may not write, before anything is published', async () => {
    await using world = await forgeEstate(await estates.fresh())
    world.engine.records.access.set('ana-acme', 'read')

    const result = await run(world)

    expect(result.exit).toBe(3)
    expect(result.record.stop?.message).toContain('red forge_release:engine')
    expect(result.record.irreversibleDone).toBe(false)
  })

  it.each(madeAt.map((positions) => [positions.join(' and '), positions] as const))(
    'is made once by a run that is killed at %s, again and again',
    async (_shown, positions) => {
      await using world = await forgeEstate(await estates.fresh())
      const child = releasing(world)
      await using opened = await open(world)
      let known: string | null = null
      for (const position of positions) {
        const at = { point: `forge_release:${position}`, signal: 'SIGKILL' } as const
        const killed = await runChild({ ...child, ...(known === null ? {} : { resume: known }), at })
        expect({ position, signal: killed.signal }).toEqual({ position, signal: 'SIGKILL' })
        known ??= (await opened.conductor.listRuns())[0]?.run ?? ''
      }

      const result = await opened.conductor.resumeRun({ run: known ?? '', approve: true, waitMsMax: 60_000 })

      expect({ exit: result.exit, stop: result.record.stop }).toEqual({ exit: 0, stop: null })
      expect(releasesOf(world)).toEqual([`${tag} @rehearsal/engine 1.1.0`])
      expect(world.github.calls.get(createRelease)).toBe(1)
    },
  )

  it.each(withdrawnAt.map((positions) => [positions.join(' and '), positions] as const))(
    'that somebody has rewritten is left alone on the way back; else it says that it is withdrawn, killed at %s or not, tag and words stay',
    async (_shown, positions) => {
      await using world = await forgeEstate(await estates.fresh(), { via: null })
      const done = await run(world)
      const { run: id } = done.record
      const [release] = world.engine.records.releases
      const made = release?.body ?? ''
      await using opened = await open(world)
      if (release !== undefined) release.body = 'Rewritten.'
      const looked = await opened.conductor.previewCompensation({ run: id })
      expect(JSON.stringify(looked)).toContain('is not the release that this run made')
      expect(release?.body).toBe('Rewritten.')

      if (release !== undefined) release.body = made
      for (const position of positions) {
        const at = { point: `withdraw_release:${position}`, signal: 'SIGKILL' } as const
        const killed = await runChild({ ...releasing(world), compensate: id, at })
        expect({ position, signal: killed.signal }).toEqual({ position, signal: 'SIGKILL' })
      }
      await opened.conductor.compensateRun({ run: id, waitMsMax: 60_000 })

      expect(releasesOf(world)).toEqual([`${tag} @rehearsal/engine 1.1.0 (withdrawn) (pre)`])
      const body = release?.body ?? ''
      expect(body).toMatch(/Withdrawn\*\* by its maintainers \(Conduct run .*; use 1\.0\.0\./)
      expect(body).toContain(done.record.published[0]?.integrity)
      expect(await git(world.estate, 'engine', 'tag', '--list', tag)).toBe(tag)
      expect(world.github.calls.get(`PATCH ${inRepo}/releases/{release_id}`)).toBe(1)
    },
  )
})
