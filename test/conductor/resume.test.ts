import { describe, expect, it } from 'vitest'
import { useEstates } from './use-estates.ts'
import { openConductor } from './open-conductor.ts'
import { readWorld } from './estate-world.ts'
import { runChild } from './run-child.ts'
import { bounded } from '../bounded.ts'

/** Each of them in an estate of its own; every point of the whole journey is the crash matrix's business. */
const points = [
  'claim:acted',
  'keep:acted',
  'publish:intended',
  'publish:acted',
  'tag:acted',
  'adopt:acted@adopt:shop',
  'deploy:acted@deploy:admin',
  'release:acted',
]

describe('kill -9, then resume', () => {
  const estates = useEstates()

  it.each(bounded(points, 4))(
    'at %s finishes once: one version, tag, commit and deploy each',
    async (point) => {
      const estate = await estates.fresh()
      const { dir, storeUrl } = estate
      const killed = await runChild({ dir, storeUrl, at: { point, signal: 'SIGKILL' } })
      expect({ signal: killed.signal, stderr: killed.stderr }).toEqual({ signal: 'SIGKILL', stderr: '' })
      await using opened = await openConductor(estate)
      const [left] = await opened.conductor.listRuns()
      expect(left).toBeDefined()

      const resumed = await runChild({ dir, storeUrl, resume: left?.run ?? '' })

      expect(resumed.stderr).toBe('')
      expect(resumed.result?.record.stop ?? null).toBeNull()
      expect({ exit: resumed.exitCode, state: resumed.result?.record.state }).toEqual({
        exit: 0,
        state: 'done',
      })
      const record = await opened.conductor.readRun(left?.run ?? '')
      const world = await readWorld(estate)
      const integrity = world.live['@rehearsal/engine']?.['1.1.0']
      expect(record.published).toMatchObject([{ version: '1.1.0', integrity, tag: 'engine-v1.1.0' }])
      expect(record.adopted).toHaveLength(2)
      expect(record.deployed.map((deployed) => deployed.verified)).toEqual(['yes', 'yes'])
      for (const { name } of estate.consumers) {
        expect(world.mains[name]).toHaveLength(2)
        expect(world.lockfiles[name]).toContain(integrity)
        expect(world.running[name]).toMatchObject({ sha: world.heads[name], engine: '1.1.0' })
      }
      const attempts = await estate.readAttempts()
      expect([...attempts.publishes]).toEqual([['@rehearsal/engine@1.1.0', 1]])
      const landed = attempts.entries
        .filter((attempt) => attempt.kind === 'push')
        .map(({ repo, ref }) => `${repo} ${ref}`)
      expect(landed.toSorted()).toEqual([
        'admin refs/heads/main',
        'engine refs/tags/engine-v1.1.0',
        'shop refs/heads/main',
      ])
      const deploys = attempts.entries.filter((attempt) => attempt.kind === 'deploy').map(({ app }) => app)
      expect(deploys.toSorted()).toEqual(['admin', 'shop'])
      expect(await opened.conductor.estateStatus()).toMatchObject({
        lanes: [{ lane: 'release_train', holders: [], waiting: 0 }],
      })
    },
  )
})
