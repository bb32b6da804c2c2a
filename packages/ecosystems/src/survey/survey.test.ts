import { describe, expect, it } from 'vitest'
import { treeOf } from '../tree-of.ts'
import { surveyManifests } from './survey.ts'

describe('a survey of manifests', () => {
  it('tells the package manager as adopting does, and else by what names it', async () => {
    const managerIn = async (files: Readonly<Record<string, string | object>>) => {
      const { npm } = await surveyManifests(treeOf({ 'package.json': {}, ...files }))
      return `${npm?.manager ?? 'none'}${npm?.isLocked === true ? ' locked' : ''}`
    }

    expect(await managerIn({ 'package-lock.json': {} })).toBe('npm locked')
    expect(await managerIn({ 'pnpm-lock.yaml': "lockfileVersion: '9.0'\n" })).toBe('pnpm locked')
    expect(await managerIn({ 'yarn.lock': '# yarn lockfile v1\n' })).toBe('yarn-classic locked')
    expect(await managerIn({ 'yarn.lock': '__metadata:\n  version: 8\n' })).toBe('yarn locked')
    expect(await managerIn({})).toBe('npm')
    expect(await managerIn({ 'pnpm-workspace.yaml': 'packages: []\n' })).toBe('pnpm')
    expect(await managerIn({ 'package.json': { packageManager: 'yarn@1.22.22' } })).toBe('yarn-classic')
    expect(await managerIn({ 'package.json': { packageManager: 'bun@1.2.0' } })).toBe('none')
    expect(await managerIn({ 'bun.lock': '' })).toBe('none')
  })

  it('reads all of a workspace, and what stands beside it apart', async () => {
    const { npm, needsBeside, problems } = await surveyManifests(
      treeOf({
        'package.json': { private: true, scripts: { test: 'x', count: 1 } },
        'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
        'pnpm-workspace.yaml': 'packages: [packages/*]\n',
        'packages/engine/package.json': {
          name: '@acme/engine',
          version: '1.0.0',
          publishConfig: {},
          scripts: { prepack: 'tsc' },
          dependencies: { old: 'npm:@acme/money@^1.0.0' },
        },
        'packages/tools/package.json': { name: 'tools', version: '0.0.0', private: true },
        'site/package.json': { dependencies: { '@acme/engine': 'file:../packages/engine' } },
        'test/fixtures/package.json': { dependencies: { left: '1' } },
      }),
    )

    expect(problems).toEqual([])
    expect([...(npm?.scripts ?? [])]).toEqual([['test', 'x']])
    expect(npm?.packages.map(({ name, isPrivate, signs }) => ({ name, isPrivate, signs }))).toEqual([
      { name: '@acme/engine', isPrivate: false, signs: ['publishConfig', 'script prepack'] },
      { name: 'tools', isPrivate: true, signs: [] },
    ])
    expect(npm?.needs.map(({ name, reference }) => `${name} ${reference}`)).toEqual([
      '@acme/money npm:@acme/money@^1.0.0',
    ])
    expect(needsBeside).toMatchObject([
      { name: '@acme/engine', file: 'site/package.json', isElsewhere: true },
    ])
  })

  it('reads gems and Gemfiles as text: what Ruby would compute is a problem, and the rest is read', async () => {
    const { npm, gems, problems } = await surveyManifests(
      treeOf({
        Gemfile: `source 'https://rubygems.org'
gem 'rails', '~> 8.0', '>= 8.0.1'
gem "engine", path: '../engine' # gem 'none'
gem ENV['WHICH']
`,
        'Gemfile.lock': '',
        'engine.gemspec':
          "Gem::Specification.new do |s|\n  s.version = '1.0.0'\n  s.add_dependency 'leaf'\nend\n",
        'other.gemspec': 'Gem::Specification.new { |s| s.version = compute }\n',
      }),
    )

    expect(npm).toBeNull()
    expect(gems).toMatchObject({ gemfile: 'Gemfile', lockfile: 'Gemfile.lock' })
    expect(gems?.packages.map(({ name, version }) => `${name} ${version}`)).toEqual(['engine 1.0.0'])
    expect(gems?.needs.map(({ name, reference, isElsewhere }) => [name, reference, isElsewhere])).toEqual([
      ['rails', '~> 8.0, >= 8.0.1', false],
      ['engine', "path: '../engine'", true],
      ['leaf', '', false],
    ])
    expect(problems.map(({ file }) => file)).toEqual(['other.gemspec'])
  })

  it('names each file that is wrong once, and reads all the others', async () => {
    const { npm, problems } = await surveyManifests(
      treeOf({
        'package.json': { workspaces: ['a', 'b'], dependencies: { leaf: '^1.0.0' } },
        'yarn.lock': '',
        'a/package.json': '<<<<<<< HEAD\n',
        'b/package.json': { name: 'not a name', version: '1.0.0' },
      }),
    )

    expect(npm?.needs.map(({ name }) => name)).toEqual(['leaf'])
    expect(problems.map(({ file }) => file).toSorted()).toEqual(['a/package.json', 'b/package.json'])
  })
})
