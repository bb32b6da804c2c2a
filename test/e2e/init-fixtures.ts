/** What somebody's repositories look like before they ever heard of conduct: manifests, lockfiles, migrations, scripts. */
export type Files = Readonly<Record<string, string>>

export interface Addresses {
  readonly npm: string
  readonly gems: string
}

export interface Fixture {
  /** The train of what init writes. */
  readonly train: string
  /** The first is the one that gets lanes.yaml. */
  readonly repos: Readonly<Record<string, Files>>
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`
const npmrc = ({ npm }: Addresses): string => `@acme:registry=${npm}\n`
/** Any: nothing is installed here, and nothing is compared with what a registry has. */
const integrity = `sha512-${'A'.repeat(86)}==`
const test = { test: 'node --test' }
const wants = { '@acme/engine': '^1.0.0' }

const manifest = (name: string, version: string, more: object = {}): string =>
  json({ name, version, license: 'MIT', files: ['index.js'], scripts: test, ...more })
const deploy = '#!/bin/sh\n# bin/deploy --sha <commit>, bin/deploy --current\nexit 0\n'

function npmEngine(addresses: Addresses): Files {
  return {
    'package.json': manifest('@acme/engine', '1.1.0'),
    'package-lock.json': json({
      name: '@acme/engine',
      version: '1.1.0',
      lockfileVersion: 3,
      packages: { '': { name: '@acme/engine', version: '1.1.0' } },
    }),
    '.npmrc': npmrc(addresses),
    'index.js': '',
  }
}

function npmApp(addresses: Addresses): Files {
  return {
    'package.json': json({ name: 'shop', private: true, scripts: test, dependencies: wants }),
    'package-lock.json': json({
      name: 'shop',
      lockfileVersion: 3,
      packages: {
        '': { name: 'shop', dependencies: wants },
        'node_modules/@acme/engine': {
          version: '1.0.0',
          resolved: `${addresses.npm}@acme/engine/-/engine-1.0.0.tgz`,
          integrity,
        },
      },
    }),
    '.npmrc': npmrc(addresses),
    'bin/deploy': deploy,
  }
}

function pnpmApp(addresses: Addresses, more: Files = {}): Files {
  return {
    'package.json': json({ name: 'shop', private: true, scripts: test, dependencies: wants }),
    'pnpm-lock.yaml': `lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      '@acme/engine': { specifier: ^1.0.0, version: 1.0.0 }
packages:
  '@acme/engine@1.0.0': { resolution: { integrity: ${integrity} } }
snapshots:
  '@acme/engine@1.0.0': {}
`,
    'pnpm-workspace.yaml': "minimumReleaseAgeExclude: ['@acme/*']\n",
    '.npmrc': npmrc(addresses),
    ...more,
  }
}

function yarnApp(addresses: Addresses): Files {
  return {
    'package.json': json({
      name: 'shop',
      private: true,
      packageManager: 'yarn@1.22.22',
      scripts: test,
      dependencies: wants,
    }),
    'yarn.lock': `# yarn lockfile v1


"@acme/engine@^1.0.0":
  version "1.0.0"
  resolved "${addresses.npm}@acme/engine/-/engine-1.0.0.tgz"
  integrity ${integrity}
`,
    '.yarnrc': `"@acme:registry" "${addresses.npm}"\n`,
  }
}

function berryApp(addresses: Addresses): Files {
  return {
    'package.json': json({
      name: 'admin',
      private: true,
      packageManager: 'yarn@4.12.0',
      scripts: test,
      dependencies: wants,
    }),
    'yarn.lock': `__metadata:
  version: 8
  cacheKey: 10c0

"@acme/engine@npm:^1.0.0":
  version: 1.0.0
  resolution: "@acme/engine@npm:1.0.0"
  checksum: 10c0/abc
  languageName: node
  linkType: hard

"admin@workspace:.":
  version: 0.0.0-use.local
  resolution: "admin@workspace:."
  dependencies:
    "@acme/engine": "npm:^1.0.0"
  languageName: unknown
  linkType: soft
`,
    '.yarnrc.yml': `npmScopes: { acme: { npmRegistryServer: '${addresses.npm}' } }\nunsafeHttpWhitelist: ['127.0.0.1']\nnpmPreapprovedPackages: ['@acme/*']\n`,
  }
}

function gemspec(name: string, { gems }: Addresses): string {
  return `Gem::Specification.new do |spec|
  spec.name = '${name}'
  spec.version = '1.1.0'
  spec.summary = 'Baskets'
  spec.authors = ['ana']
  spec.files = Dir['lib/**/*.rb']
  spec.metadata['allowed_push_host'] = '${gems.replace(/\/$/, '')}'
end
`
}

function rubyApp(gem: string, { gems }: Addresses, more: Files = {}): Files {
  return {
    Gemfile: `source '${gems}'\n\ngem '${gem}', '~> 1.0'\ngem 'rspec'\n`,
    'Gemfile.lock': `GEM
  remote: ${gems}
  specs:
    ${gem} (1.0.0)
    rspec (3.13.0)

PLATFORMS
  ruby

DEPENDENCIES
  ${gem} (~> 1.0)
  rspec

BUNDLED WITH
   2.5.0
`,
    'spec/cart_spec.rb': '',
    ...more,
  }
}

const railsFiles: Files = {
  'config/application.rb': '',
  'bin/rails': '#!/usr/bin/env ruby\n',
  'bin/deploy': deploy,
  'test/models/order_test.rb': '',
  'db/migrate/20260101000000_create_orders.rb':
    'class CreateOrders < ActiveRecord::Migration[8.0]\n  def change = create_table(:orders)\nend\n',
  'db/schema.rb': 'ActiveRecord::Schema[8.0].define(version: 2026_01_01_000000) do\nend\n',
}

export const fixtures = {
  npm: (at) => ({ train: 'engine', repos: { engine: npmEngine(at), shop: npmApp(at) } }),
  'pnpm workspace': (at) => ({
    train: 'engine',
    repos: {
      engine: {
        'package.json': json({ name: 'workspace', private: true, scripts: { test: 'pnpm -r run test' } }),
        'pnpm-workspace.yaml': 'packages: [packages/*]\n',
        'pnpm-lock.yaml': "lockfileVersion: '9.0'\nimporters:\n  .: {}\n",
        '.npmrc': npmrc(at),
        'packages/money/package.json': manifest('@acme/money', '1.1.0'),
        'packages/money/index.js': '',
        'packages/engine/package.json': manifest('@acme/engine', '1.1.0', {
          dependencies: { '@acme/money': 'workspace:^' },
        }),
        'packages/engine/index.js': '',
      },
      shop: pnpmApp(at),
    },
  }),
  yarn: (at) => ({
    train: 'engine',
    repos: { engine: npmEngine(at), shop: yarnApp(at), admin: berryApp(at) },
  }),
  'Rails app': () => ({
    train: 'shop',
    repos: {
      shop: {
        ...railsFiles,
        Gemfile: "source 'https://rubygems.org'\n\ngem 'rails', '~> 8.0'\ngem 'pg'\n",
        'Gemfile.lock': 'GEM\n  remote: https://rubygems.org/\n  specs:\n    rails (8.0.1)\n',
      },
    },
  }),
  gem: (at) => ({
    train: 'acme-engine',
    repos: {
      'acme-engine': {
        'engine.gemspec': gemspec('engine', at),
        'lib/engine.rb': '',
        Rakefile: '',
        'test/engine_test.rb': '',
      },
      shop: rubyApp('engine', at),
    },
  }),
  mixed: (at) => ({
    train: 'engine',
    repos: {
      engine: { ...npmEngine(at), 'ruby/engine.gemspec': gemspec('engine', at), 'ruby/lib/engine.rb': '' },
      shop: pnpmApp(at, rubyApp('engine', at, railsFiles)),
      admin: npmApp(at),
    },
  }),
} satisfies Readonly<Record<string, (at: Addresses) => Fixture>>
