import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { hasRuby, needsRuby } from '../ecosystems/gem-seeds.ts'
import { libraryEstate, type LibraryEstate, libraryGem, rubyApp } from './library-estate.ts'
import { openConductor } from './open-conductor.ts'

/** The bad days of a train whose library is a gem, with real Ruby and Bundler. */
describe.skipIf(!hasRuby)(`a train of gems${needsRuby}`, () => {
  let estate: LibraryEstate

  beforeAll(async () => {
    estate = await libraryEstate(
      ({ gems }) => ({
        library: libraryGem(gems),
        publish: `[{ package: engine, registry: "${gems}" }]`,
        apps: [rubyApp('shop', gems)],
      }),
      { withNpm: false },
    )
  })
  afterAll(() => estate[Symbol.asyncDispose]())

  beforeEach(async () => {
    vi.stubEnv('GEM_HOST_API_KEY', estate.gems.apiKey)
    await estate.fresh()
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    estate.gems.interfere(null)
    estate.gems.loseAnswers(null)
  })

  async function travel() {
    await using opened = await openConductor(estate)
    return await opened.conductor.runTrain({ train: 'engine', approve: true, waitMsMax: 0 })
  }
  const taken = () => estate.gems.taken.filter((gem) => gem === 'engine-1.1.0').length
  const lockfile = () => estate.git('shop', 'show', 'main:Gemfile.lock')

  it('is finished although every answer to the push is lost: the index shows what was pushed', async () => {
    estate.gems.loseAnswers((request) => request.method === 'POST')

    const { record, exit } = await travel()

    expect(record.stop).toBeNull()
    expect({ exit, state: record.state, taken: taken() }).toEqual({ exit: 0, state: 'done', taken: 1 })
    expect(await lockfile()).toMatch(/^ {4}engine \(1\.1\.0\)$/m)
  })

  it('waits while the compact index that Bundler reads lags behind the push', async () => {
    const before = await (await fetch(`${estate.gems.url}info/engine`)).text()
    let stale = 0
    estate.gems.interfere((request, response) => {
      if (taken() === 0 || request.url !== '/info/engine' || stale === 3) return false
      stale += 1
      response.writeHead(200).end(before)
      return true
    })

    const { record, exit } = await travel()

    expect(record.stop).toBeNull()
    expect({ exit, stale, taken: taken() }).toEqual({ exit: 0, stale: 3, taken: 1 })
  })

  it('publishes nothing that breaks an app when it is tried', async () => {
    await estate.push('engine', {
      'lib/engine.rb': "raise 'the engine does not start' if defined?(Bundler)\n",
    })

    const { record, exit } = await travel()

    expect({ exit, code: record.stop?.code, taken: taken() }).toEqual({
      exit: 3,
      code: 'CHECK_FAILED',
      taken: 0,
    })
    expect(record.stop?.message).toMatch(/^shop: bundle exec ruby check\.rb/)
    expect(record.stop?.message).toContain('the engine does not start')
  })

  it.each<[string, { readonly key?: string; readonly gemfile?: string }, string]>([
    ['the key is missing', { key: '' }, 'gem signin'],
    ['a constraint is computed', { gemfile: 'ENGINE_VERSION' }, 'is computed'],
    ['the gem is taken from a path', { gemfile: "path: '../engine'" }, 'not from a gem server'],
  ])('is refused at preflight when %s', async (_case, { key, gemfile }, said) => {
    if (key !== undefined) vi.stubEnv('GEM_HOST_API_KEY', key)
    if (gemfile !== undefined) {
      await estate.push('shop', {
        Gemfile: `source '${estate.gems.url}'\nENGINE_VERSION = '~> 1.0'\ngem 'engine', ${gemfile}\n`,
      })
    }

    const { record } = await travel()

    expect(record.stop).toMatchObject({ code: 'PREFLIGHT_REFUSED', phase: 'preflight' })
    expect(record.stop?.message).toContain(said)
    expect(taken()).toBe(0)
  })
})
