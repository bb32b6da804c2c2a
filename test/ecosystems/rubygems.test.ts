import { readFile, rename, stat } from 'node:fs/promises'
import path from 'node:path'
import { type DiscoveredPackage, fileTreeOfFolder, integrityOfFile, publishers } from '@conduct/ecosystems'
import { runCommand } from '@conduct/subprocess'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type GemRegistry, startGemRegistry } from '@conduct/rehearsal'
import { makeFolder } from './folders.ts'
import { gemFiles, hasRuby, needsRuby } from './gem-seeds.ts'

/** The publisher of gems, with real RubyGems against a gem server on loopback. */
const context = { runCommand }
const [rubygems] = publishers.filter(({ tool }) => tool === 'gem')
if (rubygems === undefined) throw new Error('RubyGems is a publisher')
let registry: GemRegistry

const found = (version: string, name = 'engine'): DiscoveredPackage => ({
  name,
  version,
  directory: '.',
  isPrivate: false,
  registry: registry.url,
  needs: [],
})

describe.skipIf(!hasRuby)(`publishing gems${needsRuby}`, () => {
  beforeAll(async () => {
    registry = await startGemRegistry()
  })
  afterAll(() => registry[Symbol.asyncDispose]())
  afterEach(() => {
    vi.unstubAllEnvs()
    registry.interfere(null)
    registry.loseAnswers(null)
  })

  async function publish(version: string, options: { readonly key?: string; readonly more?: string } = {}) {
    await using folder = await makeFolder({
      ...gemFiles({ name: 'engine', version }),
      'lib/more.rb': options.more ?? '',
    })
    await using out = await makeFolder()
    const packed = await rubygems?.pack({
      worktree: folder.path,
      package: found(version),
      outDir: out.path,
      context,
    })
    if (packed === undefined) throw new Error('nothing was packed')
    // The adapter was given this process's environment, which it reads when it is used.
    vi.stubEnv('GEM_HOST_API_KEY', options.key ?? registry.apiKey)
    vi.stubEnv('HOME', out.path)
    await rubygems?.publish({
      tarball: packed.path,
      package: found(version),
      worktree: folder.path,
      distTag: 'latest',
      timeoutMs: 60_000,
      context: { ...context, declaredRegistries: [registry.url] },
    })
    return packed
  }

  const observe = (version: string, name = 'engine') =>
    rubygems.observe({ package: name, version, registry: registry.url })

  it('discovers gems in the order they need each other, with their version from the code', async () => {
    await using folder = await makeFolder({
      ...gemFiles({ name: 'zebra', version: '1.0.0' }),
      'plugin/plugin.gemspec':
        "Gem::Specification.new do |s|\n  s.name = 'a_plugin'\n  s.version = Plugin::VERSION\n  s.add_dependency('zebra', '~> 1.0')\n  s.metadata['allowed_push_host'] = 'https://gems.example.com'\nend\n",
      'plugin/lib/plugin/version.rb': "module Plugin\n  VERSION = '2.3.4'\nend\n",
    })

    expect(await rubygems.matches(fileTreeOfFolder(folder.path))).toBe(true)
    expect(await rubygems.discover(fileTreeOfFolder(folder.path))).toMatchObject([
      { name: 'zebra', version: '1.0.0', directory: '.', registry: 'https://rubygems.org/', needs: [] },
      {
        name: 'a_plugin',
        version: '2.3.4',
        directory: 'plugin',
        registry: 'https://gems.example.com/',
        needs: ['zebra'],
      },
    ])
  })

  it('refuses to guess a version that is computed', async () => {
    await using folder = await makeFolder({
      'x.gemspec': 'Gem::Specification.new { |s| s.version = Time.now.to_s }',
    })

    await expect(rubygems.discover(fileTreeOfFolder(folder.path))).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
    })
  })

  it('packs the same bytes from the same files, at any time', async () => {
    const pack = async () => {
      await using folder = await makeFolder(gemFiles({ name: 'engine', version: '0.1.0' }))
      await using out = await makeFolder()
      const packed = await rubygems?.pack({
        worktree: folder.path,
        package: found('0.1.0'),
        outDir: out.path,
        context,
      })
      const header = (await readFile(packed?.path ?? '')).toString('ascii', 136, 148)
      return {
        ...packed,
        dated: new Date(Number.parseInt(header, 8) * 1000).getUTCFullYear(),
        real: await integrityOfFile(packed?.path ?? '', 'sha256'),
      }
    }

    const [one, other] = [await pack(), await pack()]

    expect(one.integrity).toBe(one.real)
    expect(one.dated).toBe(1980)
    expect(other.integrity).toBe(one.integrity)
  })

  it('refuses to pack another version than was planned, or for another server', async () => {
    await using folder = await makeFolder(gemFiles({ name: 'engine', version: '0.1.0' }))
    await using out = await makeFolder()
    const pack = (one: DiscoveredPackage) =>
      rubygems.pack({ worktree: folder.path, package: one, outDir: out.path, context })

    await expect(pack(found('0.2.0'))).rejects.toMatchObject({ code: 'PACK_FAILED' })
    const gemspec = gemFiles({ name: 'engine', version: '0.1.0' })['engine.gemspec'] ?? ''
    await folder.write({
      'engine.gemspec': gemspec.replace(
        /end\n$/,
        "  spec.metadata['allowed_push_host'] = 'https://elsewhere.example'\nend\n",
      ),
    })
    await expect(pack(found('0.1.0'))).rejects.toThrow('https://elsewhere.example')
  })

  it('publishes a gem, which the compact index then shows with the integrity of what was packed', async () => {
    expect(await observe('1.0.0')).toMatchObject({ state: 'absent' })

    const packed = await publish('1.0.0')

    const seen = await observe('1.0.0')
    expect(seen).toMatchObject({ state: 'present', integrity: packed.integrity })
    expect(await observe('9.9.9')).toEqual({ state: 'absent', latest: '1.0.0', versions: ['1.0.0'] })
    expect(await observe('1.0.0', 'unheard_of')).toEqual({ state: 'absent', latest: null, versions: [] })
  })

  it('pushes a gem whatever its file is called, as a resumed run has it', async () => {
    await using folder = await makeFolder(gemFiles({ name: 'engine', version: '1.0.5' }))
    await using out = await makeFolder()
    const packed = await rubygems.pack({
      worktree: folder.path,
      package: found('1.0.5'),
      outDir: out.path,
      context,
    })
    const tarball = path.join(out.path, 'engine-1.0.5.tgz')
    await rename(packed.path, tarball)
    vi.stubEnv('GEM_HOST_API_KEY', registry.apiKey)

    await rubygems.publish({
      tarball,
      package: found('1.0.5'),
      worktree: folder.path,
      distTag: 'latest',
      timeoutMs: 60_000,
      context: { ...context, declaredRegistries: [registry.url] },
    })

    expect(await observe('1.0.5')).toMatchObject({ state: 'present', integrity: packed.integrity })
  })

  it('meets a version that is taken, and shows that its content is another', async () => {
    await publish('1.1.0')

    await expect(publish('1.1.0', { more: '# other\n' })).rejects.toMatchObject({ code: 'PUBLISH_CONFLICT' })
  })

  it('says that a key is not accepted, and whose key would be used', async () => {
    await expect(publish('1.2.0', { key: 'wrong-key' })).rejects.toMatchObject({ code: 'PUBLISH_AUTH' })
    expect(await observe('1.2.0')).toMatchObject({ state: 'absent' })

    const whoAmI = () =>
      rubygems.whoAmI({
        registry: registry.url,
        worktree: '.',
        context: { ...context, declaredRegistries: [registry.url] },
      })
    expect(await whoAmI()).toBe('the key in GEM_HOST_API_KEY')
    vi.stubEnv('GEM_HOST_API_KEY', '')
    expect(await whoAmI()).toBeNull()
  })

  it('hands over to a person where a one-time password is asked for', async () => {
    registry.interfere((request, response) => {
      if (request.method !== 'POST') return false
      response
        .writeHead(401)
        .end(
          'You have enabled multifactor authentication but no OTP code provided. Please fill it and retry.',
        )
      return true
    })

    await expect(publish('1.3.0')).rejects.toMatchObject({ code: 'PUBLISH_OTP' })
  })

  it('does not know the outcome when the connection is cut before the server takes the gem', async () => {
    registry.interfere((request) => {
      if (request.method !== 'POST') return false
      request.socket.destroy()
      return true
    })

    await expect(publish('1.4.0')).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
    registry.interfere(null)
    expect(await observe('1.4.0')).toMatchObject({ state: 'absent' })
  })

  it('does not know the outcome when the server takes the gem and every answer is lost', async () => {
    registry.loseAnswers((request) => request.method === 'POST')

    await expect(publish('1.4.1')).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })

    registry.loseAnswers(null)
    expect(await observe('1.4.1')).toMatchObject({ state: 'present' })
    expect(registry.taken.filter((one) => one === 'engine-1.4.1')).toHaveLength(1)
  })

  it('meets its own gem as taken when only the first answer is lost: the client asks again by itself', async () => {
    let isFirst = true
    registry.loseAnswers((request) => {
      const isLost = request.method === 'POST' && isFirst
      if (isLost) isFirst = false
      return isLost
    })

    await expect(publish('1.4.2')).rejects.toMatchObject({ code: 'PUBLISH_CONFLICT' })

    expect(isFirst).toBe(false)
    expect(registry.taken.filter((one) => one === 'engine-1.4.2')).toHaveLength(1)
  })

  it.each([
    ['503', (status: number) => status],
    ['404 of something that is no gem server', () => 404],
    ['200 with a page of somebody else', () => 200],
  ])('takes %s for unknown, never for absent', async (_case, statusOf) => {
    registry.interfere((_request, response) => {
      response.writeHead(statusOf(503)).end('<html>hello</html>')
      return true
    })

    expect(await observe('1.0.0')).toMatchObject({ state: 'unknown' })
  })

  it('takes a gem that is listed and not served for unknown', async () => {
    await publish('1.5.0')
    registry.interfere((request, response) => {
      if (request.url?.startsWith('/gems/') !== true) return false
      response.writeHead(404).end()
      return true
    })

    expect(await observe('1.5.0')).toMatchObject({ state: 'unknown' })
  })

  it('leaves nothing behind beside the gem', async () => {
    await using folder = await makeFolder(gemFiles({ name: 'engine', version: '0.3.0' }))
    await using out = await makeFolder()

    const packed = await rubygems.pack({
      worktree: folder.path,
      package: found('0.3.0'),
      outDir: out.path,
      context,
    })

    expect(packed.sizeBytes).toBe((await stat(packed.path)).size)
    expect((await readFile(packed.path)).byteLength).toBe(packed.sizeBytes)
    expect(await fileTreeOfFolder(out.path).listFiles()).toEqual([path.basename(packed.path)])
    expect(await fileTreeOfFolder(folder.path).listFiles()).toEqual(['engine.gemspec', 'lib/engine.rb'])
  })
})
