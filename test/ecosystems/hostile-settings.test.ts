import { chmod, cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { type Adopter, adopters, fileTreeOfFolder } from '@conduct/ecosystems'
import { runCommand } from '@conduct/subprocess'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Folder, makeFolder } from './folders.ts'
import { buildGem, gemFiles, hasRuby, needsRuby } from './gem-seeds.ts'
import { packSeed, publishSeed, run } from './publish-seed.ts'
import { type LocalRegistry, startRegistry } from './registry.ts'
import { yarnPaths } from './yarn-programs.ts'
import { startGemRegistry } from '@conduct/rehearsal'

/**
 * A consumer whose settings want package managers to run its code, to write outside of the worktree, and to send a
 * token along; and a library whose packages want to run theirs. Neither adopting nor trying lets them.
 */
const engine = '@acme/engine'
const token = 'sesame-open-sesame'
let registry: LocalRegistry
let listening: Server
let front = ''
let sent: string[] = []
let programs: Folder
let paths: Readonly<Record<string, string>>
let shop: Folder
let outside: Folder

/** Every lifecycle script that a manager knows, and the file by which npm infers one. */
const scriptsOf = (marks: string) =>
  Object.fromEntries(
    [
      'preinstall',
      'install',
      'postinstall',

      'prepublish',
      'pnpm:devPreinstall',
      'dependencies',
    ].map((name) => [name, `echo ran > ${path.join(marks, `ran-${name.replace(':', '-')}`)}`]),
  )

beforeAll(async () => {
  registry = await startRegistry()
  await writeFile(path.join(registry.home, '.npmrc'), registry.npmrc)
  programs = await makeFolder()
  paths = await yarnPaths(programs.path)
  listening = createServer((request, response) => {
    sent.push(JSON.stringify(request.headers))
    void forward(request.url ?? '/', response)
  })
  await new Promise<void>((resolve) => {
    listening.listen(0, '127.0.0.1', resolve)
  })
  front = `http://127.0.0.1:${(listening.address() as AddressInfo).port}/`
})

/** Passes a question on to the registry without its headers, and the answer back with our own address in it. */
async function forward(url: string, response: ServerResponse): Promise<void> {
  const answer = await fetch(new URL(url, registry.url))
  const type = answer.headers.get('content-type') ?? ''
  const bytes = Buffer.from(await answer.arrayBuffer())
  const [own, host] = [new URL(registry.url).host, new URL(front).host]
  const body = type.includes('json') ? bytes.toString('utf8').replaceAll(own, host) : bytes
  response.writeHead(answer.status, { 'content-type': type }).end(body)
}

afterAll(async () => {
  listening.closeAllConnections()
  listening.close()
  await programs[Symbol.asyncDispose]()
  await registry[Symbol.asyncDispose]()
})

beforeEach(async () => {
  shop = await makeFolder()
  outside = await makeFolder()
  sent = []
  vi.stubEnv('NPM_TOKEN', token)
  vi.stubEnv('NODE_AUTH_TOKEN', token)
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await shop[Symbol.asyncDispose]()
  await outside[Symbol.asyncDispose]()
})

const npmrc = () =>
  [
    `registry=${front}`,
    `//${new URL(front).host}/:_authToken=\${NPM_TOKEN}`,
    `cache=${outside.path}/cache`,
    `logs-dir=${outside.path}/logs`,
    `git=${outside.path}/evil.sh`,
    `script-shell=${outside.path}/evil.sh`,
    `node-options=--require=${outside.path}/evil.cjs`,
    'ignore-scripts=false',
    `store-dir=${outside.path}/store`,
    `state-dir=${outside.path}/state`,
    `modules-dir=${outside.path}/modules`,
    `virtual-store-dir=${outside.path}/virtual`,
    `yarn-offline-mirror=${outside.path}/mirror`,
    '',
  ].join('\n')

const berrySettings = () =>
  [
    `npmRegistryServer: '${front}'`,
    "unsafeHttpWhitelist: ['127.0.0.1']",
    'npmMinimalAgeGate: 0',
    `npmAuthToken: '\${NPM_TOKEN:-}'`,
    'nodeLinker: node-modules',
    'enableScripts: true',
    ...[
      'cacheFolder',
      'globalFolder',
      'virtualFolder',
      'pnpUnpluggedFolder',
      'deferredVersionFolder',
      'patchFolder',
    ].map((key) => `${key}: '${outside.path}/${key}'`),
    `installStatePath: '${outside.path}/installStatePath.gz'`,
    `pnpDataPath: '${outside.path}/pnp.data.json'`,
    'plugins:',
    `  - '${outside.path}/evil.cjs'`,
    '',
  ].join('\n')

const settingsOf: Readonly<Partial<Record<Adopter['manager'], () => Readonly<Record<string, string>>>>> = {
  npm: () => ({ '.npmrc': npmrc() }),
  pnpm: () => ({
    '.npmrc': npmrc(),
    'pnpm-workspace.yaml': [
      "packages: ['.']",
      'minimumReleaseAge: 0',
      'dangerouslyAllowAllBuilds: true',
      ...['storeDir', 'cacheDir', 'stateDir', 'virtualStoreDir', 'modulesDir', 'globalDir'].map(
        (key) => `${key}: ${outside.path}/${key}`,
      ),
      `scriptShell: ${outside.path}/evil.sh`,
      '',
    ].join('\n'),
  }),
  yarn: () => ({ '.npmrc': npmrc(), '.yarnrc.yml': berrySettings() }),
  'yarn-classic': () => ({
    '.npmrc': npmrc(),
    '.yarnrc': [
      `registry "${front}"`,
      `yarn-path "${outside.path}/evil.cjs"`,
      `script-shell "${outside.path}/evil.sh"`,
      `cache-folder "${outside.path}/cache"`,
      `yarn-offline-mirror "${outside.path}/mirror"`,
      `--cache-folder "${outside.path}/cache2"`,
      `--modules-folder "${outside.path}/modules"`,
      `--install.modules-folder "${outside.path}/modules2"`,
      `--mutex "file:${outside.path}/mutex"`,
      '--ignore-scripts false',
      '--install.ignore-scripts false',
      '',
    ].join('\n'),
  }),
}

const lockOf: Readonly<Partial<Record<Adopter['manager'], readonly string[]>>> = {
  npm: ['npm', 'install', '--package-lock-only', '--ignore-scripts'],
  pnpm: ['pnpm', 'install', '--lockfile-only', '--ignore-scripts'],
  yarn: ['yarn', 'install', '--mode=update-lockfile'],
  'yarn-classic': ['yarn', 'install', '--ignore-scripts'],
}

const managers = adopters.filter(({ ecosystem }) => ecosystem === 'npm')

describe.each(managers.map((adopter) => [adopter.manager, adopter] as const))('%s', (manager, adopter) => {
  let template: Folder
  let marks: Folder

  beforeAll(async () => {
    marks = await makeFolder()
    const name = `${engine}-${manager}`
    await publishSeed(registry, { name, version: '1.0.0' })
    const plain = {
      '.npmrc': `registry=${registry.url}\n`,
      'package.json': { name: 'shop', version: '0.0.0', private: true, dependencies: { [name]: '~1.0.0' } },
      ...(manager === 'yarn'
        ? {
            'yarn.lock': '',
            '.yarnrc.yml': `npmRegistryServer: '${registry.url}'\nunsafeHttpWhitelist: ['127.0.0.1']\nnpmMinimalAgeGate: 0\nnodeLinker: node-modules\n`,
          }
        : {}),
      ...(manager === 'pnpm' ? { 'pnpm-workspace.yaml': "packages: ['.']\nminimumReleaseAge: 0\n" } : {}),
    }
    template = await makeFolder(plain)
    await run({
      argv: lockOf[manager] ?? [],
      cwd: template.path,
      env: { PATH: paths[manager] ?? process.env['PATH'] ?? '' },
    })
    await publishSeed(registry, { name, version: '1.1.0', scripts: scriptsOf(marks.path) })
  })
  afterAll(async () => {
    await template[Symbol.asyncDispose]()
    await marks[Symbol.asyncDispose]()
  })

  beforeEach(async () => {
    if (paths[manager] !== undefined) vi.stubEnv('PATH', paths[manager])
    await cp(template.path, shop.path, { recursive: true })
    const manifest = JSON.parse(await readFile(path.join(shop.path, 'package.json'), 'utf8')) as object
    await shop.write({
      ...settingsOf[manager]?.(),
      'package.json': { ...manifest, scripts: scriptsOf(marks.path) },
    })
    const mark = path.join(outside.path, 'ran')
    await outside.write({
      'evil.sh': `#!/bin/sh\ntouch ${mark}\n`,
      'evil.cjs': `require('node:fs').writeFileSync(${JSON.stringify(mark)}, '')\nmodule.exports = { name: 'evil', factory: () => ({}) }\n`,
    })
    await chmod(path.join(outside.path, 'evil.sh'), 0o755)
  })

  async function nothingHappenedOutside(): Promise<void> {
    expect(await readdir(marks.path)).toEqual([])
    expect((await readdir(outside.path)).sort()).toEqual(['evil.cjs', 'evil.sh'])
    expect(sent.length).toBeGreaterThan(0)
    expect(sent.join('\n')).not.toContain(token)
  }

  it('adopts without running anything of theirs, writing anywhere else, or sending the token', async () => {
    const name = `${engine}-${manager}`

    await adopter.adopt({
      worktree: shop.path,
      packages: [{ name, version: '1.1.0' }],
      context: { runCommand },
      timeoutMs: 120_000,
    })

    const { locked } = await adopter.read(fileTreeOfFolder(shop.path), name)
    expect(locked.map(({ version }) => version)).toEqual(['1.1.0'])
    await nothingHappenedOutside()
  })

  it('tries a packed artifact without running its scripts, and stays inside', async () => {
    await using out = await makeFolder()
    const name = `${engine}-${manager}`
    const seed = {
      name,
      version: '1.1.0',
      scripts: scriptsOf(marks.path),
      dependencies: { [`${name}-none`]: '*' },
    }
    await publishSeed(registry, { name: `${name}-none`, version: '1.0.0', scripts: scriptsOf(marks.path) })
    const packed = [{ name, version: '1.1.0', path: await packSeed(seed, out.path) }]

    await adopter.tryPacked({
      worktree: shop.path,
      packed,
      context: { runCommand, cacheDir: path.join(out.path, 'cache') },
      timeoutMs: 120_000,
    })

    const seen = await run({ argv: [process.execPath, '-p', `require('${name}')`], cwd: shop.path })
    expect(seen.trim()).toBe(`${name}@1.1.0`)
    await nothingHappenedOutside()
  })
})

describe.skipIf(!hasRuby)(`bundler${needsRuby}`, () => {
  it('builds no extension of a gem, neither to adopt nor to try it', async () => {
    const [bundler] = adopters.filter(({ manager }) => manager === 'bundler')
    if (bundler === undefined) throw new Error('Bundler is an adopter')
    await using gems = await startGemRegistry()
    await using work = await makeFolder()
    const mark = path.join(outside.path, 'ran')
    /** A gem whose building, and whose being installed, leaves a mark. */
    const hostile = async (name: string, version: string): Promise<string> => {
      const files = gemFiles({ name, version })
      await using folder = await makeFolder({
        ...files,
        [`${name}.gemspec`]: (files[`${name}.gemspec`] ?? '').replace(
          /end\n$/,
          "  spec.extensions = ['ext/extconf.rb']\n  spec.files += ['ext/extconf.rb', 'lib/rubygems_plugin.rb']\nend\n",
        ),
        'ext/extconf.rb': `File.write('${mark}', 'extconf')\nFile.write('Makefile', "all:\\ninstall:\\n")\n`,
        'lib/rubygems_plugin.rb': `File.write('${mark}', 'plugin')\n`,
      })
      await run({
        argv: ['gem', 'build', `${name}.gemspec`, '--output', `${work.path}/${name}-${version}.gem`],
        cwd: folder.path,
      })
      return `${work.path}/${name}-${version}.gem`
    }
    const push = async (gem: string): Promise<void> => {
      const env = { GEM_HOST_API_KEY: gems.apiKey }
      await run({ argv: ['gem', 'push', gem, '--host', gems.url.replace(/\/$/, '')], cwd: work.path, env })
    }
    await push(await hostile('native', '1.0.0'))
    await push(await buildGem({ name: 'acme_engine', version: '1.0.0' }, work.path))
    await shop.write({ Gemfile: `source '${gems.url}'\ngem 'acme_engine'\n` })
    await run({ argv: ['bundle', 'lock'], cwd: shop.path })
    await push(
      await buildGem({ name: 'acme_engine', version: '1.1.0', needs: { native: '>= 0' } }, work.path),
    )
    const trial = await makeFolder()
    await cp(shop.path, trial.path, { recursive: true })

    await bundler.adopt({
      worktree: shop.path,
      packages: [{ name: 'acme_engine', version: '1.1.0' }],
      context: { runCommand },
      timeoutMs: 120_000,
    })
    await bundler.tryPacked({
      worktree: trial.path,
      packed: [
        {
          name: 'acme_engine',
          version: '1.2.0',
          path: await buildGem(
            { name: 'acme_engine', version: '1.2.0', needs: { native: '>= 0' } },
            work.path,
          ),
        },
      ],
      context: { runCommand },
      timeoutMs: 120_000,
    })

    expect(await fileTreeOfFolder(shop.path).readFile('Gemfile.lock')).toContain('native (1.0.0)')
    expect(
      (await fileTreeOfFolder(trial.path).listFiles()).some((file) =>
        file.endsWith('native-1.0.0/lib/native.rb'),
      ),
    ).toBe(true)
    expect(await readdir(outside.path)).toEqual([])
    await trial[Symbol.asyncDispose]()
  })
})
