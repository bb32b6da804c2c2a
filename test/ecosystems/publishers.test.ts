import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type DiscoveredPackage, fileTreeOfFolder, type Publisher, publishers } from '@conduct/ecosystems'
import { runCommand } from '@conduct/subprocess'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Folder, makeFolder } from './folders.ts'
import { type LocalRegistry, startRegistry } from './registry.ts'

/** Conformance: whatever publishes for the npm ecosystem does all of this, against a real registry. */
const context = { runCommand }
let registry: LocalRegistry
let producer: Folder
let out: Folder

beforeAll(async () => {
  registry = await startRegistry()
})

afterAll(async () => {
  await registry[Symbol.asyncDispose]()
})

beforeEach(async () => {
  producer = await makeFolder()
  out = await makeFolder()
  await writeFile(path.join(registry.home, '.npmrc'), registry.npmrc)
  vi.stubEnv('HOME', registry.home)
  vi.stubEnv('NPM_CONFIG_USERCONFIG', undefined)
  vi.stubEnv('npm_config_userconfig', undefined)
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await producer[Symbol.asyncDispose]()
  await out[Symbol.asyncDispose]()
})

describe.each(
  publishers
    .filter(({ ecosystem }) => ecosystem === 'npm')
    .map((publisher) => [publisher.tool, publisher] as const),
)('%s', (tool, publisher) => {
  const name = `@acme/engine-${tool}`

  /** A producer at this version, discovered. */
  async function producerAt(version: string, fields: object = {}): Promise<DiscoveredPackage> {
    await producer.write({
      'package.json': { name, version, main: 'index.js', packageManager: `${tool}@0.0.0`, ...fields },
      'index.js': `module.exports = ${JSON.stringify(version)}\n`,
      '.npmrc': `registry=${registry.url}\n`,
    })
    const tree = fileTreeOfFolder(producer.path)
    expect(await publisher.matches(tree)).toBe(true)
    const [found] = await publisher.discover(tree)
    if (found === undefined) throw new Error('nothing was discovered')
    await producer.write({ 'package.json': { name, version, main: 'index.js', ...fields } })
    return found
  }

  async function pack(found: DiscoveredPackage) {
    return await publisher.pack({ worktree: producer.path, package: found, outDir: out.path, context })
  }

  async function publish(found: DiscoveredPackage, tarball: string, distTag = 'latest'): Promise<void> {
    const worktree = producer.path
    const declared = { ...context, passEnv: ['ACME_TOKEN'] }
    await publisher.publish({
      tarball,
      package: found,
      worktree,
      distTag,
      timeoutMs: 60_000,
      context: declared,
    })
  }

  const observe = (version: string, packageName = name) =>
    publisher.observe({ package: packageName, version, registry: registry.url })

  it('publishes exactly the packed bytes, and the registry then shows their integrity', async () => {
    const found = await producerAt('1.0.0')
    expect(await observe('1.0.0')).toEqual({ state: 'absent', latest: null, versions: [] })

    const packed = await pack(found)
    await publish(found, packed.path)

    const seen = await observe('1.0.0')
    expect(seen).toMatchObject({ state: 'present', integrity: packed.integrity })
    expect(found).toMatchObject({ name, version: '1.0.0', directory: '.', registry: registry.url })
    const served = await fetch(seen.state === 'present' ? (seen.tarball ?? '') : '')
    expect(Buffer.from(await served.arrayBuffer()).equals(await readFile(packed.path))).toBe(true)
  })

  it('tells an absent version from a present one by name, with what is there', async () => {
    const found = await producerAt('1.5.0')
    await publish(found, (await pack(found)).path)

    expect(await observe('9.9.9')).toMatchObject({
      state: 'absent',
      versions: expect.arrayContaining(['1.5.0']),
    })
  })

  it('lets one of eight concurrent publishes of one version win, and tells the other seven of the conflict', async () => {
    const found = await producerAt('2.0.0')
    const packed = await pack(found)

    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => publish(found, packed.path)))

    const codes = outcomes.map((one) =>
      one.status === 'fulfilled' ? 'won' : (one.reason as { code: string }).code,
    )
    expect(codes.sort()).toEqual([...Array.from({ length: 7 }, () => 'PUBLISH_CONFLICT'), 'won'])
  })

  it('sees a private package as its people do, and never calls it absent for anybody else', async () => {
    const found = { ...(await producerAt('2.5.0')), name: `@private/engine-${tool}` }
    await producer.write({ 'package.json': { name: found.name, version: '2.5.0' } })
    const packed = await pack(found)

    await publish(found, packed.path)

    expect(await observe('2.5.0', found.name)).toMatchObject({
      state: 'present',
      integrity: packed.integrity,
    })
    await writeFile(path.join(registry.home, '.npmrc'), '')
    expect(await observe('2.5.0', found.name)).toMatchObject({ state: 'unknown' })
  })

  it('sets the dist-tag it was asked for', async () => {
    const first = await producerAt('3.0.0')
    await publish(first, (await pack(first)).path)
    const next = await producerAt('3.1.0-rc.1')

    await publish(next, (await pack(next)).path, 'next')

    const packument = (await (await fetch(`${registry.url}${name}`)).json()) as { 'dist-tags': object }
    expect(packument['dist-tags']).toMatchObject({ next: '3.1.0-rc.1' })
    expect(await observe('99.0.0')).not.toMatchObject({ latest: '3.1.0-rc.1' })
  })

  it('packs the same bytes again from the same content', async () => {
    const found = await producerAt('4.0.0', { files: ['index.js', 'lib'] })
    await producer.write({ 'lib/a.js': 'a\n' })
    const first = await pack(found)
    const again = await makeFolder({ 'index.js': 'x', 'lib/a.js': 'a\n' })
    await again.write({ 'package.json': await readFile(path.join(producer.path, 'package.json'), 'utf8') })
    await again.write({ 'index.js': await readFile(path.join(producer.path, 'index.js'), 'utf8') })

    const second = await publisher.pack({
      worktree: again.path,
      package: found,
      outDir: again.path,
      context,
    })

    expect(second.integrity).toBe(first.integrity)
    await again[Symbol.asyncDispose]()
  })

  it('runs each publish lifecycle script once, over packing and publishing together', async () => {
    const log = path.join(out.path, 'log')
    const scripts = Object.fromEntries(
      ['prepublishOnly', 'prepack', 'prepare', 'postpack', 'publish', 'postpublish'].map((script) => [
        script,
        `echo ${script} >> ${log}`,
      ]),
    )
    const found = await producerAt('5.0.0', { scripts })

    await publish(found, (await pack(found)).path)

    const ran = (await readFile(log, 'utf8')).trim().split('\n')
    expect(ran).toEqual(['prepublishOnly', 'prepack', 'prepare', 'postpack'])
  })

  it('shows credentials to publishing and to nothing that packing runs', async () => {
    vi.stubEnv('NPM_TOKEN', 'npm_sesame-open')
    vi.stubEnv('NODE_AUTH_TOKEN', 'node_sesame-open')
    const seen = path.join(out.path, 'seen')
    const dump = `node -e "require('fs').appendFileSync('${seen}', JSON.stringify(process.env))"`
    const found = await producerAt('6.0.0', { scripts: { prepack: dump, prepublishOnly: dump } })

    const packed = await pack(found)

    const text = await readFile(seen, 'utf8')
    expect(text).toContain('"HOME"')
    expect(text).not.toMatch(/sesame/)
    expect(text).not.toContain(registry.home)
    await publish(found, packed.path)
    expect(await observe('6.0.0')).toMatchObject({ state: 'present' })
  })

  it.each([
    ['nobody is logged in', () => '', null],
    ['the token is not known', () => registry.npmrc.replace(registry.token, 'not-a-token'), null],
    ['somebody is logged in', () => registry.npmrc, 'ana'],
  ])('says who we are when %s', async (_case, npmrc, expected) => {
    await producerAt('1.0.0')
    await writeFile(path.join(registry.home, '.npmrc'), npmrc())

    const who = await publisher.whoAmI({ registry: registry.url, worktree: producer.path, context })

    expect(who).toBe(expected)
  })

  // pnpm 12 expands variables in the user's own configuration only, npm in the repository's as well.
  it.each(tool === 'npm' ? (['user', 'repository'] as const) : (['user'] as const))(
    'honours a token variable named in the .npmrc of the %s',
    async (place) => {
      const version = place === 'user' ? '7.0.0' : '7.0.1'
      const found = await producerAt(version)
      const asking = registry.npmrc.replace(registry.token, '${ACME_TOKEN}')
      await writeFile(path.join(registry.home, '.npmrc'), place === 'user' ? asking : '')
      await producer.write({ '.npmrc': place === 'repository' ? asking : '' })
      vi.stubEnv('ACME_TOKEN', registry.token)

      await publish(found, (await pack(found)).path)

      expect(await observe(version)).toMatchObject({ state: 'present' })
    },
  )

  it('reads the configuration file the user chose', async () => {
    const chosen = path.join(out.path, 'chosen-npmrc')
    await writeFile(chosen, registry.npmrc)
    await writeFile(path.join(registry.home, '.npmrc'), '')
    vi.stubEnv('NPM_CONFIG_USERCONFIG', chosen)
    const found = await producerAt('7.1.0')

    await publish(found, (await pack(found)).path)

    expect(await observe('7.1.0')).toMatchObject({ state: 'present' })
  })

  it('refuses without credentials, names the registry, and prints no token', async () => {
    const found = await producerAt('8.0.0')
    const packed = await pack(found)
    await writeFile(path.join(registry.home, '.npmrc'), registry.npmrc.replace(registry.token, 'wrong-token'))

    const failed = publish(found, packed.path)

    await expect(failed).rejects.toMatchObject({ code: 'PUBLISH_AUTH', retryable: false })
    await expect(failed).rejects.toThrow(registry.url)
    expect(JSON.stringify(await failed.catch((error: unknown) => error))).not.toContain('wrong-token')
    expect(await observe('8.0.0')).toMatchObject({ state: 'absent' })
  })

  it('does not know the outcome when the registry cannot be reached', async () => {
    const found = { ...(await producerAt('8.1.0')), registry: 'http://127.0.0.1:1/' }
    await writeFile(path.join(registry.home, '.npmrc'), '//127.0.0.1:1/:_authToken=some-token\n')
    const packed = await pack(found)

    await expect(publish(found, packed.path)).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      exit: 30,
    })
  })

  it('publishes at the planned registry although the user points the scope elsewhere', async () => {
    await writeFile(
      path.join(registry.home, '.npmrc'),
      `@acme:registry=http://127.0.0.1:1/\n${registry.npmrc}`,
    )
    const found = await producerAt('8.2.0')

    await publish(found, (await pack(found)).path)

    expect(await observe('8.2.0')).toMatchObject({ state: 'present' })
  })

  it('refuses to pack another version than the planned one', async () => {
    const found = await producerAt('9.0.0')

    await expect(pack({ ...found, version: '9.0.1' })).rejects.toMatchObject({
      code: 'PACK_FAILED',
      exit: 3,
    })
  })

  it('refuses to pack for another registry than the one in publishConfig, which the client would follow', async () => {
    const found = await producerAt('9.2.0', { publishConfig: { registry: 'https://npm.example.test' } })
    expect(found.registry).toBe('https://npm.example.test/')

    await expect(pack({ ...found, registry: registry.url })).rejects.toMatchObject({ code: 'PACK_FAILED' })
  })

  it('says what a failing script said', async () => {
    const found = await producerAt('9.1.0', {
      scripts: { prepublishOnly: 'echo no build today >&2; exit 3' },
    })

    const failed = await pack(found).catch((error: unknown) => error)

    expect(failed).toMatchObject({ code: 'PACK_FAILED' })
    expect(JSON.stringify((failed as { details: object }).details)).toContain('no build today')
  })
})

describe('a workspace', () => {
  async function workspaceOf(tool: 'npm' | 'pnpm', ranges: { readonly app: string }): Promise<Publisher> {
    await producer.write({
      'package.json': { name: 'top', private: true, workspaces: ['packages/*', '!packages/hidden'] },
      ...(tool === 'pnpm'
        ? { 'pnpm-workspace.yaml': "packages:\n  - packages/*\n  - '!packages/hidden'\n" }
        : {}),
      '.npmrc': `registry=${registry.url}\n`,
      'packages/app/package.json': {
        name: `@acme/app-${tool}`,
        version: '1.0.0',
        dependencies: { [`@acme/core-${tool}`]: ranges.app },
      },
      'packages/core/package.json': { name: `@acme/core-${tool}`, version: '1.2.3' },
      'packages/internal/package.json': { name: '@acme/internal', version: '1.0.0', private: true },
      'packages/hidden/package.json': { name: '@acme/hidden', version: '1.0.0' },
      'packages/core/node_modules/x/package.json': { name: 'x', version: '1.0.0' },
    })
    const tree = fileTreeOfFolder(producer.path)
    for (const publisher of publishers) if (await publisher.matches(tree)) return publisher
    throw new Error('nobody publishes this')
  }

  it.each(['npm', 'pnpm'] as const)(
    'is discovered by %s in dependency order, without private members',
    async (tool) => {
      const publisher = await workspaceOf(tool, { app: '^1.2.3' })

      const found = await publisher.discover(fileTreeOfFolder(producer.path))

      expect(publisher.tool).toBe(tool)
      expect(found.map((one) => [one.name, one.directory, one.needs])).toEqual([
        [`@acme/core-${tool}`, 'packages/core', []],
        [`@acme/app-${tool}`, 'packages/app', [`@acme/core-${tool}`]],
      ])
    },
  )

  it('is published by pnpm in order, its workspace: ranges replaced by real ones', async () => {
    const publisher = await workspaceOf('pnpm', { app: 'workspace:^' })
    const found = await publisher.discover(fileTreeOfFolder(producer.path))

    for (const one of found) {
      const packed = await publisher.pack({
        worktree: producer.path,
        package: one,
        outDir: out.path,
        context,
      })
      await publisher.publish({
        tarball: packed.path,
        package: one,
        worktree: producer.path,
        distTag: 'latest',
        timeoutMs: 60_000,
        context,
      })
    }

    const published = (await (await fetch(`${registry.url}@acme/app-pnpm`)).json()) as {
      versions: Record<string, { dependencies: object }>
    }
    expect(published.versions['1.0.0']?.dependencies).toEqual({ '@acme/core-pnpm': '^1.2.3' })
  })

  it('is not packed by npm with a range that only the workspace understands', async () => {
    const publisher = await workspaceOf('npm', { app: 'workspace:^' })
    const app = (await publisher.discover(fileTreeOfFolder(producer.path))).at(-1)
    if (app === undefined) throw new Error('nothing was discovered')

    const packing = publisher.pack({ worktree: producer.path, package: app, outDir: out.path, context })

    await expect(packing).rejects.toMatchObject({
      code: 'PACK_FAILED',
      details: { ranges: ['@acme/core-npm@workspace:^'] },
    })
  })
})
