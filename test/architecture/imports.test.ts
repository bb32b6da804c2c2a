import { describe, expect, it } from 'vitest'

import { packageOfImport, readManifest, readSources, type SourceFile } from './sources.ts'

/** Data flows one way: a package may import core and exactly these. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  // Runs as it lies in the repository, without an installation: nothing at all.
  action: [],
  config: [],
  planner: ['config'],
  guard: ['config'],
  review: ['config', 'guard'],
  subprocess: [],
  git: [],
  forge: [],
  ecosystems: ['subprocess'],
  init: ['config', 'ecosystems', 'forge', 'planner'],
  lanes: ['git'],
  tasks: ['forge', 'lanes'],
  conductor: ['config', 'ecosystems', 'forge', 'git', 'lanes', 'planner', 'subprocess', 'tasks'],
  report: ['planner', 'review'],
  rehearsal: ['git', 'subprocess'],
  cli: [
    'config',
    'conductor',
    'ecosystems',
    'forge',
    'git',
    'guard',
    'init',
    'lanes',
    'planner',
    'rehearsal',
    'report',
    'review',
    'subprocess',
    'tasks',
  ],
}

/** Heavy or dangerous dependencies live in one place (yaml has homes by design: who reads with places, who reads other people's, who writes). */
const homes: Readonly<Record<string, readonly string[]>> = {
  zod: ['config'],
  yaml: ['config', 'ecosystems', 'init'],
  execa: ['subprocess'],
  'simple-git': ['git'],
  '@octokit/rest': ['forge'],
  semver: ['ecosystems'],
  'node:sqlite': ['lanes'],
  // A second home by design: the scratch databases that a batch is tried on are no store.
  pg: ['lanes', 'conductor'],
  '@aws-sdk/client-s3': ['lanes'],
  listr2: ['cli'],
  '@stricli/core': ['cli'],
  verdaccio: ['rehearsal'],
  'libpg-query': ['planner'],
  'node-sql-parser': ['planner'],
  '@ruby/prism': ['planner'],
  '@lezer/python': ['planner'],
  'oxc-parser': ['planner'],
}

/** What a package exports beside its index. */
/** The guard knows a batch by its name, and must not load what writes one. */
const ofBatches = '@conduct/conductor/batch'
const entries = new Set(['@conduct/lanes/engine', '@conduct/rehearsal/forge', ofBatches])

const purePackages = ['core', 'config', 'guard', 'init', 'planner', 'report', 'review']
const allowedInPure = new Set(['node:crypto'])

const sources = readSources()
const production = sources.filter((file) => !file.isTest)

describe('imports', () => {
  it('go one way between packages', () => {
    const wrong = production.flatMap((file) =>
      file.imports
        .filter((specifier) => specifier.startsWith('@conduct/'))
        .map((specifier) => specifier.split('/')[1] ?? '')
        // An example imports its own package, as its readers will.
        .filter((target) => target !== 'core' && target !== file.package)
        .filter((target) => !(mayImport[file.package] ?? []).includes(target))
        .map((target) => `${file.path} imports ${target}`),
    )

    expect(wrong).toEqual([])
  })

  it('know every package that exists', () => {
    const packages = new Set(sources.map((file) => file.package).filter((name) => name !== 'test'))

    expect([...packages].sort()).toEqual(Object.keys(mayImport).sort())
  })

  it('keep each dependency in its one home', () => {
    const wrong = production.flatMap((file) =>
      file.imports
        .map((specifier) => (specifier.startsWith('node:') ? specifier : packageOfImport(specifier)))
        .filter((name) => name !== null && name in homes && !(homes[name] ?? []).includes(file.package))
        .map((name) => `${file.path} imports ${name}`),
    )

    expect(wrong).toEqual([])
  })

  it('name only what the own package.json declares', () => {
    const wrong = production.flatMap((file) => undeclared(file))

    expect(wrong).toEqual([])
  })

  it('never reach into the inside of another package', () => {
    // What a package exports beside its index is no inside: `lanes` has one entry to publish, and one for us.
    const isInside = (specifier: string): boolean =>
      /^@conduct\/[^/]+\//.test(specifier) && !entries.has(specifier)
    const wrong = production.flatMap((file) =>
      file.imports
        .filter((specifier) => isInside(specifier) || /\.\.\/\.\.\/packages\//.test(specifier))
        .map((specifier) => `${file.path} imports ${specifier}`),
    )

    expect(wrong).toEqual([])
  })

  it('bring no disk, network or process into a pure package', () => {
    // The parser of Ruby does not find its own WebAssembly without a warning: the one file that reads it.
    const loader = 'packages/planner/src/readers/rails/ruby/load-prism.ts'
    const wrong = production
      .filter(
        (file) => purePackages.includes(file.package) && file.path.includes('/src/') && file.path !== loader,
      )
      .flatMap((file) =>
        file.imports
          .filter((specifier) => specifier.startsWith('node:') && !allowedInPure.has(specifier))
          .map((specifier) => `${file.path} imports ${specifier}`),
      )

    expect(wrong).toEqual([])
  })

  it('load the rehearsal only on demand from the CLI', () => {
    const wrong = production.filter(
      (file) => file.package === 'cli' && /^import (?!type )[^\n]*'@conduct\/rehearsal'/m.test(file.text),
    )

    expect(wrong.map((file) => file.path)).toEqual([])
  })
})

function undeclared(file: SourceFile): string[] {
  const manifest = readManifest(file.package)
  const declared = new Set([
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.devDependencies ?? {}),
    ...Object.keys(manifest.optionalDependencies ?? {}),
  ])
  return (
    file.imports
      .map((specifier) => packageOfImport(specifier))
      // `@rehearsal/…` stands in the texts of the repositories that a rehearsal writes.
      .filter((name) => name !== null && name !== manifest.name && !name.startsWith('@rehearsal/'))
      .filter((name) => name !== null && !declared.has(name))
      .map((name) => `${file.path} imports ${name}`)
  )
}
