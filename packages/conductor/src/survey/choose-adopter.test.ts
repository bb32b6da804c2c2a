import { describe, expect, test } from 'vitest'
import { adopters } from '@conduct/ecosystems'
import type { Consumer } from '@conduct/config'
import { aConsumer } from '../survey-fixture.ts'
import { chooseAdopter } from './choose-adopter.ts'

const files: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({ name: 'shop', dependencies: { 'engine-js': '^1.0.0' } }),
  'yarn.lock': '# yarn lockfile v1\n\n\nengine-js@^1.0.0:\n  version "1.0.0"\n',
  Gemfile: "gem 'engine'\n",
  'Gemfile.lock':
    'GEM\n  remote: https://gems.example/\n  specs:\n    engine (1.0.0)\n\nDEPENDENCIES\n  engine\n',
}
const gem = { name: 'engine', ecosystem: 'rubygems' }
const js = { name: 'engine-js', ecosystem: 'npm' }

function treeWith(names: readonly string[]) {
  return {
    readFile: async (file: string) => (names.includes(file) ? (files[file] ?? null) : null),
    listFiles: async () => [...names],
  }
}

function choose(
  packages: readonly (typeof gem)[],
  {
    adopt = {},
    has = Object.keys(files),
  }: { readonly adopt?: Partial<Consumer['adopt']>; readonly has?: readonly string[] } = {},
) {
  const frozen = { name: 'shop', tree: treeWith(has) }
  return chooseAdopter(adopters, { frozen, adopt: { ...aConsumer().adopt, ...adopt } }, packages)
}

describe('who adopts in an app of Ruby with the lockfile of yarn beside it', () => {
  test('is Bundler for a gem, and yarn for a package of npm', async () => {
    expect((await choose([gem]))?.manager).toBe('bundler')
    expect((await choose([js]))?.manager).toBe('yarn-classic')
  })

  test('is both together for a library that publishes both, each asked for its own', async () => {
    const both = await choose([js, gem])

    expect(both?.manager).toBe('yarn-classic and bundler')
    const tree = treeWith(Object.keys(files))
    expect((await both?.read(tree, 'engine'))?.lockfile).toBe('Gemfile.lock')
    expect((await both?.read(tree, 'engine-js'))?.lockfile).toBe('yarn.lock')
    expect((await both?.read(tree, 'unheard_of'))?.manifests).toEqual([])
  })

  test('is one of them where the consumer has only one, and nobody where it has none', async () => {
    const onlyJs = await choose([js, gem], { has: ['package.json', 'yarn.lock'] })

    expect(onlyJs?.manager).toBe('yarn-classic')
    expect((await onlyJs?.read(treeWith(['package.json', 'yarn.lock']), 'engine'))?.manifests).toEqual([])
    expect(await choose([gem], { has: ['package.json', 'yarn.lock'] })).toBeNull()
  })

  test('is who is declared, for its own ecosystem; another ecosystem than the train has is SURVEY_REFUSED', async () => {
    expect((await choose([js], { adopt: { manager: 'npm' } }))?.manager).toBe('npm')
    expect((await choose([js, gem], { adopt: { manager: 'npm' } }))?.manager).toBe('npm and bundler')
    await expect(choose([gem], { adopt: { manager: 'yarn' } })).rejects.toMatchObject({
      code: 'SURVEY_REFUSED',
    })
    await expect(choose([gem], { adopt: { manager: 'cargo' } })).rejects.toThrow(
      'no adapter for the manager cargo',
    )
  })

  test('is told from the lockfile for a train without a library', async () => {
    expect((await choose([]))?.manager).toBe('yarn-classic')
  })
})
