import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { gemFiles, pushGem } from '../ecosystems/gem-seeds.ts'
import { publishSeed, run } from '../ecosystems/publish-seed.ts'
import { type LocalRegistry, startRegistry } from '../ecosystems/registry.ts'
import { yarnDispatcher } from '../ecosystems/yarn-programs.ts'
import { type GemRegistry, startGemRegistry } from '@conduct/rehearsal'

const execute = promisify(execFile)

/** Repositories of a library and of the apps that use it, on real remotes, with the registries they need. */
export interface LibraryEstate extends AsyncDisposable {
  /** Holds lanes.yaml and the remotes; another one after each `fresh`. */
  readonly dir: string
  readonly storeUrl: string
  readonly gems: GemRegistry
  readonly npm: LocalRegistry | null
  /** What has to stand first on PATH. */
  readonly path: string
  /** An untouched copy of the repositories; the gem server forgets what was pushed since. */
  fresh(): Promise<void>
  git(repo: string, ...args: string[]): Promise<string>
  /** A commit on main of a remote. */
  push(repo: string, files: Readonly<Record<string, string>>): Promise<void>
}

export type Texts = Readonly<Record<string, string>>

export interface LibraryApp {
  readonly name: string
  readonly files: Texts
  /** Makes its lockfiles. */
  readonly lock: readonly (readonly string[])[]
  readonly adopt?: string
  readonly check: string
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`

/** Version 1.0.0 is live and locked by every app; the library's main has 1.1.0. */
export async function libraryEstate(
  parts: (registries: { readonly gems: string; readonly npm: string }) => {
    readonly library: Texts
    readonly publish: string
    readonly apps: readonly LibraryApp[]
  },
  { withNpm }: { readonly withNpm: boolean },
): Promise<LibraryEstate> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'conduct-library-')))
  const gems = await startGemRegistry()
  const npm = withNpm ? await startRegistry() : null
  const bin = await yarnDispatcher(path.join(folder, 'bin'))
  const PATH = [bin, process.env['PATH']].join(path.delimiter)
  const { library, publish, apps } = parts({ gems: gems.url, npm: npm?.url ?? '' })
  const template = path.join(folder, 'template')

  await pushGem(gems, { name: 'leaf', version: '1.0.0' })
  await pushGem(gems, { name: 'engine', version: '1.0.0', needs: { leaf: '~> 1.0' } })
  if (npm !== null) {
    await writeFile(path.join(npm.home, '.npmrc'), npm.npmrc)
    await publishSeed(npm, { name: '@acme/engine', version: '1.0.0' })
  }
  await makeRemote(template, 'engine', library)
  for (const app of apps) {
    await makeRemote(template, app.name, app.files, async (at) => {
      for (const argv of app.lock) await run({ argv, cwd: at, env: { PATH } })
    })
  }
  await pushGem(gems, { name: 'leaf', version: '1.1.0' })
  const seeded = new Set(gems.taken)

  let dir = template
  let copies = 0
  return {
    get dir() {
      return dir
    },
    get storeUrl() {
      return `sqlite:${path.join(dir, 'state.db')}`
    },
    gems,
    npm,
    path: PATH,
    async fresh() {
      for (const pushed of gems.taken) if (!seeded.has(pushed)) gems.forget(pushed)
      dir = path.join(folder, `copy-${(copies += 1)}`)
      await cp(path.join(template, 'remotes'), path.join(dir, 'remotes'), { recursive: true })
      await writeFile(path.join(dir, 'lanes.yaml'), lanesYaml(dir, publish, apps))
    },
    git: (repo, ...args) => git(path.join(dir, 'remotes', `${repo}.git`), ...args),
    async push(repo, files) {
      const at = path.join(dir, `work-${(copies += 1)}`)
      await git(dir, 'clone', '--quiet', path.join(dir, 'remotes', `${repo}.git`), at)
      await write(at, files)
      await git(at, 'add', '--all')
      await git(at, 'commit', '--quiet', '--message', 'change')
      await git(at, 'push', '--quiet', 'origin', 'HEAD:main')
    },
    async [Symbol.asyncDispose]() {
      await gems[Symbol.asyncDispose]()
      await npm?.[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

async function makeRemote(
  dir: string,
  name: string,
  files: Texts,
  prepare: (at: string) => Promise<void> = async () => undefined,
): Promise<void> {
  const at = path.join(dir, 'work', name)
  const remote = path.join(dir, 'remotes', `${name}.git`)
  await write(at, { '.gitignore': 'node_modules\n.yarn\n.pnp.*\n', ...files })
  await prepare(at)
  await git(at, 'init', '--quiet', '--initial-branch=main')
  await git(at, 'add', '--all')
  await git(at, 'commit', '--quiet', '--message', name)
  await mkdir(path.dirname(remote), { recursive: true })
  await git(at, 'clone', '--quiet', '--bare', at, remote)
}

async function write(folder: string, files: Texts): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true })
    await writeFile(path.join(folder, file), text)
    if (file.startsWith('bin/')) await chmod(path.join(folder, file), 0o755)
  }
}

async function git(cwd: string, ...args: string[]): Promise<string> {
  const who = ['-c', 'user.name=Ana', '-c', 'user.email=ana@acme.example']
  const env = { PATH: process.env['PATH'] ?? '', HOME: cwd, GIT_CONFIG_NOSYSTEM: '1' }
  return (await execute('git', [...who, ...args], { cwd, env })).stdout.trimEnd()
}

function lanesYaml(dir: string, publish: string, apps: readonly LibraryApp[]): string {
  const remote = (name: string): string =>
    JSON.stringify(`file://${path.join(dir, 'remotes', `${name}.git`)}`)
  return [
    'version: 1',
    'estate: library',
    'people: { ana: {} }',
    'repos:',
    `  engine: { remote: ${remote('engine')}, forge: none, checks: [{ shell: 'ruby -Ilib -e "require %q(engine)"' }] }`,
    ...apps.map(
      ({ name, check }) =>
        `  ${name}: { remote: ${remote(name)}, forge: none, checks: [${JSON.stringify(check)}] }`,
    ),
    'lanes:',
    '  release_train:',
    '    use: release_train',
    '    captains: [ana]',
    '    approval: { actions: [publish], by: [ana], requester_may_approve: true }',
    'trains:',
    '  engine:',
    ...(apps.some(({ adopt }) => adopt?.includes('command') === true)
      ? ['    accept_unknown: [adoptable]']
      : []),
    '    producer:',
    '      repo: engine',
    `      publish: ${publish}`,
    '    consumers:',
    ...apps.map(({ name, adopt = '{ via: push }' }) => `      - { repo: ${name}, adopt: ${adopt} }`),
    '',
  ].join('\n')
}

/** The library at 1.1.0: a gem that its apps can tell from 1.0.0. */
export function libraryGem(gems: string, version = '1.1.0'): Texts {
  const files = gemFiles({ name: 'engine', version, needs: { leaf: '~> 1.0' } })
  const gemspec = (files['engine.gemspec'] ?? '').replace(
    /end\n$/,
    `  spec.metadata['allowed_push_host'] = '${gems.replace(/\/$/, '')}'\nend\n`,
  )
  return { ...files, 'engine.gemspec': gemspec }
}

/** An app on Bundler whose check says which version of the gem it has loaded. */
export function rubyApp(name: string, gems: string, more: Texts = {}): LibraryApp {
  return {
    name,
    files: {
      Gemfile: `source '${gems}'\n\ngem 'engine', '~> 1.0.0'\n`,
      'check.rb': "require 'engine'\nexit(ENGINE == 'engine@1.0.0' ? 1 : 0)\n",
      ...more,
    },
    lock: [['bundle', 'lock']],
    check: 'bundle exec ruby check.rb',
  }
}

/** An app on yarn whose check wants the version that is being published. */
export function yarnApp(name: string, npm: string, packageManager: string, more: Texts = {}): LibraryApp {
  const isBerry = !packageManager.startsWith('yarn@1.')
  return {
    name,
    files: {
      'package.json': json({
        name,
        version: '0.0.0',
        private: true,
        packageManager,
        workspaces: ['parts/*'],
        dependencies: { '@acme/engine': '^1.0.0' },
      }),
      'parts/cart/package.json': json({
        name: `${name}-cart`,
        version: '0.0.0',
        dependencies: { '@acme/engine': '~1.0.0' },
      }),
      'check.cjs': "process.exit(require('@acme/engine') === '@acme/engine@1.1.0' ? 0 : 1)\n",
      ...(isBerry
        ? {
            '.yarnrc.yml': `npmRegistryServer: '${npm}'\nunsafeHttpWhitelist: ['127.0.0.1']\nnodeLinker: node-modules\nnpmMinimalAgeGate: 0\n`,
          }
        : { '.yarnrc': `registry "${npm}"\n` }),
      ...more,
    },
    lock: [isBerry ? ['yarn', 'install', '--mode=update-lockfile'] : ['yarn', 'install', '--ignore-scripts']],
    check: 'node check.cjs',
  }
}
