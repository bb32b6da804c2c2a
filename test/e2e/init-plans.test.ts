import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseLanesYaml } from '@conduct/config'
import { type GemRegistry, startGemRegistry } from '@conduct/rehearsal'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasRuby, needsRuby } from '../ecosystems/gem-seeds.ts'
import { publishSeed } from '../ecosystems/publish-seed.ts'
import { type LocalRegistry, startRegistry } from '../ecosystems/registry.ts'
import { yarnDispatcher } from '../ecosystems/yarn-programs.ts'
import { conduct, documentOf, temporaryFolder } from './conduct-process.ts'
import { type Files, fixtures } from './init-fixtures.ts'

interface PlanDocument {
  readonly ok: boolean
  readonly error?: { readonly code: string; readonly message: string }
  readonly plan: {
    readonly steps: readonly { readonly action: string }[]
    readonly repos: readonly {
      readonly repo: string
      readonly preflight: readonly {
        readonly check: string
        readonly verdict: string
        readonly detail: string
      }[]
    }[]
  }
}

/** init on repositories with real remotes, then a plan of the train that it proposes, against real registries. */
describe(`what init writes is planned as it stands${needsRuby}`, () => {
  let folder: ReturnType<typeof temporaryFolder>
  let npm: LocalRegistry
  let gems: GemRegistry
  let env: Readonly<Record<string, string>>

  beforeAll(async () => {
    folder = temporaryFolder()
    const yarn = await yarnDispatcher(join(folder.path, 'bin'))
    ;[npm, gems] = await Promise.all([startRegistry(), startGemRegistry()])
    writeFileSync(join(npm.home, '.npmrc'), npm.npmrc)
    await publishSeed(npm, { name: '@acme/engine', version: '1.0.0' })
    await publishSeed(npm, { name: '@acme/money', version: '1.0.0' })
    env = {
      HOME: npm.home,
      PATH: `${yarn}:${process.env['PATH'] ?? ''}`,
      GIT_CONFIG_NOSYSTEM: '1',
      XDG_STATE_HOME: join(folder.path, 'state'),
      XDG_CACHE_HOME: join(folder.path, 'cache'),
      GEM_HOST_API_KEY: gems.apiKey,
    }
    writeFileSync(join(npm.home, '.gitconfig'), '[user]\n\tname = Ana\n\temail = ana@acme.example\n')
  })
  afterAll(async () => {
    await npm[Symbol.asyncDispose]()
    await gems[Symbol.asyncDispose]()
    folder[Symbol.dispose]()
  })

  const git = (cwd: string, ...args: string[]) =>
    execFileSync('git', args, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] })

  /** A checkout with a remote, which has what it has. */
  function publish(at: string, name: string, files: Files): string {
    const checkout = join(at, name)
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(checkout, path)), { recursive: true })
      writeFileSync(join(checkout, path), text)
      if (path.startsWith('bin/')) chmodSync(join(checkout, path), 0o755)
    }
    const bare = join(at, 'remotes', `${name}.git`)
    git(checkout, 'init', '--quiet', '--initial-branch=main')
    git(checkout, 'add', '--all')
    git(checkout, 'commit', '--quiet', '--message', 'first')
    git(checkout, 'clone', '--quiet', '--bare', '.', bare)
    git(checkout, 'remote', 'add', 'origin', `file://${bare}`)
    return checkout
  }

  const expected = {
    npm: {
      lanes: ['release_train'],
      steps: ['publish @acme/engine@1.1.0', 'adopt @acme/engine@1.1.0 in shop (npm, push)'],
      gaps: ['shop: How bin/deploy is called was guessed'],
    },
    'pnpm workspace': {
      lanes: ['release_train'],
      steps: [
        'publish @acme/money@1.1.0',
        'publish @acme/engine@1.1.0',
        'adopt @acme/money@1.1.0, @acme/engine@1.1.0 in shop (pnpm, push)',
      ],
      gaps: ['shop: How it is deployed'],
    },
    yarn: {
      lanes: ['release_train'],
      steps: [
        'publish @acme/engine@1.1.0',
        'adopt @acme/engine@1.1.0 in admin (yarn, push)',
        'adopt @acme/engine@1.1.0 in shop (yarn-classic, push)',
      ],
      gaps: ['shop: How it is deployed', 'admin: How it is deployed'],
    },
    'Rails app': {
      lanes: ['rails_migrations', 'release_train'],
      // Its deploy is only proposed.
      steps: [],
      gaps: ['shop: How bin/deploy is called was guessed'],
    },
    gem: {
      lanes: ['release_train'],
      steps: ['publish engine@1.1.0', 'adopt engine@1.1.0 in shop (bundler, push)'],
      gaps: ['shop: How it is deployed'],
    },
    mixed: {
      lanes: ['rails_migrations', 'release_train'],
      steps: [
        'publish @acme/engine@1.1.0',
        'publish engine@1.1.0',
        'adopt @acme/engine@1.1.0, engine@1.1.0 in shop (pnpm and bundler, push)',
        'adopt @acme/engine@1.1.0, engine@1.1.0 in admin (npm, push)',
      ],
      gaps: ['shop: How bin/deploy is called was guessed', 'admin: How bin/deploy is called was guessed'],
    },
  } as const satisfies Record<keyof typeof fixtures, object>

  test.skipIf(!hasRuby).each(Object.keys(fixtures) as (keyof typeof fixtures)[])('%s', async (name) => {
    const at = join(folder.path, name.replaceAll(' ', '-'))
    const { train, repos } = fixtures[name]({ npm: npm.url, gems: gems.url })
    const checkouts = Object.entries(repos).map(([repo, files]) => publish(at, repo, files))
    const home = checkouts[0] ?? ''
    const run = async (...args: string[]) =>
      documentOf(await conduct([...args, '--json'], { cwd: home, env }))

    const init = await run('init', ...checkouts)
    const path = join(home, 'lanes.yaml')
    // A registry that only a manifest names gets no key of the environment: who reads the file says so.
    const text = readFileSync(path, 'utf8')
      .replace(/^ *# publish:\n(?: *# +- \{ package: .*, registry: .*\n)+/m, (lines) =>
        lines.replaceAll('# ', ''),
      )
      .replaceAll(/ \}  # (registry: \S+)$/gm, ', $1 }')
    writeFileSync(path, text)
    const { findings } = parseLanesYaml({ file: 'lanes.yaml', text })
    git(home, 'add', '--all')
    git(home, 'commit', '--quiet', '--message', 'How releases travel')
    git(home, 'push', '--quiet', 'origin', 'main')
    const { plan, error } = (await run('plan', train)) as unknown as PlanDocument

    const { lanes, gaps } = init as { lanes: string[]; gaps: { repo: string; what: string }[] }
    expect({ ok: init['ok'], lanes }).toEqual({ ok: true, lanes: expected[name].lanes })
    expect(gaps.map(({ repo, what }) => `${repo}: ${what}`)).toEqual(expected[name].gaps)
    expect(findings).toEqual([])
    expect(error).toBeUndefined()
    const wrong = plan.repos.flatMap(({ repo, preflight }) =>
      preflight
        .filter(({ verdict }) => verdict === 'red' || verdict === 'unknown')
        .map(({ check, verdict, detail }) => `${verdict} ${check}:${repo} ${detail}`),
    )
    expect(wrong).toEqual([])
    const acts = plan.steps
      .map(({ action }) => action.replace(/ to http.*/, ''))
      .filter((action) => /^(?:publish|adopt|deploy) /.test(action))
    expect(acts.toSorted()).toEqual([...expected[name].steps].toSorted())
  })
})
