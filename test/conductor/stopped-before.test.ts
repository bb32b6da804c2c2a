import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openConductor } from './open-conductor.ts'
import { git, readWorld } from './estate-world.ts'
import { quickLanesYaml } from './quick-estate.ts'
import { useEstates } from './use-estates.ts'

const start = { train: 'engine', approve: true, waitMsMax: 0 } as const

describe('what stops a run before anything irreversible', () => {
  const estates = useEstates()

  it('somebody publishes the version with other bytes after the check: INTEGRITY_MISMATCH, exit 3', async () => {
    const estate = await estates.fresh()
    const npmrc = await git(estate, 'engine', 'show', 'main:.npmrc')
    const hit = (point: string) => {
      if (point !== 'approve:proved') return
      const folder = mkdtempSync(join(tmpdir(), 'other-'))
      writeFileSync(join(folder, '.npmrc'), npmrc)
      writeFileSync(join(folder, 'package.json'), '{"name":"@rehearsal/engine","version":"1.1.0"}')
      execFileSync('npm', ['publish', '--ignore-scripts'], { cwd: folder, stdio: 'ignore' })
    }
    await using ana = await openConductor({ ...estate, lanesYaml: await quickLanesYaml(estate), hit })

    const { exit, record } = await ana.conductor.runTrain(start)

    expect({ exit, code: record.stop?.code, phase: record.stop?.phase }).toEqual({
      exit: 3,
      code: 'INTEGRITY_MISMATCH',
      phase: 'publish',
    })
    expect(record.irreversibleDone).toBe(false)
    const world = await readWorld(estate)
    expect(world.tags).toEqual(['engine-v1.0.0'])
    expect((await ana.conductor.estateStatus()).lanes).toMatchObject([{ holders: [] }])
  })

  it('whoever may not hold recommends: RUN_RECOMMENDED, and who may takes it up', async () => {
    const estate = await estates.fresh()
    const lanesYaml = await quickLanesYaml(estate, [
      ['    captains: [ana]\n', '    captains: [ana]\n    holders: [ana]\n'],
    ])
    await using ana = await openConductor({ ...estate, lanesYaml })
    await using carl = await openConductor({ ...estate, lanesYaml, as: 'carl' })

    const recommended = await carl.conductor.runTrain(start)

    expect({ exit: recommended.exit, code: recommended.record.stop?.code }).toEqual({
      exit: 6,
      code: 'RUN_RECOMMENDED',
    })
    expect(await carl.store.register.read(`recommendation/${recommended.record.run}`)).toMatchObject({
      document: { train: 'engine', by: 'cli:carl@test' },
    })
    expect(recommended.record).toMatchObject({
      state: 'waiting_lane',
      next: `conduct resume ${recommended.record.run}`,
    })
    const taken = await ana.conductor.resumeRun({ run: recommended.record.run, waitMsMax: 0 })
    expect(taken.record).toMatchObject({ state: 'waiting_approval', plan: { requestedBy: 'cli:ana@test' } })
  })
})
