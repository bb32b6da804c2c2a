import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { hasRuby, needsRuby } from '../ecosystems/gem-seeds.ts'
import { libraryEstate, type LibraryEstate, libraryGem, rubyApp, yarnApp } from './library-estate.ts'
import { openConductor } from './open-conductor.ts'

/**
 * One library that is a gem and a package of npm, and apps of every other kind: both generations of yarn with
 * workspaces, Bundler, and one that takes both. Everything is real but the gem server.
 */
describe.skipIf(!hasRuby)(`a train of two ecosystems${needsRuby}`, () => {
  let estate: LibraryEstate

  beforeAll(async () => {
    estate = await libraryEstate(
      ({ gems, npm }) => ({
        library: {
          ...libraryGem(gems),
          'package.json': `${JSON.stringify({ name: '@acme/engine', version: '1.1.0', main: 'index.js', publishConfig: { registry: npm } }, null, 2)}\n`,
          'index.js': "module.exports = '@acme/engine@1.1.0'\n",
        },
        publish: `[{ package: "@acme/engine", ecosystem: npm }, { package: engine, ecosystem: rubygems, registry: "${gems}" }]`,
        apps: [
          yarnApp('berry', npm, 'yarn@4.18.1'),
          yarnApp('classic', npm, 'yarn@1.22.22'),
          rubyApp('ruby', gems),
          both(yarnApp('rails', npm, 'yarn@1.22.22'), rubyApp('rails', gems)),
        ],
      }),
      { withNpm: true },
    )
    await estate.fresh()
    vi.stubEnv('PATH', estate.path)
    vi.stubEnv('GEM_HOST_API_KEY', estate.gems.apiKey)
    vi.stubEnv('NPM_CONFIG_USERCONFIG', `${estate.npm?.home}/.npmrc`)
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    await estate[Symbol.asyncDispose]()
  })

  const show = (repo: string, file: string) => estate.git(repo, 'show', `main:${file}`)
  const changed = async (repo: string) =>
    (await estate.git(repo, 'show', '--name-only', '--format=', 'main')).split('\n')

  it('publishes both, and every app adopts what is its own in one commit, and nothing else', async () => {
    await using opened = await openConductor(estate)

    const { record, exit } = await opened.conductor.runTrain({ train: 'engine', approve: true, waitMsMax: 0 })

    expect(record.stop).toBeNull()
    expect({ exit, state: record.state }).toEqual({ exit: 0, state: 'done' })
    expect(record.published.map((one) => `${one.package}@${one.version}`)).toEqual([
      '@acme/engine@1.1.0',
      'engine@1.1.0',
    ])
    expect(estate.gems.taken.filter((one) => one === 'engine-1.1.0')).toHaveLength(1)
    const [npm, gem] = record.published.map(({ integrity }) => integrity)
    expect(gem).toMatch(/^sha256-/)

    for (const app of ['berry', 'classic', 'rails']) {
      expect(await show(app, 'package.json')).toContain('"@acme/engine": "^1.0.0"')
      expect(await show(app, 'parts/cart/package.json')).toContain('"@acme/engine": "~1.1.0"')
    }
    expect(await show('classic', 'yarn.lock')).toContain(`integrity ${npm}`)
    expect(await show('berry', 'yarn.lock')).toContain('resolution: "@acme/engine@npm:1.1.0"')
    for (const app of ['ruby', 'rails']) {
      expect(await show(app, 'Gemfile')).toContain("gem 'engine', '~> 1.1.0'")
      expect(await show(app, 'Gemfile.lock')).toMatch(/^ {4}engine \(1\.1\.0\)$/m)
      expect(await show(app, 'Gemfile.lock')).toMatch(/^ {4}leaf \(1\.0\.0\)$/m)
    }
    expect(await changed('berry')).toEqual(['parts/cart/package.json', 'yarn.lock'])
    expect(await changed('classic')).toEqual(['parts/cart/package.json', 'yarn.lock'])
    expect(await changed('ruby')).toEqual(['Gemfile', 'Gemfile.lock'])
    expect(await changed('rails')).toEqual([
      'Gemfile',
      'Gemfile.lock',
      'parts/cart/package.json',
      'yarn.lock',
    ])
    expect(record.adopted.filter(({ repo }) => repo === 'rails')).toHaveLength(2)
  })
})

function both(
  one: ReturnType<typeof yarnApp>,
  other: ReturnType<typeof rubyApp>,
): ReturnType<typeof yarnApp> {
  return {
    name: one.name,
    files: { ...one.files, ...other.files, 'check.sh': `${one.check} && ${other.check}\n` },
    lock: [...one.lock, ...other.lock],
    check: 'sh check.sh',
  }
}
