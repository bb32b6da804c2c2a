import { describe, expect, test } from 'vitest'
import { git, readWorld } from './estate-world.ts'
import { useEstates } from './use-estates.ts'
import { attest, ciPublishes, openWorld } from './workflow-world.ts'

const estates = useEstates('npmAndPnpm')
const name = '@rehearsal/engine'
const run = { train: 'engine', approve: true, waitMsMax: 0 } as const

describe('a library that a workflow publishes', () => {
  test('is dispatched once, watched by our id, and proved by the commit of its provenance', async () => {
    await using world = await openWorld(await estates.fresh(), async ({ estate, commit }) => {
      await attest(estate, await ciPublishes(estate, 'built by CI'), commit)
      return 'success'
    })

    const { exit, record } = await world.opened.conductor.runTrain(run)

    expect({ exit, stop: record.stop }).toEqual({ exit: 0, stop: null })
    const live = (await readWorld(world.estate)).live[name]?.['1.1.0']
    expect(record.published).toMatchObject([
      { package: name, version: '1.1.0', integrity: live, tag: 'v1.1.0' },
    ])
    expect(record.steps.find(({ kind }) => kind === 'publish')).toMatchObject({
      state: 'done',
      facts: { provenanceCommit: world.commit },
    })
    expect(world.engine.records.runs.map(({ title }) => title)).toEqual([`release ${record.run}-publish`])
    for (const lockfile of Object.values((await readWorld(world.estate)).lockfiles))
      expect(lockfile).toContain(live)
    expect(await git(world.estate, 'engine', 'rev-parse', 'v1.1.0^{commit}')).toBe(world.commit)
  })

  test('needs no provenance where CI made the very bytes that were packed here', async () => {
    await using world = await openWorld(await estates.fresh(), async ({ estate }) => {
      await ciPublishes(estate, null)
      return 'success'
    })

    const { exit, record } = await world.opened.conductor.runTrain(run)

    expect({ exit, stop: record.stop }).toEqual({ exit: 0, stop: null })
  })

  test.each([
    ['from another commit', 'f'.repeat(40)],
    ['from a commit that nobody says', null],
  ])('is refused when it was built %s, before any consumer adopts it', async (_case, commit) => {
    await using world = await openWorld(await estates.fresh(), async ({ estate }) => {
      const integrity = await ciPublishes(estate, 'built by CI')
      if (commit !== null) await attest(estate, integrity, commit)
      return 'success'
    })
    const before = (await readWorld(world.estate)).heads

    const { exit, record } = await world.opened.conductor.runTrain(run)

    expect({ exit, code: record.stop?.code }).toEqual({ exit: 7, code: 'PROVENANCE_MISMATCH' })
    expect(record.irreversibleDone).toBe(true)
    expect((await readWorld(world.estate)).heads).toEqual(before)
  })

  test('that shows late is dispatched once, whoever resumes: OUTCOME_UNKNOWN, until it shows', async () => {
    await using world = await openWorld(await estates.fresh(), async ({ estate }) => {
      await ciPublishes(estate, null)
      return 'success'
    })
    const { conductor } = world.opened
    const { runs, workflows } = world.engine.records
    for (const workflow of workflows) Object.assign(workflow, { showsAfter: Number.MAX_SAFE_INTEGER })

    const sent = await conductor.runTrain(run)
    const again = await conductor.resumeRun({ run: sent.record.run, waitMsMax: 0 })

    for (const { exit, record } of [sent, again]) {
      expect({ exit, code: record.stop?.code }).toEqual({ exit: 7, code: 'OUTCOME_UNKNOWN' })
      expect(record.stop?.message).toContain('it is not dispatched a second time')
      expect(record.stop?.hint).toContain(`One shows ${record.run}-publish: resume, it is watched.`)
      expect(record.irreversibleDone).toBe(true)
    }
    expect(runs).toHaveLength(1)
    for (const hidden of runs) hidden.hiddenFor = 0
    const ended = await conductor.resumeRun({ run: sent.record.run, waitMsMax: 0 })

    expect({ exit: ended.exit, stop: ended.record.stop }).toEqual({ exit: 0, stop: null })
    expect(runs).toHaveLength(1)
  })

  test('that failed is watched again after somebody ran it again, and never dispatched twice', async () => {
    await using world = await openWorld(await estates.fresh(), async () => 'failure')
    const { conductor } = world.opened

    const failed = await conductor.runTrain(run)

    expect(failed).toMatchObject({ exit: 7, record: { stop: { code: 'PUBLISH_WORKFLOW_FAILED' } } })
    expect(failed.record.stop?.message).toMatch(/nothing of it is live.*actions\/runs\/\d+$/)
    await ciPublishes(world.estate, null)
    const finished = await conductor.resumeRun({ run: failed.record.run, waitMsMax: 0 })

    expect({ exit: finished.exit, stop: finished.record.stop }).toEqual({ exit: 0, stop: null })
    expect(world.engine.records.runs).toHaveLength(1)
  })
})
