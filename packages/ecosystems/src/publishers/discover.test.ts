import { describe, expect, it } from 'vitest'
import { treeOf } from '../tree-of.ts'
import { discoverPackages } from './discover.ts'

const engine = { name: '@acme/engine', version: '1.0.0' }
const discover = (files: Record<string, string | object>, env: Record<string, string> = {}) =>
  discoverPackages({ tree: treeOf(files), kind: 'npm', env, passEnv: ['HOST'] })
const registryOf = async (files: Record<string, string | object>, env: Record<string, string> = {}) =>
  (await discover(files, env))[0]?.registry

describe('the registry of a package', () => {
  it('is the public one when nobody says anything', async () => {
    expect(await registryOf({ 'package.json': engine })).toBe('https://registry.npmjs.org/')
  })

  it.each([
    ['the plain one of .npmrc', '', 'registry = https://a.test/npm\n', 'https://a.test/npm/'],
    [
      'the one of its scope',
      '',
      'registry=https://a.test\n@acme:registry="https://b.test/"\n',
      'https://b.test/',
    ],
    ['not the one of another scope', '', '@other:registry=https://b.test/\n', 'https://registry.npmjs.org/'],
    ['its own', 'https://c.test', '@acme:registry=https://b.test/\n', 'https://c.test/'],
    ['from a variable', '', '@acme:registry=https://${HOST}/npm/\n', 'https://host.test/npm/'],
    ['from a default', '', 'registry=${NONE:-https://d.test}/\n', 'https://d.test/'],
    [
      'not in a comment',
      '',
      '; registry=https://a.test\n#registry=https://a.test\n',
      'https://registry.npmjs.org/',
    ],
  ])('is %s', async (_case, own, npmrc, expected) => {
    const publishConfig = own === '' ? {} : { publishConfig: { registry: own } }
    const files = { 'package.json': { ...engine, ...publishConfig }, '.npmrc': npmrc }

    expect(await registryOf(files, { HOST: 'host.test' })).toBe(expected)
  })

  it('is undecided, never the public one, when its variable is not set', async () => {
    const files = { 'package.json': engine, '.npmrc': '\nregistry=${ACME_REGISTRY}\n' }

    await expect(discover(files)).rejects.toMatchObject({
      code: 'REGISTRY_UNDECIDED',
      message: '.npmrc:2: registry asks for ACME_REGISTRY, which is not set',
      exit: 3,
    })
  })

  it('comes from the settings of pnpm where they name it', async () => {
    const files = {
      'package.json': engine,
      'pnpm-workspace.yaml': "registries:\n  '@acme': https://p.test\n",
    }

    const found = await discoverPackages({ tree: treeOf(files), kind: 'pnpm', env: {} })

    expect(found[0]?.registry).toBe('https://p.test/')
  })
})

describe('what no registry takes', () => {
  const top = { private: true, workspaces: ['*'] }

  it.each([
    [{ name: '--registry=https://evil.example' }, 'its name "--registry=https://evil.example"'],
    [{ name: '../../engine' }, 'its name "../../engine"'],
    [{ name: '__proto__' }, 'its name "__proto__"'],
    [{ version: '1.0.0\n\nConduct-Run: x' }, 'its version "1.0.0\\n\\nConduct-Run: x"'],
    [{ version: '../1.0.0' }, 'its version "../1.0.0"'],
    [{ publishConfig: { registry: 'file:///tmp' } }, 'its registry "file:///tmp/"'],
    [
      { publishConfig: { registry: 'https://ana:hunter22@evil.example' } },
      'its registry "https://***@evil.example/"',
    ],
  ])('is refused before anything is made of it: %j', async (fields, said) => {
    const files = { 'package.json': top, 'a/package.json': { ...engine, ...fields } }

    await expect(discover(files)).rejects.toMatchObject({
      code: 'PACKAGE_INVALID',
      message: expect.stringMatching(/^a\/package\.json: /) as string,
      exit: 3,
    })
    await expect(discover(files)).rejects.toThrow(said)
    await expect(discover(files)).rejects.not.toThrow('hunter22')
  })

  it('is nobody’s concern in a package that is not published', async () => {
    const files = { 'package.json': top, 'a/package.json': { name: '../x', version: '1', private: true } }

    expect(await discover(files)).toEqual([])
  })
})

describe('the order of publication', () => {
  const member = (name: string, fields: object = {}) => ({ name, version: '1.0.0', ...fields })

  it('puts what is needed first, whatever the folders are called', async () => {
    const found = await discover({
      'package.json': { private: true, workspaces: { packages: ['./packages/**'] } },
      'packages/a/package.json': member('a', { dependencies: { c: '^1.0.0' } }),
      'packages/deep/b/package.json': member('b', { peerDependencies: { a: '^1.0.0' } }),
      'packages/z/package.json': member('c', { optionalDependencies: { d: '*' } }),
      'packages/d/package.json': member('d', { devDependencies: { b: '*' } }),
    })

    expect(found.map(({ name }) => name)).toEqual(['d', 'c', 'a', 'b'])
  })

  it('does not exist for a circle, which is shown', async () => {
    const files = {
      'package.json': { private: true, workspaces: ['*'] },
      'a/package.json': member('a', { dependencies: { b: '*' } }),
      'b/package.json': member('b', { dependencies: { c: '*' } }),
      'c/package.json': member('c', { dependencies: { b: '*' } }),
    }

    await expect(discover(files)).rejects.toMatchObject({
      code: 'PUBLISH_CYCLE',
      message: 'packages need each other in a circle: b → c → b',
      exit: 3,
    })
  })

  const workspace = (members: Record<string, object>) =>
    discoverPackages({
      tree: treeOf({
        'package.json': { private: true },
        'pnpm-workspace.yaml': "packages: ['packages/*']\ncatalog:\n  d: ^1.0.0\n",
        ...Object.fromEntries(
          Object.entries(members).map(([name, fields]) => [
            `packages/${name}/package.json`,
            member(name, fields),
          ]),
        ),
      }),
      kind: 'pnpm',
      env: {},
    })

  it('follows what a workspace writes instead of a range: workspace:, catalog:, aliases, paths', async () => {
    const found = await workspace({
      a: { dependencies: { z: 'workspace:^' } },
      b: { dependencies: { d: 'catalog:' }, devDependencies: { a: 'workspace:*' } },
      c: { dependencies: { renamed: 'workspace:y@~' } },
      d: { dependencies: { other: 'npm:w@^1.0.0' } },
      w: {},
      y: { peerDependencies: { x: 'workspace:../x' } },
      x: { dependencies: { a: 'file:../a' } },
      z: {},
    })

    expect(found.map(({ name }) => name)).toEqual(['z', 'a', 'w', 'd', 'b', 'x', 'y', 'c'])
    expect(found.find(({ name }) => name === 'c')?.needs).toEqual(['y'])
  })

  it('says what each asks of the others once it is installed, in ranges of whoever installs it', async () => {
    const found = await workspace({
      a: {
        dependencies: { b: 'workspace:^', c: 'workspace:*', e: '^0.9.0', renamed: 'workspace:f@~' },
        peerDependencies: { d: 'catalog:', h: 'workspace:^0.1.0' },
        optionalDependencies: { g: 'workspace:^' },
        devDependencies: { i: 'workspace:*' },
      },
      ...Object.fromEntries(['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((name) => [name, {}])),
    })

    const a = found.find(({ name }) => name === 'a')
    expect(a?.siblings?.map(({ name, range }) => `${name} ${range}`).toSorted()).toEqual([
      'b ^1.0.0',
      'c 1.0.0',
      'd *',
      'e ^0.9.0',
      'f ~1.0.0',
      'h ^0.1.0',
    ])
    expect(found.find(({ name }) => name === 'b')?.siblings).toBeUndefined()
  })

  it('sees a circle through aliases and optional needs, and none in what is only developed with', async () => {
    const circle = workspace({
      a: { dependencies: { renamed: 'workspace:b@^' } },
      b: { optionalDependencies: { a: 'workspace:*' } },
    })
    const none = await workspace({
      a: { dependencies: { b: 'workspace:^' } },
      b: { devDependencies: { a: 'workspace:*' } },
    })

    await expect(circle).rejects.toMatchObject({ code: 'PUBLISH_CYCLE', details: { cycle: ['a', 'b', 'a'] } })
    expect(none.map(({ name }) => name)).toEqual(['b', 'a'])
  })

  it('passes private members by, and refuses what nobody could install without one', async () => {
    const inner = { private: true, dependencies: { a: 'workspace:*' } }
    const fine = await workspace({
      a: { devDependencies: { inner: 'workspace:*' } },
      b: { dependencies: { inner: 'workspace:*' }, bundleDependencies: ['inner'] },
      c: { dependencies: { inner: '^1.0.0' } },
      inner,
    })

    expect(fine.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
    for (const field of ['dependencies', 'optionalDependencies', 'peerDependencies']) {
      await expect(workspace({ a: { [field]: { inner: 'workspace:^' } }, inner })).rejects.toMatchObject({
        code: 'PACKAGE_INVALID',
        message:
          'packages/a/package.json: it needs inner of its workspace, which is private and never published',
      })
    }
  })

  it('does not exist for two members of one name', async () => {
    await expect(workspace({ a: {}, b: { name: 'a' } })).rejects.toMatchObject({
      code: 'PACKAGE_INVALID',
      message: 'packages/a/package.json and packages/b/package.json are both called a',
    })
  })

  it('is not guessed while a manifest or the list of members cannot be parsed', async () => {
    const top = { private: true, workspaces: ['*'] }
    const broken = { 'package.json': top, 'a/package.json': '<<<<<<< ours\n{}' }
    const brokenList = { 'package.json': top, 'pnpm-workspace.yaml': 'packages:\n<<<<<<< ours\n  - a\n' }

    await expect(discover(broken)).rejects.toMatchObject({ code: 'FILE_UNREADABLE', exit: 3 })
    await expect(discoverPackages({ tree: treeOf(brokenList), kind: 'pnpm', env: {} })).rejects.toMatchObject(
      { code: 'FILE_UNREADABLE', details: { file: 'pnpm-workspace.yaml' } },
    )
  })

  it('has no place for manifests without a name or a version', async () => {
    const found = await discover({
      'package.json': { private: true, workspaces: ['*'] },
      'b/package.json': { name: 'b' },
      'c/package.json': { version: '1.0.0' },
      'd/package.json': '\uFEFF{"name":"d","version":"1.0.0"}',
    })

    expect(found.map(({ name }) => name)).toEqual(['d'])
  })
})
