import { describe, expect, it } from 'vitest'
import { git, readWorld } from './estate-world.ts'
import { openConductor } from './open-conductor.ts'
import { quickLanesYaml } from './quick-estate.ts'
import { useEstates } from './use-estates.ts'
import { readPackument } from './packument.ts'

const start = { train: 'engine', approve: true, waitMsMax: 0 } as const

describe('the way back of a run', () => {
  const estates = useEstates()

  it('takes a finished run back: apps, lockfiles, dist-tag and deprecation, and says what stays', async () => {
    const estate = await estates.fresh()
    const before = await readWorld(estate)
    await using ana = await openConductor({ ...estate, lanesYaml: await quickLanesYaml(estate) })
    const done = await ana.conductor.runTrain(start)
    expect(done.exit).toBe(0)
    const released = await readWorld(estate)
    expect(released.running['shop']?.engine).toBe('1.1.0')

    const view = await ana.conductor.previewCompensation({ run: done.record.run })

    expect(view.ways.map(({ way, outlook }) => `${outlook} ${way.id}`)).toEqual([
      'to_do redeploy:admin',
      'to_do revert:admin',
      'to_do redeploy:shop',
      'to_do revert:shop',
      'to_do dist_tag:@rehearsal/engine@latest',
      'to_do deprecate:@rehearsal/engine@1.1.0',
      'stays stays:publish:@rehearsal/engine@1.1.0',
      'stays stays:tag:engine-v1.1.0',
    ])
    expect(await readWorld(estate)).toEqual(released)
    expect((await ana.conductor.readRun(done.record.run)).state).toBe('done')

    const back = await ana.conductor.compensateRun({ run: done.record.run, waitMsMax: 0 })

    expect(back.record.stop).toBeNull()
    expect({ exit: back.exit, state: back.record.state, undone: back.record.undone }).toEqual({
      exit: 0,
      state: 'compensated',
      undone: 'yes',
    })
    const world = await readWorld(estate)
    expect(world.running).toEqual(before.running)
    expect(world.lockfiles).toEqual(before.lockfiles)
    expect(world.live['@rehearsal/engine']).toHaveProperty('1.1.0')
    expect(world.tags).toContain('engine-v1.1.0')
    for (const { name } of estate.consumers) {
      expect(world.mains[name]?.slice(0, 2)).toEqual([
        'Revert "Adopt @rehearsal/engine@1.1.0"',
        'Adopt @rehearsal/engine@1.1.0',
      ])
    }
    const packument = await readPackument(estate, '@rehearsal/engine')
    expect(packument['dist-tags']['latest']).toBe('1.0.0')
    expect(packument.versions['1.1.0']?.deprecated).toContain(`run ${done.record.run}); use 1.0.0`)
    expect(back.record.deployed).toMatchObject([
      { repo: 'shop', rollback: { outcome: 'rolled_back', running: before.running['shop']?.sha } },
      { repo: 'admin', rollback: { outcome: 'rolled_back', running: before.running['admin']?.sha } },
    ])
    expect(back.record.adopted.map(({ repo, reverted }) => [repo, reverted])).toEqual([
      ['shop', world.heads['shop']],
      ['admin', world.heads['admin']],
    ])
    expect(back.record.published[0]?.deprecated).toContain('use 1.0.0')
    expect(await ana.conductor.estateStatus()).toMatchObject({
      lanes: [{ lane: 'release_train', holders: [], waiting: 0 }],
    })

    const again = await ana.conductor.compensateRun({ run: done.record.run, waitMsMax: 0 })
    expect({ exit: again.exit, state: again.record.state }).toEqual({ exit: 0, state: 'compensated' })
    expect(await readWorld(estate)).toEqual(world)
    await expect(ana.conductor.resumeRun({ run: done.record.run, waitMsMax: 0 })).rejects.toMatchObject({
      code: 'RUN_ENDED',
    })
    await expect(ana.conductor.abortRun({ run: done.record.run, reason: 'no' })).rejects.toMatchObject({
      code: 'RUN_ENDED',
    })
    expect(await git(estate, 'shop', 'status', '--porcelain').catch(() => 'bare')).toBe('bare')
  })
})
