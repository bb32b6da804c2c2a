import { cp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Adopter, adopters as allAdopters, fileTreeOfFolder } from '@conduct/ecosystems'
import { runCommand } from '@conduct/subprocess'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Folder, makeFolder } from './folders.ts'
import { packSeed, publishSeed, run, type Seed } from './publish-seed.ts'
import { type LocalRegistry, startRegistry } from './registry.ts'
import { yarnPaths } from './yarn-programs.ts'

/**
 * Conformance: whatever adopts for the npm ecosystem does all of this, with the real package manager against a
 * real registry. The consumer is locked first, and newer versions are published afterwards, as in life. Bundler does
 * the same in adopters-bundler.test.ts.
 */
const adopters = allAdopters.filter(({ ecosystem }) => ecosystem === 'npm')
const context = { runCommand }
const engine = '@acme/engine'
const plugin = '@acme/plugin'
let registry: LocalRegistry
const templates = new Map<string, Folder>()
let shop: Folder

/** What people type, by manager. */
interface Typed {
  readonly lockfile: string
  readonly lock: readonly string[]
  readonly updateEverything: readonly string[]
  readonly installFrozen: readonly string[]
  readonly setUp: readonly string[]
  readonly runScript: readonly string[]
}

const npmLock = ['npm', 'install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund']
const pnpmLock = ['pnpm', 'install', '--lockfile-only', '--no-frozen-lockfile', '--ignore-scripts']

const typed: Readonly<Partial<Record<Adopter['manager'], Typed>>> = {
  npm: {
    lockfile: 'package-lock.json',
    lock: npmLock,
    updateEverything: ['npm', 'update', '--package-lock-only', '--ignore-scripts'],
    installFrozen: ['npm', 'ci', '--ignore-scripts'],
    setUp: ['npm', 'ci'],
    runScript: ['npm', 'run'],
  },
  pnpm: {
    lockfile: 'pnpm-lock.yaml',
    lock: pnpmLock,
    updateEverything: ['pnpm', 'update', '-r', '--lockfile-only', '--ignore-scripts'],
    installFrozen: ['pnpm', 'install', '--frozen-lockfile', '--ignore-scripts'],
    setUp: ['pnpm', 'install', '--frozen-lockfile'],
    runScript: ['pnpm', 'run'],
  },
  yarn: {
    lockfile: 'yarn.lock',
    lock: ['yarn', 'install', '--mode=update-lockfile'],
    updateEverything: ['sh', '-c', 'rm yarn.lock && yarn install --mode=update-lockfile'],
    installFrozen: ['yarn', 'install', '--immutable', '--mode=skip-build'],
    setUp: ['yarn', 'install', '--immutable'],
    runScript: ['yarn', 'run'],
  },
  'yarn-classic': {
    lockfile: 'yarn.lock',
    lock: ['sh', '-c', 'yarn install --ignore-scripts && rm -rf node_modules packages/*/node_modules'],
    updateEverything: ['sh', '-c', 'rm yarn.lock && yarn install --ignore-scripts'],
    installFrozen: ['yarn', 'install', '--frozen-lockfile', '--ignore-scripts'],
    setUp: ['yarn', 'install', '--frozen-lockfile'],
    runScript: ['yarn', '--silent', 'run'],
  },
}

function typedFor(manager: Adopter['manager']): Typed {
  const found = typed[manager]
  if (found === undefined) throw new Error(`nobody wrote down what people type for ${manager}`)
  return found
}

let programs: Folder
let paths: Readonly<Record<string, string>> = {}

/** Nothing is young enough to be held back, and http is allowed. */
const yarnSettings = (more = 'npmMinimalAgeGate: 0\n') =>
  `npmRegistryServer: '${registry.url}'\nunsafeHttpWhitelist:\n  - 127.0.0.1\nnodeLinker: node-modules\nenableTelemetry: false\n${more}`

beforeAll(async () => {
  registry = await startRegistry()
  programs = await makeFolder()
  paths = await yarnPaths(programs.path)
  await writeFile(path.join(registry.home, '.npmrc'), registry.npmrc)
  const publish = (name: string, version: string, dependencies: Record<string, string> = {}) =>
    publishSeed(registry, { name, version, dependencies })
  await Promise.all([
    publish('leaf', '1.0.0'),
    publish('other', '1.0.0'),
    publish(engine, '1.0.0', { leaf: '^1.0.0' }),
    publish(plugin, '1.0.0', { [engine]: '^1.0.0' }),
  ])
  await Promise.all(adopters.map(makeTemplate))
  await publish('leaf', '1.1.0')
  await publish('other', '1.0.1')
  await publish(engine, '1.1.0', { leaf: '^1.1.0' })
  await publish(engine, '1.2.0', { leaf: '^1.1.0' })
  await publish(engine, '2.0.0', { leaf: '^1.1.0' })
  await publish(plugin, '2.0.0', { [engine]: '^2.0.0' })
})

/** Formatted as only a person would. */
const pinnedText = (version: string) =>
  `{\n\t"name": "pinned",\n\t"version": "1.0.0",\n\t"dependencies": { "${engine}": "${version}" }\n}`

/** A workspace that names the engine in every common way. */
async function makeTemplate(adopter: Adopter): Promise<void> {
  const folder = await makeFolder({
    '.npmrc': `registry=${registry.url}\n`,
    'package.json': {
      name: 'shop',
      private: true,
      workspaces: ['packages/*'],
      scripts: { preinstall: 'echo ran > ran', prepare: 'echo ran > ran', postinstall: 'echo ran > ran' },
      dependencies: { [engine]: '^1.0.0', [plugin]: '^1.0.0', other: '^1.0.0' },
    },
    'packages/pinned/package.json': pinnedText('1.0.0'),
    'packages/tilde/package.json': {
      name: 'tilde',
      version: '1.0.0',
      devDependencies: { [engine]: '~1.0.0' },
    },
    'packages/peer/package.json': {
      name: 'peer',
      version: '1.0.0',
      peerDependencies: { [engine]: '>=1.0.0' },
    },
    ...(adopter.manager === 'pnpm'
      ? { 'pnpm-workspace.yaml': 'packages:\n  - packages/* # all of them\nminimumReleaseAge: 0\n' }
      : {}),
    ...(adopter.manager === 'yarn' ? { '.yarnrc.yml': yarnSettings(), 'yarn.lock': '' } : {}),
  })
  const PATH = paths[adopter.manager]
  await run({
    argv: typedFor(adopter.manager).lock,
    cwd: folder.path,
    ...(PATH === undefined ? {} : { env: { PATH } }),
  })
  // yarn formats what it reads; people do not care.
  await folder.write({ 'packages/pinned/package.json': pinnedText('1.0.0') })
  templates.set(adopter.manager, folder)
}

afterAll(async () => {
  for (const template of templates.values()) await template[Symbol.asyncDispose]()
  await programs[Symbol.asyncDispose]()
  await registry[Symbol.asyncDispose]()
})

beforeEach(async () => {
  shop = await makeFolder()
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await shop[Symbol.asyncDispose]()
})

describe.each(adopters.map((adopter) => [adopter.manager, adopter] as const))('%s', (manager, adopter) => {
  const { lockfile, updateEverything, installFrozen, setUp, runScript } = typedFor(manager)
  const before = () => fileTreeOfFolder(templates.get(manager)?.path ?? '')
  const after = () => fileTreeOfFolder(shop.path)

  beforeEach(async () => {
    if (paths[manager] !== undefined) vi.stubEnv('PATH', paths[manager])
    await cp(templates.get(manager)?.path ?? '', shop.path, { recursive: true })
  })

  /** Done once: most is about what it leaves behind. */
  let adopted: Folder
  beforeAll(async () => {
    adopted = await makeFolder()
    await cp(templates.get(manager)?.path ?? '', adopted.path, { recursive: true })
    if (paths[manager] !== undefined) vi.stubEnv('PATH', paths[manager])
    await adopt({ [engine]: '1.1.0' }, { worktree: adopted.path })
    vi.unstubAllEnvs()
  })
  afterAll(() => adopted[Symbol.asyncDispose]())
  /** The consumer of this test has adopted 1.1.0 before. */
  const haveAdopted = async () => {
    await rm(shop.path, { recursive: true })
    await cp(adopted.path, shop.path, { recursive: true })
  }

  async function adopt(
    packages: Record<string, string>,
    {
      runner = runCommand,
      worktree = shop.path,
    }: { readonly runner?: typeof runCommand; readonly worktree?: string } = {},
  ): Promise<void> {
    await adopter.adopt({
      worktree,
      packages: Object.entries(packages).map(([name, version]) => ({ name, version })),
      context: { runCommand: runner },
      timeoutMs: 120_000,
    })
  }

  const versionsOf = async (name: string) =>
    (await adopter.read(after(), name)).locked.map(({ version }) => version).sort()

  async function changedFiles(): Promise<readonly string[]> {
    const [old, now] = [before(), after()]
    const files = [...new Set([...(await old.listFiles()), ...(await now.listFiles())])]
    const changed = await Promise.all(
      files.map(async (file) => ((await old.readFile(file)) === (await now.readFile(file)) ? [] : [file])),
    )
    return changed.flat().sort()
  }

  it('recognises its consumers and knows its own version', async () => {
    expect(await adopter.matches(after())).toBe(true)
    expect(await adopter.matches(fileTreeOfFolder(path.join(shop.path, 'packages')))).toBe(false)
    expect(await adopter.version(context, shop.path)).toMatch(/^\d+\.\d+\.\d+/)
  })

  it('reads what every manifest asks for and what the lockfile holds, with the integrity of the registry', async () => {
    const packument = (await (await fetch(`${registry.url}${engine}`)).json()) as {
      versions: Record<string, { dist: { integrity: string } }>
    }

    const read = await adopter.read(after(), engine)

    expect(read.lockfile).toBe(lockfile)
    // yarn's newer lockfile holds no integrity of the tarball, and says so.
    const integrity = manager === 'yarn' ? null : packument.versions['1.0.0']?.dist.integrity
    expect(read.locked).toEqual([{ version: '1.0.0', integrity }])
    expect(read.integrityMissing === undefined).toBe(manager !== 'yarn')
    expect(read.manifests).toEqual([
      { path: 'package.json', field: 'dependencies', range: '^1.0.0' },
      { path: 'packages/peer/package.json', field: 'peerDependencies', range: '>=1.0.0' },
      { path: 'packages/pinned/package.json', field: 'dependencies', range: '1.0.0' },
      { path: 'packages/tilde/package.json', field: 'devDependencies', range: '~1.0.0' },
    ])
  })

  it('adopts exactly the version asked for, although a newer one is published', async () => {
    await haveAdopted()

    expect(await versionsOf(engine)).toEqual(['1.1.0'])
  })

  it('raises only the ranges that do not take the version, in their own manner, and keeps the formatting', async () => {
    await haveAdopted()

    const ranges = (await adopter.read(after(), engine)).manifests.map(({ range }) => range)
    expect(ranges).toEqual(['^1.0.0', '>=1.0.0', '1.1.0', '~1.1.0'])
    expect(await readFile(path.join(shop.path, 'packages/pinned/package.json'), 'utf8')).toBe(
      pinnedText('1.1.0'),
    )
  })

  it('changes manifests and the lockfile and nothing else, and runs no script', async () => {
    await haveAdopted()

    expect(await changedFiles()).toEqual(
      [lockfile, 'packages/pinned/package.json', 'packages/tilde/package.json'].sort(),
    )
  })

  it('moves the package and what it newly needs, and nothing unrelated', async () => {
    await haveAdopted()

    expect(await adopter.movements(before(), after())).toEqual([
      { package: engine, from: '1.0.0', to: '1.1.0' },
      { package: 'leaf', from: '1.0.0', to: '1.1.0' },
    ])
    expect(await adopter.unrelatedMovements({ before: before(), after: after(), adopted: [engine] })).toEqual(
      [],
    )
  })

  it('names what moved without need, when somebody updates everything', async () => {
    await run({ argv: updateEverything, cwd: shop.path })

    const unrelated = await adopter.unrelatedMovements({
      before: before(),
      after: after(),
      adopted: [engine, plugin],
    })

    expect(unrelated).toEqual([{ package: 'other', from: '1.0.0', to: '1.0.1' }])
  })

  it('adopts several packages that need each other in one go', async () => {
    await adopt({ [engine]: '2.0.0', [plugin]: '2.0.0' })

    expect(await versionsOf(engine)).toEqual(['2.0.0'])
    expect(await versionsOf(plugin)).toEqual(['2.0.0'])
    expect(await versionsOf('other')).toEqual(['1.0.0'])
    const top = JSON.parse(await readFile(path.join(shop.path, 'package.json'), 'utf8')) as {
      dependencies: object
    }
    expect(top.dependencies).toEqual({ [engine]: '^2.0.0', [plugin]: '^2.0.0', other: '^1.0.0' })
  })

  it('does nothing the second time', async () => {
    await haveAdopted()
    const once = await after().readFile(lockfile)

    await adopt({ [engine]: '1.1.0' })

    expect(await after().readFile(lockfile)).toBe(once)
  })

  it('produces a lockfile that a frozen install accepts', async () => {
    await haveAdopted()

    await run({ argv: installFrozen, cwd: shop.path })

    const seen = await run({ argv: [process.execPath, '-p', `require('${engine}')`], cwd: shop.path })
    expect(seen.trim()).toBe('@acme/engine@1.1.0')
  })

  it('waits for a version of ours that is not visible yet, and leaves every file as it was', async () => {
    await expect(adopt({ [engine]: '9.9.9' })).rejects.toMatchObject({
      code: 'ADOPT_NOT_VISIBLE',
      retryable: true,
    })
    expect(await changedFiles()).toEqual([])
  })

  it('fails for good when the version that is missing belongs to somebody else', async () => {
    await shop.write({
      'packages/new/package.json': { name: 'new', version: '1.0.0', dependencies: { other: '7.7.7' } },
    })

    await expect(adopt({ [engine]: '1.1.0' })).rejects.toMatchObject({
      code: 'ADOPT_FAILED',
      retryable: false,
      details: { package: 'other' },
    })
  })

  it('says that the registry cannot be reached, which is neither of the two', async () => {
    await shop.write({
      '.npmrc': 'registry=http://127.0.0.1:1/\nfetch-retries=0\n',
      '.yarnrc.yml':
        "npmRegistryServer: 'http://127.0.0.1:1'\nunsafeHttpWhitelist: [127.0.0.1]\nhttpRetry: 0\n",
      'pnpm-workspace.yaml': 'packages:\n  - packages/*\nminimumReleaseAge: 0\nfetchRetries: 0\n',
    })

    await expect(adopt({ [engine]: '1.1.0' })).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
    expect(await versionsOf(engine)).toEqual(['1.0.0'])
  })

  it('shows by reading back that a manager which exits 0 may have kept the old version', async () => {
    const runner: typeof runCommand = async () => ({
      outcome: 'exited',
      exitCode: 0,
      signal: null,
      stdout: '',
      stderr: '',
      durationMs: 1,
      isTruncated: false,
    })
    await adopt({ [engine]: '1.1.0' }, { runner })

    expect(await versionsOf(engine)).toEqual(['1.0.0'])
  })

  it('never goes back: neither below a range nor below the lockfile', async () => {
    await adopt({ [engine]: '1.2.0' })

    await expect(adopt({ [engine]: '1.1.0' })).rejects.toMatchObject({ code: 'ADOPT_FAILED' })
    expect(await versionsOf(engine)).toEqual(['1.2.0'])
  })

  it('refuses a package that is taken from a path, with file and line', async () => {
    const text = `{\n  "name": "pinned",\n  "dependencies": {\n    "${engine}": "file:../engine"\n  }\n}\n`
    await shop.write({ 'packages/pinned/package.json': text })

    await expect(adopt({ [engine]: '1.1.0' })).rejects.toThrow('packages/pinned/package.json:4')
  })

  it('has nothing to adopt where no manifest names the package', async () => {
    await expect(adopt({ '@acme/unheard-of': '1.0.0' })).rejects.toMatchObject({ code: 'ADOPT_FAILED' })
  })

  it('gives no credentials of the user to the package manager of a consumer', async () => {
    vi.stubEnv('NPM_TOKEN', 'sesame-open')
    vi.stubEnv('HOME', registry.home)
    const environments: string[] = []
    const probe: typeof runCommand = async (command, options) => {
      const argv = [process.execPath, '-e', 'console.log(JSON.stringify(process.env))']
      environments.push((await runCommand({ argv }, options)).stdout)
      return await runCommand(command, options)
    }

    await adopt({ [engine]: '1.1.0' }, { runner: probe })

    expect(environments.length).toBeGreaterThan(0)
    expect(environments.join('\n')).not.toMatch(/sesame/)
    expect(environments.join('\n')).not.toContain(registry.home)
  })

  describe('trying a packed artifact', () => {
    const newEngine = { name: engine, version: '3.0.0', dependencies: { leaf: '^1.1.0' } }
    const newPlugin = { name: plugin, version: '3.0.0', dependencies: { [engine]: '^3.0.0' } }

    async function tryPacked(out: string, seeds: readonly Seed[]): Promise<void> {
      const packed = await Promise.all(
        seeds.map(async (seed) => ({ ...seed, path: await packSeed(seed, out) })),
      )
      const cacheDir = path.join(out, 'cache')
      await adopter.tryPacked({
        worktree: shop.path,
        packed,
        context: { ...context, cacheDir },
        timeoutMs: 120_000,
      })
    }

    it('lets the consumer import the packed versions of packages that need each other', async () => {
      await using out = await makeFolder()
      await tryPacked(out.path, [newEngine, newPlugin])

      const script = `console.log(require('${engine}'), require('${plugin}'), require('other'))`
      const seen = await run({ argv: [process.execPath, '-e', script], cwd: shop.path })

      expect(seen.trim()).toBe('@acme/engine@3.0.0 @acme/plugin@3.0.0 other@1.0.0')
      const inMember = await run({
        argv: [process.execPath, '-p', `require('${engine}')`],
        cwd: path.join(shop.path, 'packages/pinned'),
      })
      expect(inMember.trim()).toBe('@acme/engine@3.0.0')
    })

    it('holds after a setup that installed the published versions, and in the scripts of the consumer', async () => {
      await using out = await makeFolder()
      await using home = await makeFolder()
      const manifest = JSON.parse(await readFile(path.join(shop.path, 'package.json'), 'utf8')) as object
      await shop.write({
        'package.json': { ...manifest, scripts: { seen: `node -p "require('${engine}')"` } },
      })
      await run({ argv: setUp, cwd: shop.path, home: home.path })

      await tryPacked(out.path, [newEngine, newPlugin])

      const seen = await run({ argv: [...runScript, 'seen'], cwd: shop.path })
      expect(seen.trim().split('\n').at(-1)).toBe('@acme/engine@3.0.0')
    })

    it('runs no lifecycle script of a dependency', async () => {
      await using out = await makeFolder()
      const marker = path.join(out.path, 'ran')

      await tryPacked(out.path, [{ ...newEngine, scripts: { postinstall: `touch ${marker}` } }, newPlugin])

      await expect(stat(marker)).rejects.toMatchObject({ code: 'ENOENT' })
    })

    it('is red when the artifact cannot be installed', async () => {
      await using out = await makeFolder()

      const trying = tryPacked(out.path, [{ ...newEngine, dependencies: { leaf: '^9.0.0' } }])

      await expect(trying).rejects.toMatchObject({ code: 'TRY_FAILED', exit: 3 })
    })
  })
})

describe('the release-age gate of pnpm 12', () => {
  const [pnpm] = adopters.filter(({ manager }) => manager === 'pnpm')
  if (pnpm === undefined) throw new Error('pnpm is an adopter')
  const adopt = () =>
    pnpm.adopt({
      worktree: shop.path,
      packages: [{ name: engine, version: '1.1.0' }],
      context,
      timeoutMs: 120_000,
    })
  /** Everything is old enough except the engine's new versions. */
  const settings = (age: string) =>
    `packages:\n  - packages/*\n${age}minimumReleaseAgeExclude:\n  - leaf\n  - other\n  - '${plugin}'\n  - '${engine}@1.0.0'\n`

  beforeEach(async () => {
    await cp(templates.get('pnpm')?.path ?? '', shop.path, { recursive: true })
  })

  it.each([
    ['by default', ''],
    ['where it is written down', 'minimumReleaseAge: 2880\n'],
  ])('holds our version back %s: adopting fails for good and writes nothing', async (_case, age) => {
    await shop.write({ 'pnpm-workspace.yaml': settings(age) })

    await expect(adopt()).rejects.toMatchObject({ code: 'ADOPT_FAILED', retryable: false })

    expect(await fileTreeOfFolder(shop.path).readFile('pnpm-workspace.yaml')).toBe(settings(age))
    expect((await pnpm.read(fileTreeOfFolder(shop.path), engine)).locked).toMatchObject([
      { version: '1.0.0' },
    ])
  })

  it('lets it through after the line that preflight prints, put where it says', async () => {
    await shop.write({ 'pnpm-workspace.yaml': settings('') })
    const [gate] = await pnpm.releaseAgeGates(fileTreeOfFolder(shop.path), engine)
    expect(gate).toMatchObject({ isExempt: false, minimumAgeMs: 86_400_000 })

    await shop.write({ [gate?.exemptingFile ?? '']: `${settings('')}${gate?.exemptingLine}\n` })
    await adopt()

    expect((await pnpm.read(fileTreeOfFolder(shop.path), engine)).locked).toMatchObject([
      { version: '1.1.0' },
    ])
    expect(await pnpm.releaseAgeGates(fileTreeOfFolder(shop.path), engine)).toMatchObject([
      { isExempt: true },
    ])
  })

  it('makes a plain update exit 0 and keep the old version, which reading back shows', async () => {
    await shop.write({ 'pnpm-workspace.yaml': settings('') })

    await run({
      argv: ['pnpm', 'update', '-r', engine, '--lockfile-only', '--ignore-scripts'],
      cwd: shop.path,
    })

    expect((await pnpm.read(fileTreeOfFolder(shop.path), engine)).locked).toMatchObject([
      { version: '1.0.0' },
    ])
  })

  it('raises the range of a catalog, which is where the manifests point', async () => {
    const catalog = `packages: []\nminimumReleaseAge: 0\ncatalog:\n  '${engine}': ~1.0.0 # the engine\n`
    await shop.write({
      'pnpm-workspace.yaml': catalog,
      'package.json': { name: 'shop', private: true, dependencies: { [engine]: 'catalog:' } },
      'pnpm-lock.yaml': 'lockfileVersion: 9.0\n',
    })
    await run({ argv: pnpmLock, cwd: shop.path })

    await adopt()

    const tree = fileTreeOfFolder(shop.path)
    expect(await tree.readFile('pnpm-workspace.yaml')).toBe(catalog.replace('~1.0.0', '~1.1.0'))
    expect((await pnpm.read(tree, engine)).locked).toMatchObject([{ version: '1.1.0' }])
  })
})

describe('the release-age gate of npm', () => {
  const [npm] = adopters.filter(({ manager }) => manager === 'npm')
  if (npm === undefined) throw new Error('npm is an adopter')

  it('holds our version back for good until the line that preflight prints is there', async () => {
    await cp(templates.get('npm')?.path ?? '', shop.path, { recursive: true })
    const npmrc = `registry=${registry.url}\nmin-release-age=3\nmin-release-age-exclude[]=leaf\n`
    await shop.write({ '.npmrc': npmrc })
    const adopt = () =>
      npm.adopt({
        worktree: shop.path,
        packages: [{ name: engine, version: '1.1.0' }],
        context,
        timeoutMs: 120_000,
      })
    const [gate] = await npm.releaseAgeGates(fileTreeOfFolder(shop.path), engine)
    expect(gate).toMatchObject({ isExempt: false, minimumAgeMs: 3 * 86_400_000 })

    await expect(adopt()).rejects.toMatchObject({ code: 'ADOPT_FAILED', retryable: false })
    await shop.write({ [gate?.exemptingFile ?? '']: `${npmrc}${gate?.exemptingLine}\n` })
    await adopt()

    expect((await npm.read(fileTreeOfFolder(shop.path), engine)).locked).toMatchObject([{ version: '1.1.0' }])
  })

  it('keeps the format of an older lockfile', async () => {
    await cp(templates.get('npm')?.path ?? '', shop.path, { recursive: true })
    await run({ argv: [...npmLock, '--lockfile-version=2'], cwd: shop.path })

    await npm.adopt({
      worktree: shop.path,
      packages: [{ name: engine, version: '1.1.0' }],
      context,
      timeoutMs: 120_000,
    })

    expect(await readFile(path.join(shop.path, 'package-lock.json'), 'utf8')).toContain(
      '"lockfileVersion": 2',
    )
    expect((await npm.read(fileTreeOfFolder(shop.path), engine)).locked).toMatchObject([{ version: '1.1.0' }])
  })
})

describe('yarn 2 and later', () => {
  const [yarn] = adopters.filter(({ manager }) => manager === 'yarn')
  if (yarn === undefined) throw new Error('yarn is an adopter')
  const adopt = () =>
    yarn.adopt({
      worktree: shop.path,
      packages: [{ name: engine, version: '1.1.0' }],
      context,
      timeoutMs: 120_000,
    })
  const lockedVersions = async () =>
    (await yarn.read(fileTreeOfFolder(shop.path), engine)).locked.map(({ version }) => version)

  beforeEach(async () => {
    vi.stubEnv('PATH', paths['yarn'] ?? '')
    await cp(templates.get('yarn')?.path ?? '', shop.path, { recursive: true })
  })

  it.each([
    ['by default', ''],
    ['where it is written down', 'npmMinimalAgeGate: 3d\n'],
  ])(
    'holds our version back %s, for good, until the line that preflight prints is there',
    async (_case, gate) => {
      const settings = yarnSettings(`${gate}npmPreapprovedPackages:\n  - leaf\n`)
      await shop.write({ '.yarnrc.yml': settings })
      const [found] = await yarn.releaseAgeGates(fileTreeOfFolder(shop.path), engine)
      expect(found).toMatchObject({ isExempt: false, minimumAgeMs: (gate === '' ? 1 : 3) * 86_400_000 })

      await expect(adopt()).rejects.toMatchObject({
        code: 'ADOPT_FAILED',
        retryable: false,
        hint: expect.stringContaining('release-age gate') as string,
      })
      expect(await lockedVersions()).toEqual(['1.0.0'])
      await shop.write({ [found?.exemptingFile ?? '']: `${settings}${found?.exemptingLine}\n` })
      await adopt()

      expect(await lockedVersions()).toEqual(['1.1.0'])
      expect(await yarn.releaseAgeGates(fileTreeOfFolder(shop.path), engine)).toMatchObject([
        { isExempt: true },
      ])
    },
  )

  it('runs neither a plugin nor a yarn that the repository brings along, which a plain install does', async () => {
    await using marks = await makeFolder()
    const code = (name: string) =>
      `require('node:fs').writeFileSync(${JSON.stringify(path.join(marks.path, name))}, '')\n`
    await shop.write({
      'evil-plugin.cjs': `${code('plugin')}module.exports = { name: 'evil', factory: () => ({}) }\n`,
      'evil-yarn.cjs': code('yarn'),
      '.yarnrc.yml': yarnSettings('npmMinimalAgeGate: 0\nplugins:\n  - ./evil-plugin.cjs\n'),
    })
    await run({ argv: ['yarn', '--version'], cwd: shop.path })
    await run({ argv: ['yarn', 'config', 'get', 'nodeLinker'], cwd: shop.path })
    await expect(stat(path.join(marks.path, 'plugin'))).resolves.toBeDefined()
    await shop.write({
      '.yarnrc.yml': yarnSettings(
        'npmMinimalAgeGate: 0\nyarnPath: ./evil-yarn.cjs\nplugins:\n  - ./evil-plugin.cjs\n',
      ),
    })
    await rm(path.join(marks.path, 'plugin'))

    await adopt()

    expect(await readdir(marks.path)).toEqual([])
    expect(await lockedVersions()).toEqual(['1.1.0'])
  })

  it('is not confused by variables of yarn and npm around it, of which yarn refuses those it does not know', async () => {
    vi.stubEnv('YARN_NO_SUCH_SETTING', '1')
    vi.stubEnv('npm_config_registry', 'http://127.0.0.1:1/')

    await adopt()

    expect(await lockedVersions()).toEqual(['1.1.0'])
  })

  it('refuses a repository that commits what yarn installs: its cache would contradict the lockfile', async () => {
    await shop.write({ '.pnp.cjs': '' })

    await expect(adopt()).rejects.toMatchObject({ code: 'ADOPT_FAILED', details: { file: '.pnp.cjs' } })
  })

  it('raises the range of a catalog, which is where the manifests point', async () => {
    const settings = yarnSettings(`npmMinimalAgeGate: 0\ncatalog:\n  '${engine}': ~1.0.0 # the engine\n`)
    await shop.write({
      '.yarnrc.yml': settings,
      'package.json': { name: 'shop', private: true, dependencies: { [engine]: 'catalog:' } },
      'yarn.lock': '',
    })
    await run({ argv: typedFor('yarn').lock, cwd: shop.path })

    await adopt()

    expect(await readFile(path.join(shop.path, '.yarnrc.yml'), 'utf8')).toBe(
      settings.replace('~1.0.0', '~1.1.0'),
    )
    expect(await lockedVersions()).toEqual(['1.1.0'])
  })

  it('refuses a lockfile that another generation of yarn would rewrite', async () => {
    const text = await readFile(path.join(shop.path, 'yarn.lock'), 'utf8')
    await shop.write({ 'yarn.lock': text.replace(/^ {2}version: \d+$/m, '  version: 6') })

    await expect(adopt()).rejects.toMatchObject({
      code: 'ADOPT_FAILED',
      message: expect.stringContaining('from format 6') as string,
    })
  })
})

describe('yarn 1', () => {
  const [classic] = adopters.filter(({ manager }) => manager === 'yarn-classic')
  if (classic === undefined) throw new Error('yarn 1 is an adopter')

  beforeEach(async () => {
    await cp(templates.get('yarn-classic')?.path ?? '', shop.path, { recursive: true })
  })

  it('does not run a yarn that the repository brings along', async () => {
    vi.stubEnv('PATH', paths['yarn-classic'] ?? '')
    await using marks = await makeFolder()
    await shop.write({
      '.yarnrc': 'yarn-path "./evil.js"\n',
      'evil.js': `require('node:fs').writeFileSync(${JSON.stringify(path.join(marks.path, 'ran'))}, '')\n`,
    })

    await classic.adopt({
      worktree: shop.path,
      packages: [{ name: engine, version: '1.1.0' }],
      context,
      timeoutMs: 120_000,
    })

    expect(await readdir(marks.path)).toEqual([])
    expect((await classic.read(fileTreeOfFolder(shop.path), engine)).locked).toMatchObject([
      { version: '1.1.0' },
    ])
  })

  it('counts as missing where only the other generation of yarn is installed', async () => {
    vi.stubEnv('PATH', paths['yarn'] ?? '')

    expect(await classic.version(context, shop.path)).toBeNull()
  })
})
