import { describe, expect, it } from 'vitest'
import { treeOf } from '../tree-of.ts'
import { npmReferences } from './npm-references.ts'
import { pnpmReferences } from './pnpm-references.ts'

const engine = '@acme/engine'

function manifestWith(dependencies: object, more: object = {}) {
  return { 'package.json': { name: 'shop', dependencies, ...more } }
}

async function inManifest(reference: string) {
  return await npmReferences(treeOf(manifestWith({ [engine]: reference })), [engine])
}

describe('references in manifests', () => {
  it.each([
    'file:../engine',
    'link:../engine',
    'portal:../engine',
    '../engine',
    './vendor/engine.tgz',
    'git+ssh://git@github.com/acme/engine.git#fix',
    'git+https://github.com/acme/engine.git',
    'git://github.com/acme/engine.git',
    'git@github.com:acme/engine.git',
    'github:acme/engine#branch',
    'gitlab:acme/engine',
    'acme/engine',
    'acme/engine#semver:^1.0.0',
    'https://codeload.github.com/acme/engine/tar.gz/main',
    'http://example.test/engine-1.0.0.tgz',
    'patch:@acme/engine@npm%3A1.0.0#./a.patch',
    'workspace:*',
    'npm:@somebody/engine-fork@^1.0.0',
  ])('are found with file and line: %s', async (reference) => {
    expect(await inManifest(reference)).toEqual([
      { file: 'package.json', line: 4, package: engine, reference },
    ])
  })

  it.each(['^1.0.0', '1.x', 'latest', '*', '>=1 <2', 'npm:@acme/engine@^1.0.0', 'next', '1.0.0-rc.1'])(
    'are not seen in what a registry answers: %s',
    async (range) => {
      expect(await inManifest(range)).toEqual([])
    },
  )

  it('are not overlooked beside a key that is written twice', async () => {
    const text = `{\n"name": "a",\n"name": "shop",\n"dependencies": { "${engine}": "file:../engine" }\n}`

    expect(await npmReferences(treeOf({ 'package.json': text }), [engine])).toMatchObject([{ line: 4 }])
  })

  it('concern only the packages asked about', async () => {
    const tree = treeOf(manifestWith({ [engine]: '^1.0.0', '@acme/engine-tools': 'file:../tools' }))

    expect(await npmReferences(tree, [engine])).toEqual([])
  })

  it('are found in every member, and workspace: is in place where such a member exists', async () => {
    const tree = treeOf({
      'package.json': { name: 'top', workspaces: ['apps/*', 'engine'] },
      'engine/package.json': { name: engine, version: '1.0.0' },
      'apps/a/package.json': { name: 'a', devDependencies: { [engine]: 'workspace:^' } },
      'apps/b/package.json': { name: 'b', peerDependencies: { [engine]: 'file:../../../engine' } },
    })

    expect(await npmReferences(tree, [engine])).toMatchObject([{ file: 'apps/b/package.json', line: 4 }])
  })
})

describe('replacements', () => {
  it.each([
    ['overrides of npm', { overrides: { [engine]: 'file:../engine' } }],
    ['nested overrides', { overrides: { tool: { [engine]: '1.0.0' } } }],
    ['overrides of one range', { overrides: { '@acme/engine@^1': { '.': '1.0.0' } } }],
    ['resolutions of yarn', { resolutions: { '**/@acme/engine': '1.0.0' } }],
    ['resolutions below a parent', { resolutions: { 'tool/@acme/engine': 'link:../engine' } }],
    ['overrides of pnpm', { pnpm: { overrides: { 'tool>@acme/engine': '1.0.0' } } }],
    ['patches of pnpm', { pnpm: { patchedDependencies: { '@acme/engine@1.0.0': 'patches/engine.patch' } } }],
  ])('are found in the manifest: %s', async (_case, fields) => {
    const found = await npmReferences(treeOf(manifestWith({ [engine]: '^1.0.0' }, fields)), [engine])

    expect(found).toMatchObject([{ file: 'package.json', package: engine }])
    expect(found[0]?.line).toBeGreaterThan(5)
  })

  it('that mean the very range of the manifest are none', async () => {
    const tree = treeOf(
      manifestWith({ [engine]: '^1.0.0' }, { overrides: { [engine]: `$${engine}`, leaf: '1' } }),
    )

    expect(await npmReferences(tree, [engine])).toEqual([])
  })

  it('are found in pnpm-workspace.yaml, with the line', async () => {
    const tree = treeOf({
      ...manifestWith({ [engine]: 'catalog:' }),
      'pnpm-workspace.yaml': [
        'packages: []',
        'overrides:',
        "  '@acme/engine@1': link:../engine",
        'patchedDependencies:',
        "  '@acme/engine': patches/engine.patch",
        'catalog:',
        "  '@acme/engine': github:acme/engine",
        '',
      ].join('\n'),
    })

    expect(await pnpmReferences(tree, [engine])).toEqual([
      { file: 'pnpm-workspace.yaml', line: 3, package: engine, reference: 'link:../engine' },
      { file: 'pnpm-workspace.yaml', line: 5, package: engine, reference: 'patches/engine.patch' },
      { file: 'pnpm-workspace.yaml', line: 7, package: engine, reference: 'github:acme/engine' },
    ])
  })
})

describe('references in package-lock.json', () => {
  const lock = (packages: object, more: object = { lockfileVersion: 3 }) =>
    treeOf({
      ...manifestWith({ [engine]: '^1.0.0' }),
      'package-lock.json': { name: 'shop', ...more, packages },
    })
  const folder = `node_modules/${engine}`

  it.each([
    ['a path', { version: '1.0.0', resolved: 'file:../engine.tgz' }, 'file:../engine.tgz'],
    [
      'a repository',
      { version: '1.0.0', resolved: 'git+ssh://git@github.com/acme/engine.git#abc' },
      'git+ssh://git@github.com/acme/engine.git#abc',
    ],
    ['a link outside the workspace', { resolved: '../engine', link: true }, 'link:../engine'],
  ])('are found although the manifest is clean: %s', async (_case, entry, reference) => {
    const found = await npmReferences(lock({ '': {}, [folder]: entry }), [engine])

    expect(found).toEqual([
      { file: 'package-lock.json', line: expect.any(Number), package: engine, reference },
    ])
    expect(found[0]?.line).toBeGreaterThan(5)
  })

  it('are found where another package asks for a tarball by address', async () => {
    const address = 'https://codeload.github.com/acme/engine/tar.gz/main'
    const tree = lock({
      'node_modules/tool': { version: '1.0.0', dependencies: { [engine]: address } },
      [`node_modules/tool/${folder}`]: { version: '1.0.0', resolved: address },
    })

    expect(await npmReferences(tree, [engine])).toMatchObject([
      { file: 'package-lock.json', reference: address },
    ])
  })

  it('are not seen in what came from a registry, nor in a member of the workspace', async () => {
    const tree = treeOf({
      'package.json': { name: 'top', workspaces: ['engine'] },
      'engine/package.json': { name: engine, version: '1.0.0' },
      'package-lock.json': {
        lockfileVersion: 3,
        packages: {
          '': {},
          [folder]: { resolved: 'engine', link: true },
          'node_modules/b/node_modules/@acme/engine': {
            version: '1.0.0',
            resolved: 'https://registry.npmjs.org/@acme/engine/-/engine-1.0.0.tgz',
          },
        },
      },
    })

    expect(await npmReferences(tree, [engine])).toEqual([])
  })

  it('are found in the first format too, where the version is the address', async () => {
    const tree = treeOf({
      ...manifestWith({ [engine]: '^1.0.0' }),
      'package-lock.json': {
        lockfileVersion: 1,
        dependencies: {
          tool: { version: '1.0.0', dependencies: { [engine]: { version: 'github:acme/engine#abc' } } },
        },
      },
    })

    expect(await npmReferences(tree, [engine])).toMatchObject([{ reference: 'github:acme/engine#abc' }])
  })
})

describe('references in pnpm-lock.yaml', () => {
  const lock = (importer: string, packages: string) =>
    treeOf({
      ...manifestWith({ [engine]: '^1.0.0' }),
      'pnpm-lock.yaml': `lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n${importer}\npackages:\n\n${packages}\nsnapshots: {}\n`,
    })

  it('are found in an importer that is linked', async () => {
    const tree = lock(
      `      '@acme/engine':\n        specifier: ^1.0.0\n        version: link:../engine\n`,
      '  {}',
    )

    expect(await pnpmReferences(tree, [engine])).toEqual([
      { file: 'pnpm-lock.yaml', line: 9, package: engine, reference: 'link:../engine' },
    ])
  })

  it.each([
    ['file:../engine.tgz', '{integrity: sha512-x, tarball: file:../engine.tgz}'],
    ['file:../engine', '{directory: ../engine, type: directory}'],
    [
      'https://codeload.github.com/acme/engine/tar.gz/abc',
      '{tarball: https://codeload.github.com/acme/engine/tar.gz/abc}',
    ],
    ['git+https://git.test/engine.git#abc', '{commit: abc, repo: https://git.test/engine.git, type: git}'],
  ])('are found in what is installed: %s', async (version, resolution) => {
    const tree = lock(
      '      {}',
      `  '@acme/engine@${version}':\n    resolution: ${resolution}\n    version: 1.0.0\n`,
    )

    expect(await pnpmReferences(tree, [engine])).toEqual([
      { file: 'pnpm-lock.yaml', line: 10, package: engine, reference: version },
    ])
  })

  it('are not seen in published versions', async () => {
    const tree = lock(
      `      '@acme/engine':\n        specifier: ^1.0.0\n        version: 1.0.0\n`,
      `  '@acme/engine@1.0.0':\n    resolution: {integrity: sha512-x, tarball: https://npm.pkg.github.com/download/@acme/engine/1.0.0/abc}\n`,
    )

    expect(await pnpmReferences(tree, [engine])).toEqual([])
  })
})
