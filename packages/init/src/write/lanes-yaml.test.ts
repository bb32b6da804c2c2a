import { parseLanesYaml } from '@conduct/config'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RepoFacts } from '../facts.ts'
import { type Files, repoOf } from '../repo-fixture.ts'
import { writeLanesYaml } from './lanes-yaml.ts'

const person = { key: 'ana', name: 'Ana', forge: null, agent: null }

function written(...repos: readonly RepoFacts[]) {
  const result = writeLanesYaml({ estate: 'acme', person, repos })
  return { ...result, ...parseLanesYaml({ file: 'lanes.yaml', text: result.text }) }
}

const engine: Files = {
  'package.json': { name: '@acme/engine', version: '1.1.0', scripts: { test: 'x', build: 'tsc' } },
  'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
}
const app = (more: Files = {}): Files => ({
  'package.json': { private: true, dependencies: { '@acme/engine': '^1.0.0' }, scripts: { test: 'x' } },
  'package-lock.json': '{}',
  ...more,
})

/** Dispatchable and found again: what a workflow has to be to count. */
const dispatchable = (run: string): string => `name: Deploy
run-name: deploy \${{ inputs.conduct_run }}
on:
  workflow_dispatch:
    inputs:
      conduct_run:
        required: true
      sha:
        required: true
jobs:
  go:
    steps:
      - run: ${run}
`

describe('a lanes.yaml that init writes', () => {
  it('has a train for a library and its users, and builds what packing does not', async () => {
    const { text, config, findings } = written(
      await repoOf('engine', engine),
      await repoOf('shop', app({ 'bin/deploy': '#!/bin/sh\n# --sha, --current\n' })),
    )

    expect(findings).toEqual([])
    expect(config?.trains.get('engine')).toMatchObject({
      producer: { repo: 'engine' },
      consumers: [{ repo: 'shop', adopt: { manager: 'npm' } }],
    })
    expect(config?.repos.get('engine')).toMatchObject({
      setup: [{ argv: ['pnpm', 'install', '--frozen-lockfile'] }, { argv: ['pnpm', 'run', 'build'] }],
      checks: [{ argv: ['pnpm', 'test'] }],
    })
    // What the script takes is a guess: it is proposed, and does not count.
    expect(config?.trains.get('engine')?.consumers[0]?.deploy?.strategy).toEqual({ kind: 'none' })
    expect(text).toContain(
      '        #   run: bin/deploy --sha {sha}\n        #   previous: bin/deploy --current\n',
    )
    expect(config?.lanes.get('release_train')?.triggers.commands).toEqual([
      'pnpm publish *',
      'npm publish *',
      'bin/deploy *',
    ])
  })

  it('is right as well when what it only proposes is taken', async () => {
    const { text } = written(
      await repoOf('engine', { ...engine, 'data/001_a.sql': '' }),
      await repoOf('shop', app({ 'bin/deploy': '#!/bin/sh\n# --sha, --current\n' })),
    )
    const blocks = [/^ {8}# deploy:\n(?: {8}# .*\n)*/m, /^ {2}# sql_migrations:\n(?: {2}# .*\n)*/m]

    const taken = blocks.reduce(
      (rest, block) => rest.replace(block, (lines) => lines.replaceAll(/^( *)# /gm, '$1')),
      text,
    )

    const { config, findings } = parseLanesYaml({ file: 'lanes.yaml', text: taken })
    expect(findings).toEqual([])
    expect(config?.trains.get('engine')?.consumers[0]?.deploy).toMatchObject({
      strategy: { kind: 'command', run: { argv: ['bin/deploy', '--sha', '{sha}'] } },
      previous: { argv: ['bin/deploy', '--current'] },
    })
    expect([...(config?.lanes.keys() ?? [])]).toEqual(['sql_migrations', 'release_train'])
  })

  it('lets workflows publish and deploy that can be dispatched and found again, and proposes the others', async () => {
    const sure = await repoOf('engine', {
      ...engine,
      '.github/workflows/release.yml': dispatchable('npm publish'),
    })
    const shop = await repoOf('shop', app({ '.github/workflows/deploy.yml': dispatchable('bin/ship') }))
    const undispatchable = '.github/workflows/deploy.yml'
    const admin = await repoOf('admin', app({ [undispatchable]: 'name: Deploy\non: [push]\n' }))

    const { text, config, findings } = written(sure, shop, admin)

    expect(findings.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      'warning DEPLOY_WITHOUT_PREVIOUS',
    ])
    expect(config?.trains.get('engine')?.producer.publish).toMatchObject({
      workflow: 'release.yml',
    })
    const strategies = config?.trains.get('engine')?.consumers.map(({ deploy }) => deploy?.strategy)
    expect(strategies).toMatchObject([
      { kind: 'github_workflow', file: 'deploy.yml', inputs: { sha: '{sha}' } },
      { kind: 'none' },
    ])
    expect(text).toContain('not before this is changed: it has no workflow_dispatch trigger')
  })

  it('has a train for an app alone when it is deployed, and a lane of its schema changes', async () => {
    const shop = await repoOf(
      'shop',
      {
        Gemfile: "source 'https://rubygems.org'\ngem 'rails'\n",
        'Gemfile.lock': '',
        'db/migrate/20260101000000_a.rb': '',
        'db/schema.rb': '',
      },
      { remotes: new Map([['heroku', 'https://git.heroku.com/shop.git']]) },
    )

    const { config, findings, gaps } = written(shop)

    expect(findings).toEqual([])
    expect(config?.trains.get('shop')).toMatchObject({
      producer: { repo: 'shop' },
      consumers: [
        {
          repo: 'shop',
          deploy: { strategy: { kind: 'git_push', remote: 'https://git.heroku.com/shop.git' } },
        },
      ],
    })
    expect([...(config?.lanes.keys() ?? [])]).toEqual(['rails_migrations', 'release_train'])
    expect(gaps.map(({ what }) => what)).toEqual(['No command that tests it'])
  })

  it('publishes nothing that nobody said is published', async () => {
    const { text, config, findings } = written(
      await repoOf('site', { 'package.json': { name: 'site', version: '1.0.0', main: 'index.js' } }),
    )

    expect(findings).toEqual([])
    expect([config?.trains.size, config?.lanes.size]).toEqual([0, 0])
    expect(text).toContain('site could publish site: nothing says that it does.')
  })

  it('keeps schema changes of several tools in one repository apart', async () => {
    const mixed = await repoOf('mixed', {
      ...engine,
      'db/migrate/20260101000000_a.rb': '',
      'db/structure.sql': '',
      'manage.py': '',
      'shop/migrations/0001_a.py': '',
      'prisma/schema.prisma': '',
      'prisma/migrations/20260101000000_a/migration.sql': '',
      'drizzle/0000_a.sql': '',
      'drizzle/meta/_journal.json': '{}',
      'sql/migrations/0001_a.sql': '',
      'knexfile.js': '',
      'migrations/20260101000000_a.js': '',
    })

    const { lanes, findings } = written(mixed)

    expect(findings).toEqual([])
    expect(lanes).toEqual([
      'rails_migrations',
      'django_migrations',
      'prisma_migrations',
      'drizzle_migrations',
      'sql_migrations',
      'knex_migrations',
    ])
  })

  it('says which consumers cannot adopt yet, and why', async () => {
    const { gaps } = written(
      await repoOf('engine', engine),
      await repoOf('loose', {
        'package.json': { private: true, dependencies: { '@acme/engine': 'file:../engine' } },
      }),
      await repoOf('rails', {
        Gemfile: "gem 'rails'\n",
        'frontend/package.json': { dependencies: { '@acme/engine': '^1.0.0' } },
      }),
    )

    const told = gaps.map(({ repo, what }) => `${repo ?? ''}: ${what}`)
    expect(told).toContain('loose: No lockfile is committed, so that nothing could prove what it has adopted')
    expect(told).toContain(
      'loose: package.json takes @acme/engine from file:../engine, where a release never arrives',
    )
    expect(told).toContain(
      'rails: frontend/package.json needs @acme/engine, outside the workspace at the top',
    )
  })

  it('has no error, and says exactly what the names are, whatever they are', async () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
      fc.constantFrom(
        'yes',
        '1.0',
        '{sha}',
        'a: b',
        '- x',
        '# y',
        '"',
        "'",
        '&a',
        '*a',
        '!!x',
        '|',
        '>-',
        '%',
        '\n',
        '\u0085',
        '...',
        '---',
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(nasty, { minLength: 8, maxLength: 8 }), async (names) => {
        const [a = '', b = '', c = '', d = '', e = '', f = '', g = '', h = ''] = names
        const repo = await repoOf(
          'engine',
          {
            'package.json': {
              name: a,
              version: b,
              files: [],
              dependencies: { [c]: d },
              scripts: { [e]: f, deploy: 'x' },
            },
            [`${g}/db/migrate/1_a.rb`]: '',
            [`${h}/migrations/1_a.sql`]: '',
            'gem.gemspec': `s.name = '${a}'\ns.version = '1.0.0'\n`,
            Gemfile: `gem '${c}', '${d}'\n`,
          },
          { remote: `/srv/${a}`, main: b, path: c, remotes: new Map([[d, e]]) },
        )

        const result = writeLanesYaml({
          estate: 'acme',
          person: { key: 'ana', name: f, forge: g, agent: null },
          repos: [repo],
        })

        const { config, findings } = parseLanesYaml({ file: 'lanes.yaml', text: result.text })
        expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
        expect(config?.repos.get('engine')).toMatchObject({ remote: `/srv/${a}`, main: b })
        expect(config?.people.get('ana')?.forge).toBe(g)
        expect(result.text).not.toMatch(/[^\P{Cc}\n]/u)
      }),
      { numRuns: 30 },
    )
  })
})
