import { beforeAll, describe, expect, it } from 'vitest'
import type { Estate } from '@conduct/rehearsal'
import { useEstates } from './use-estates.ts'
import { openConductor } from './open-conductor.ts'
import { readWorld } from './estate-world.ts'

describe('a train over a real estate', () => {
  const estates = useEstates('npmAndPnpm')
  let estate: Estate
  beforeAll(async () => {
    estate = await estates.fresh()
  })

  it('travels from claim to report, and the world is what its record says', async () => {
    await using opened = await openConductor(estate)

    const { record, exit, held } = await opened.conductor.runTrain({
      train: 'engine',
      approve: true,
      waitMsMax: 0,
    })

    expect(record.stop).toBeNull()
    expect({ exit, held, state: record.state }).toEqual({ exit: 0, held: null, state: 'done' })
    const world = await readWorld(estate)
    const integrity = world.live['@rehearsal/engine']?.['1.1.0']
    expect(record.published).toEqual([
      {
        package: '@rehearsal/engine',
        version: '1.1.0',
        integrity,
        registry: estate.registryUrl,
        tag: 'engine-v1.1.0',
        deprecated: null,
      },
    ])
    expect(world.tags).toEqual(['engine-v1.0.0', 'engine-v1.1.0'])
    for (const { name } of estate.consumers) {
      expect(world.lockfiles[name]).toContain(integrity)
      expect(world.running[name]).toMatchObject({ sha: world.heads[name], engine: '1.1.0' })
      expect(record.adopted.find((adopted) => adopted.repo === name)).toMatchObject({
        from: '1.0.0',
        to: '1.1.0',
        commit: world.heads[name],
      })
      expect(record.deployed.find((deployed) => deployed.repo === name)).toMatchObject({
        sha: world.heads[name],
        verified: 'yes',
      })
    }
    expect(record.lane?.released).toBe(true)
    expect(record.next).toBeNull()
    const attempts = await estate.readAttempts()
    expect([...attempts.publishes.values()]).toEqual([1])
  })

  it('refuses the next run in preflight: the version is taken, and nothing changes', async () => {
    const before = await readWorld(estate)
    await using opened = await openConductor(estate)

    const { record, exit } = await opened.conductor.runTrain({ train: 'engine', approve: true, waitMsMax: 0 })

    expect({ exit, code: record.stop?.code, phase: record.stop?.phase }).toEqual({
      exit: 3,
      code: 'PREFLIGHT_REFUSED',
      phase: 'preflight',
    })
    expect(await readWorld(estate)).toEqual(before)
  })
})
