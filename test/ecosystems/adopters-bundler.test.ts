import { cp, readFile } from 'node:fs/promises'
import path from 'node:path'
import { adopters, fileTreeOfFolder } from '@conduct/ecosystems'
import { runCommand } from '@conduct/subprocess'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type GemRegistry, startGemRegistry } from '@conduct/rehearsal'
import { type Folder, makeFolder } from './folders.ts'
import { buildGem, type GemSeed, hasRuby, needsRuby, pushGem } from './gem-seeds.ts'
import { run } from './publish-seed.ts'

/** The conformance of adopters.test.ts, for Bundler: real Ruby, real Bundler, a gem server on loopback. */
const context = { runCommand }
const [bundler] = adopters.filter(({ manager }) => manager === 'bundler')
if (bundler === undefined) throw new Error('Bundler is an adopter')

let registry: GemRegistry
let template: Folder
let shop: Folder

const gemfile = (engine = "'~> 1.0.0'") => `source '${registry.url}'

group :default do
  gem 'acme_engine', ${engine}, require: false # the engine
end
gem "acme_plugin"
gem 'other', '>= 1.0'
`

describe.skipIf(!hasRuby)(`bundler${needsRuby}`, () => {
  beforeAll(async () => {
    registry = await startGemRegistry()
    const publish = (name: string, version: string, needs: Record<string, string> = {}) =>
      pushGem(registry, { name, version, needs })
    await publish('leaf', '1.0.0')
    await publish('other', '1.0.0')
    await publish('acme_engine', '1.0.0', { leaf: '~> 1.0' })
    await publish('acme_plugin', '1.0.0', { acme_engine: '~> 1.0' })
    template = await makeFolder({ Gemfile: gemfile() })
    await run({ argv: ['bundle', 'lock'], cwd: template.path })
    await publish('leaf', '1.1.0')
    await publish('leaf', '1.2.0')
    await publish('other', '1.0.1')
    await publish('acme_engine', '1.0.5', { leaf: '~> 1.0' })
    await publish('acme_engine', '1.1.0', { leaf: '~> 1.1' })
    await publish('acme_engine', '1.1.1', { leaf: '~> 1.1' })
    await publish('acme_engine', '2.0.0', { leaf: '~> 1.1' })
    await publish('acme_plugin', '2.0.0', { acme_engine: '~> 2.0' })
  }, 120_000)

  afterAll(async () => {
    await template[Symbol.asyncDispose]()
    await registry[Symbol.asyncDispose]()
  })

  beforeEach(async () => {
    shop = await makeFolder()
    await cp(template.path, shop.path, { recursive: true })
  })

  afterEach(async () => {
    vi.unstubAllEnvs()
    registry.interfere(null)
    await shop[Symbol.asyncDispose]()
  })

  const before = () => fileTreeOfFolder(template.path)
  const after = () => fileTreeOfFolder(shop.path)
  const textOf = (file: string) => readFile(path.join(shop.path, file), 'utf8')

  async function adopt(
    packages: Record<string, string>,
    runner: typeof runCommand = runCommand,
  ): Promise<void> {
    await bundler?.adopt({
      worktree: shop.path,
      packages: Object.entries(packages).map(([name, version]) => ({ name, version })),
      context: { runCommand: runner },
      timeoutMs: 120_000,
    })
  }

  const versionsOf = async (name: string) =>
    (await bundler.read(after(), name)).locked.map(({ version }) => version)

  async function changedFiles(): Promise<readonly string[]> {
    const files = [...new Set([...(await before().listFiles()), ...(await after().listFiles())])]
    const changed = await Promise.all(
      files.map(async (file) =>
        (await before().readFile(file)) === (await after().readFile(file)) ? [] : [file],
      ),
    )
    return changed.flat().sort()
  }

  it('recognises its consumers and knows its own version', async () => {
    expect(await bundler.matches(after())).toBe(true)
    expect(await bundler.matches(fileTreeOfFolder(path.join(shop.path, 'no-such')))).toBe(false)
    expect(await bundler.version(context, shop.path)).toMatch(/^\d+\.\d+/)
  })

  it('reads what the Gemfile asks for and what the lockfile holds, and says which proof it has not', async () => {
    expect(await bundler.read(after(), 'acme_engine')).toEqual({
      package: 'acme_engine',
      manifests: [{ path: 'Gemfile', field: 'gem', range: '~> 1.0.0' }],
      locked: [{ version: '1.0.0', integrity: null }],
      lockfile: 'Gemfile.lock',
      integrityMissing: 'Gemfile.lock has no CHECKSUMS of it',
    })
  })

  it('adopts exactly the version asked for, although a newer one is published', async () => {
    await adopt({ acme_engine: '1.1.0' })

    expect(await versionsOf('acme_engine')).toEqual(['1.1.0'])
  })

  it('raises only the constraint that does not take the version, and keeps the rest of the line', async () => {
    await adopt({ acme_engine: '1.1.0' })

    expect(await textOf('Gemfile')).toBe(gemfile("'~> 1.1.0'"))
    expect(await changedFiles()).toEqual(['Gemfile', 'Gemfile.lock'])
  })

  it('keeps a constraint that takes the version', async () => {
    await shop.write({ Gemfile: gemfile('\'>= 1.0\', "< 3"') })
    await run({ argv: ['bundle', 'lock'], cwd: shop.path })

    await adopt({ acme_engine: '1.1.0' })

    expect(await textOf('Gemfile')).toBe(gemfile('\'>= 1.0\', "< 3"'))
    expect(await versionsOf('acme_engine')).toEqual(['1.1.0'])
  })

  it('moves the gem and what it newly needs, and nothing unrelated', async () => {
    await adopt({ acme_engine: '1.1.0' })

    const moved = await bundler.movements(before(), after())
    expect(moved.map((one) => one.package)).toEqual(['acme_engine', 'leaf'])
    expect(
      await bundler.unrelatedMovements({ before: before(), after: after(), adopted: ['acme_engine'] }),
    ).toEqual([])
  })

  it('leaves what the gem needs where it is as long as that will do, although Bundler would not', async () => {
    await adopt({ acme_engine: '1.0.5' })

    expect(await versionsOf('acme_engine')).toEqual(['1.0.5'])
    expect(await versionsOf('leaf')).toEqual(['1.0.0'])
    const env = { BUNDLE_FROZEN: 'true', BUNDLE_PATH: path.join(shop.path, '.gems') }
    await run({ argv: ['bundle', 'install'], cwd: shop.path, env })
  })

  it('lists what moved although the locked one would have done, when Bundler alone updates the gem', async () => {
    const argv = ['bundle', 'lock', '--conservative', '--update', 'acme_engine']
    await shop.write({ Gemfile: gemfile("'= 1.0.5'") })
    await run({ argv, cwd: shop.path })

    expect(await versionsOf('leaf')).toEqual(['1.2.0'])
    expect(
      await bundler.unrelatedMovements({ before: before(), after: after(), adopted: ['acme_engine'] }),
    ).toEqual([{ package: 'leaf', from: '1.0.0', to: '1.2.0' }])
  })

  it('names what moved without need, when somebody updates everything', async () => {
    await run({ argv: ['bundle', 'lock', '--update'], cwd: shop.path })

    expect(
      await bundler.unrelatedMovements({
        before: before(),
        after: after(),
        adopted: ['acme_engine', 'acme_plugin'],
      }),
    ).toEqual([
      { package: 'other', from: '1.0.0', to: '1.0.1' },
      { package: 'leaf', from: '1.0.0', to: '1.2.0' },
    ])
  })

  it('adopts several gems that need each other in one go', async () => {
    await adopt({ acme_engine: '2.0.0', acme_plugin: '2.0.0' })

    expect(await versionsOf('acme_engine')).toEqual(['2.0.0'])
    expect(await versionsOf('acme_plugin')).toEqual(['2.0.0'])
    expect(await versionsOf('other')).toEqual(['1.0.0'])
    expect(await textOf('Gemfile')).toBe(gemfile("'~> 2.0.0'"))
  })

  it('does nothing the second time', async () => {
    await adopt({ acme_engine: '1.1.0' })
    const once = [await textOf('Gemfile'), await textOf('Gemfile.lock')]

    await adopt({ acme_engine: '1.1.0' })

    expect([await textOf('Gemfile'), await textOf('Gemfile.lock')]).toEqual(once)
  })

  it('produces a lockfile that a frozen install accepts', async () => {
    await adopt({ acme_engine: '1.1.0' })

    const env = { BUNDLE_FROZEN: 'true', BUNDLE_PATH: path.join(shop.path, '.gems') }
    await run({ argv: ['bundle', 'install'], cwd: shop.path, env })

    const script = "require 'acme_engine'; puts ACME_ENGINE"
    expect((await run({ argv: ['bundle', 'exec', 'ruby', '-e', script], cwd: shop.path, env })).trim()).toBe(
      'acme_engine@1.1.0',
    )
  })

  it('leaves the version of Bundler that locked last as it was, and does not fetch it', async () => {
    const lock = (await textOf('Gemfile.lock')).replace(/(BUNDLED WITH\n) {3}.*\n/, '$1   2.99.7\n')
    await shop.write({ 'Gemfile.lock': lock })

    await adopt({ acme_engine: '1.1.0' })

    expect(await textOf('Gemfile.lock')).toMatch(/\n\nBUNDLED WITH\n {3}2\.99\.7\n$/)
    expect(registry.requests.filter((one) => one.includes('bundler'))).toEqual([])
  })

  it('waits for a version of ours that is not visible yet, and leaves every file as it was', async () => {
    await expect(adopt({ acme_engine: '9.9.9' })).rejects.toMatchObject({
      code: 'ADOPT_NOT_VISIBLE',
      retryable: true,
    })
    expect(await changedFiles()).toEqual([])
  })

  it('fails for good when the version that is missing belongs to somebody else', async () => {
    await shop.write({ Gemfile: gemfile().replace("'>= 1.0'", "'7.7.7'") })

    await expect(adopt({ acme_engine: '1.1.0' })).rejects.toMatchObject({
      code: 'ADOPT_FAILED',
      retryable: false,
      details: { package: 'other' },
    })
  })

  it('says that the server cannot be reached, which is neither of the two', async () => {
    registry.interfere((request) => {
      request.socket.destroy()
      return true
    })

    await expect(adopt({ acme_engine: '1.1.0' })).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
    expect(await changedFiles()).toEqual([])
  })

  it('shows by reading back that a manager which exits 0 may have kept the old version', async () => {
    await adopt({ acme_engine: '1.1.0' }, async () => ({
      outcome: 'exited',
      exitCode: 0,
      signal: null,
      stdout: '',
      stderr: '',
      durationMs: 1,
      isTruncated: false,
    }))

    expect(await versionsOf('acme_engine')).toEqual(['1.0.0'])
  })

  it('never goes back: neither below a constraint nor below the lockfile', async () => {
    await adopt({ acme_engine: '1.1.1' })

    await expect(adopt({ acme_engine: '1.1.0' })).rejects.toMatchObject({ code: 'ADOPT_FAILED' })
    expect(await versionsOf('acme_engine')).toEqual(['1.1.1'])
  })

  it('refuses a gem that is taken from a path, with file and line', async () => {
    await shop.write({ Gemfile: gemfile("path: '../engine'") })

    await expect(adopt({ acme_engine: '1.1.0' })).rejects.toThrow('Gemfile:4')
  })

  it('refuses a constraint that is computed, and a declaration it cannot find, rather than guessing', async () => {
    await shop.write({ Gemfile: gemfile('ENGINE_VERSION') })
    await expect(adopt({ acme_engine: '1.1.0' })).rejects.toThrow('is computed')

    await shop.write({
      Gemfile: `source '${registry.url}'\n%w[acme_engine acme_plugin other].each { |one| gem one }\n`,
    })
    expect((await bundler.read(after(), 'acme_engine')).manifests).toMatchObject([{ field: 'DEPENDENCIES' }])
    await expect(adopt({ acme_engine: '1.1.0' })).rejects.toThrow('cannot be edited')
  })

  it('has nothing to adopt where the Gemfile does not name the gem', async () => {
    await expect(adopt({ unheard_of: '1.0.0' })).rejects.toMatchObject({ code: 'ADOPT_FAILED' })
  })

  it('is not led by the settings of the repository, which may freeze the lockfile', async () => {
    await shop.write({ '.bundle/config': '---\nBUNDLE_FROZEN: "true"\nBUNDLE_DEPLOYMENT: "true"\n' })

    await adopt({ acme_engine: '1.1.0' })

    expect(await versionsOf('acme_engine')).toEqual(['1.1.0'])
  })

  it('gives no credentials of the user to the Gemfile of a consumer, which is a program', async () => {
    vi.stubEnv('GEM_HOST_API_KEY', 'sesame-open')
    vi.stubEnv('BUNDLE_GEMS__ACME__COM', 'sesame-open')
    await using seen = await makeFolder()
    const spy = `File.write('${seen.path}/env', ENV.to_a.inspect)\n`
    await shop.write({ Gemfile: `${spy}${gemfile()}` })

    await adopt({ acme_engine: '1.1.0' })

    const environment = await readFile(path.join(seen.path, 'env'), 'utf8')
    expect(environment).not.toMatch(/sesame/)
    expect(environment).not.toContain(`["HOME", "${process.env['HOME']}"]`)
  })

  it('finds paths and repositories in the Gemfile and in the lockfile', async () => {
    await shop.write({
      Gemfile: gemfile("git: 'https://example.com/engine.git', branch: 'next'"),
      'Gemfile.lock': `GIT\n  remote: https://example.com/engine.git\n  revision: abc123\n  branch: next\n  specs:\n    acme_engine (1.0.0)\n\n${await textOf('Gemfile.lock')}`,
    })

    expect(await bundler.unpublishedReferences(after(), ['acme_engine'])).toEqual([
      {
        file: 'Gemfile',
        line: 4,
        package: 'acme_engine',
        reference: "git: 'https://example.com/engine.git'",
      },
      {
        file: 'Gemfile.lock',
        line: 6,
        package: 'acme_engine',
        reference: 'git: https://example.com/engine.git at abc123',
      },
    ])
  })

  describe('trying a packed artifact', () => {
    const newEngine: GemSeed = { name: 'acme_engine', version: '3.0.0', needs: { leaf: '~> 1.1' } }
    const newPlugin: GemSeed = { name: 'acme_plugin', version: '3.0.0', needs: { acme_engine: '~> 3.0' } }

    async function tryPacked(out: string, seeds: readonly GemSeed[]): Promise<void> {
      const packed = await Promise.all(
        seeds.map(async (seed) => ({ ...seed, path: await buildGem(seed, out) })),
      )
      await bundler?.tryPacked({ worktree: shop.path, packed, context, timeoutMs: 120_000 })
    }

    it('lets the consumer require the packed versions of gems that need each other', async () => {
      await using out = await makeFolder()
      await tryPacked(out.path, [newEngine, newPlugin, { name: 'unrelated', version: '1.0.0' }])

      const script =
        '%w[acme_engine acme_plugin other].each { |one| require one }; puts ACME_ENGINE, ACME_PLUGIN, OTHER'
      const seen = await run({ argv: ['bundle', 'exec', 'ruby', '-e', script], cwd: shop.path })

      expect(seen.trim().split('\n')).toEqual(['acme_engine@3.0.0', 'acme_plugin@3.0.0', 'other@1.0.0'])
      expect(await textOf('Gemfile')).not.toContain('unrelated')
    })

    it('does not fetch the Bundler that locked last, which a plain install tries to', async () => {
      await using out = await makeFolder()
      const lock = (await textOf('Gemfile.lock')).replace(/(BUNDLED WITH\n) {3}.*\n/, '$1   2.99.7\n')
      await shop.write({ 'Gemfile.lock': lock })
      const said: string[] = []
      const listening: typeof runCommand = async (command, options) => {
        const result = await runCommand(command, options)
        said.push(result.stdout, result.stderr)
        return result
      }
      const packed = [{ ...newEngine, path: await buildGem(newEngine, out.path) }]
      packed.push({ ...newPlugin, path: await buildGem(newPlugin, out.path) })

      await bundler?.tryPacked({
        worktree: shop.path,
        packed,
        context: { runCommand: listening },
        timeoutMs: 120_000,
      })

      expect(said.join('')).toContain('Bundle complete')
      expect(said.join('')).not.toContain('2.99.7')
    })

    it('is red when the artifact cannot be installed', async () => {
      await using out = await makeFolder()

      const trying = tryPacked(out.path, [{ ...newEngine, needs: { leaf: '~> 9.0' } }, newPlugin])

      await expect(trying).rejects.toMatchObject({ code: 'TRY_FAILED', exit: 3 })
    })
  })
})
