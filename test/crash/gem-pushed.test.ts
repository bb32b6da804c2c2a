import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { listCrashPoints } from '@conduct/conductor'
import { libraryEstate, type LibraryEstate, libraryGem, rubyApp } from '../conductor/library-estate.ts'
import { openConductor } from '../conductor/open-conductor.ts'
import { runChild } from '../conductor/run-child.ts'
import { isLong } from '../bounded.ts'
import { hasRuby, needsRuby } from '../ecosystems/gem-seeds.ts'

/**
 * `kill -9` around the push of a gem: resume finishes the run, and there is one gem, one tag, one commit. The points are
 * those of the record of a whole run; the matrix over all effects is in crash-matrix.test.ts.
 */
describe.skipIf(!hasRuby)(`a run that is killed around the push of a gem${needsRuby}`, () => {
  let estate: LibraryEstate
  let points: readonly string[]
  let expected: World

  interface World {
    readonly taken: readonly string[]
    readonly tags: string
    readonly history: string
    readonly lockfile: string
  }

  const world = async (): Promise<World> => ({
    taken: estate.gems.taken.filter((gem) => gem.startsWith('engine-1.1')),
    tags: await estate.git('engine', 'tag', '--list'),
    history: await estate.git('shop', 'log', '--format=%s', 'main'),
    lockfile: await estate.git('shop', 'show', 'main:Gemfile.lock'),
  })
  const conduct = (more: Partial<Parameters<typeof runChild>[0]> = {}) =>
    runChild({ dir: estate.dir, storeUrl: estate.storeUrl, ...more })

  beforeAll(async () => {
    estate = await libraryEstate(
      ({ gems }) => ({
        library: libraryGem(gems),
        publish: `[{ package: engine, registry: "${gems}" }]`,
        apps: [rubyApp('shop', gems)],
      }),
      { withNpm: false },
    )
    vi.stubEnv('GEM_HOST_API_KEY', estate.gems.apiKey)
    await estate.fresh()
    const whole = await conduct()
    if (whole.result === null) throw new Error(whole.stderr)
    if (whole.result.record.stop !== null) throw new Error(whole.result.record.stop.message)
    expected = await world()
    points = listCrashPoints(whole.result.record)
      .filter(({ point }) => point.startsWith('publish:'))
      .map(({ point, step }) => `${point}@${step}`)
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    await estate[Symbol.asyncDispose]()
  })

  it('passes a point before and after the push, and before and after each record of it', () => {
    expect(points.map((point) => point.replace(/@.*/, ''))).toEqual([
      'publish:before',
      'publish:intended',
      'publish:acted',
      'publish:proved',
    ])
    expect(expected.taken).toEqual(['engine-1.1.0'])
  })

  it('is finished by resume from each of them, and the gem was pushed once', async () => {
    // The other two are the same to the world: before anything, and after everything.
    const tried = isLong ? points : points.filter((point) => /:(?:intended|acted)@/u.test(point))
    for (const point of tried) {
      await estate.fresh()
      const killed = await conduct({ at: { point, signal: 'SIGKILL' } })
      expect({ point, signal: killed.signal, said: killed.stderr }).toMatchObject({ signal: 'SIGKILL' })

      const run = await unfinishedRun()
      const resumed = await conduct({ resume: run })

      expect({ point, stop: resumed.result?.record.stop }).toEqual({ point, stop: null })
      expect({ point, ...(await world()) }).toEqual({ point, ...expected })
    }
  })

  async function unfinishedRun(): Promise<string> {
    await using opened = await openConductor(estate)
    const [run] = await opened.conductor.listRuns()
    if (run === undefined) throw new Error('there is no run')
    return run.run
  }
})
