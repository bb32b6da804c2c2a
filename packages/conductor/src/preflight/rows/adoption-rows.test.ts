import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CommitId } from '@conduct/core'
import { adopters, publishers } from '@conduct/ecosystems'
import { type Mirror, openMirror } from '@conduct/git'
import { runCommand } from '@conduct/subprocess'
import { type ScratchEstate, scratchEstate } from '../../scratch-estate.ts'
import { aConsumer, anArtifact, aRepo, noOutside } from '../../survey-fixture.ts'
import { commitTree } from '../../survey/commit-tree.ts'
import type { TrainContext } from '../../context.ts'
import { type Given, judge } from '../judge-fixture.ts'
import type { Row } from '../row.ts'
import { row as manager } from './package-tool.ts'
import { row as releaseAge } from './release-age.ts'
import { row as unpublishedBranches } from './unpublished-branches.ts'
import { row as unpublishedCheckout } from './unpublished-checkout.ts'
import { row as unpublishedMain } from './unpublished-main.ts'

const name = '@acme/engine'
const json = (value: object) => JSON.stringify(value, null, 2)
const manifest = (range: string, more = {}) =>
  json({ name: 'shop', version: '0.0.0', private: true, dependencies: { [name]: range }, ...more })
const lockfile = (resolved: string) =>
  json({
    name: 'shop',
    version: '0.0.0',
    lockfileVersion: 3,
    packages: {
      '': { name: 'shop', version: '0.0.0', dependencies: { [name]: '^4.0.0' } },
      [`node_modules/${name}`]: { version: '4.2.0', resolved, integrity: 'sha512-x' },
    },
  })
const published = {
  'package.json': manifest('^4.0.0'),
  'package-lock.json': lockfile('http://127.0.0.1:4873/@acme/engine/-/engine-4.2.0.tgz'),
}
const gitReference = 'git+ssh://git@github.com/acme/engine.git#5d0e1a'

let estate: ScratchEstate
let mirror: Mirror
let head: CommitId
const now = Date.parse('2026-06-30T12:00:00Z')
beforeEach(async () => {
  estate = await scratchEstate()
  head = await estate.addRepo('shop', published)
  mirror = await openMirror({ cacheDir: estate.folder, remote: estate.remote('shop'), timeoutMs: 60_000 })
})
afterEach(() => estate[Symbol.asyncDispose]())

async function judgeShop(row: Row, given: Given = {}) {
  await mirror.fetch()
  const commit = (await mirror.remoteHead('main')) ?? head
  const tree = commitTree(mirror, commit)
  const adopter = adopters.find((one) => one.manager === 'npm') ?? null
  return await judge(row, {
    ...given,
    evidence: { forge: async () => null, ...given.evidence },
    consumer: { mirror, commit, tree, adopter, ...given.consumer },
    context: {
      adopters,
      clock: { wallMs: () => now } as TrainContext['clock'],
      configPath: `${estate.folder}/lanes.yaml`,
      ...given.context,
    },
  })
}

describe.each([unpublishedMain, unpublishedBranches, unpublishedCheckout])('$check', (row) => {
  test('does not apply to a train without a library', async () => {
    expect((await judgeShop(row, { survey: { artifacts: [] } })).verdict).toBe('not_applicable')
  })
})

describe('unpublished_main', () => {
  test('is green for published versions', async () => {
    expect((await judgeShop(unpublishedMain)).verdict).toBe('green')
  })

  test.each([
    [
      'a path in the manifest',
      { 'package.json': manifest('file:../engine') },
      /package\.json:\d+ @acme\/engine file:/,
    ],
    [
      'a branch in the manifest',
      { 'package.json': manifest('github:acme/engine#next') },
      /github:acme\/engine#next/,
    ],
    [
      'a commit in the lockfile only',
      { 'package-lock.json': lockfile(gitReference) },
      /package-lock\.json.* git\+ssh/,
    ],
    [
      'an override',
      { 'package.json': manifest('^4.0.0', { overrides: { [name]: 'file:../engine' } }) },
      /file:\.\.\/engine/,
    ],
  ])('is red for %s, with file and reference', async (_what, files, said) => {
    await estate.push('shop', files)

    const judged = await judgeShop(unpublishedMain)

    expect(judged.verdict).toBe('red')
    expect(judged.detail).toMatch(said)
  })

  test('leaves other packages alone', async () => {
    const others = { [name]: '^4.0.0', left: 'file:./left' }
    await estate.push('shop', {
      'package.json': json({ name: 'shop', version: '0.0.0', dependencies: others }),
    })

    expect((await judgeShop(unpublishedMain)).verdict).toBe('green')
  })
})

describe('unpublished_branches', () => {
  const relying = { 'package.json': manifest('file:../engine') }

  test('is green without open branches', async () => {
    expect(await judgeShop(unpublishedBranches)).toMatchObject({
      verdict: 'green',
      covered: '0 of 0 branches',
    })
  })

  test('is red for an open branch, and counts all of them', async () => {
    await estate.push('shop', relying, { branch: 'mine', date: '2026-06-20T12:00:00Z' })
    await estate.push('shop', { 'a.txt': 'a' }, { branch: 'harmless', date: '2026-06-20T12:00:00Z' })

    expect(await judgeShop(unpublishedBranches)).toMatchObject({
      verdict: 'red',
      covered: '2 of 2 branches',
      detail: expect.stringMatching(/mine: package\.json:\d+ @acme\/engine file:\.\.\/engine/) as string,
    })
  })

  test('reports a branch that nobody touched for 30 days, and is green', async () => {
    await estate.push('shop', relying, { branch: 'old', date: '2026-05-20T12:00:00Z' })

    expect(await judgeShop(unpublishedBranches)).toMatchObject({
      verdict: 'green',
      covered: '1 of 1 branches',
      detail: expect.stringMatching(/Untouched for 30 days: old: package\.json/) as string,
    })
  })

  test('does not count a branch that main already holds', async () => {
    await estate.push('shop', relying, { branch: 'merged' })
    const work = `${estate.folder}/work/shop`
    await estate.git(work, 'push', '--quiet', 'origin', 'HEAD:main')
    await estate.push('shop', published)

    expect(await judgeShop(unpublishedBranches)).toMatchObject({
      verdict: 'green',
      covered: '0 of 0 branches',
    })
  })
})

describe('unpublished_checkout', () => {
  const declared = () => ({ consumer: { repo: aRepo({ path: 'clones/shop' }) } })

  test('does not apply where none is declared, and is unknown where it is not there', async () => {
    const gone = { consumer: { repo: aRepo({ path: 'clones/gone' }) } }

    expect((await judgeShop(unpublishedCheckout)).verdict).toBe('not_applicable')
    expect((await judgeShop(unpublishedCheckout, gone)).verdict).toBe('unknown')
  })

  test('is green for published versions and red for a path, as the files lie there', async () => {
    expect((await judgeShop(unpublishedCheckout, declared())).verdict).toBe('green')

    await estate.push('shop', { 'package.json': manifest('link:../engine') })
    await estate.git(estate.clone('shop'), 'pull', '--quiet')
    expect((await judgeShop(unpublishedCheckout, declared())).verdict).toBe('red')
  })
})

describe('release_age', () => {
  test('is green without a gate and red with one, with the line that exempts the package', async () => {
    expect((await judgeShop(releaseAge)).verdict).toBe('green')

    await estate.push('shop', { '.npmrc': 'min-release-age=3\n' })
    expect(await judgeShop(releaseAge)).toMatchObject({
      verdict: 'red',
      detail: expect.stringContaining(
        `exempt the package in .npmrc: min-release-age-exclude[]=${name}`,
      ) as string,
    })

    await estate.push('shop', { '.npmrc': `min-release-age=3\nmin-release-age-exclude[]=${name}\n` })
    expect((await judgeShop(releaseAge)).verdict).toBe('green')
  })

  test('does not apply where nothing is adopted', async () => {
    expect((await judgeShop(releaseAge, { consumer: { via: 'none' } })).verdict).toBe('not_applicable')
  })
})

describe('manager', () => {
  const evidence: Given['evidence'] = {
    toolVersion: async (_frozen, tool) => tool.version({ runCommand }, estate.clone('shop')),
  }

  test('is green with its version when it is on this machine', async () => {
    expect(await judgeShop(manager, { evidence })).toMatchObject({
      verdict: 'green',
      detail: expect.stringMatching(/^npm \d+\.\d+/) as string,
    })
  })

  test('is red when it is not', async () => {
    const [npm] = adopters.filter((one) => one.manager === 'npm')
    if (npm === undefined) throw new Error('no adopter for npm')
    const missing = { ...npm, version: async () => null }

    expect((await judgeShop(manager, { evidence, consumer: { adopter: missing } })).verdict).toBe('red')
  })

  test('is red for a consumer whose manager nobody can tell', async () => {
    expect((await judgeShop(manager, { evidence, consumer: { adopter: null } })).verdict).toBe('red')
  })

  test('does not apply where nothing is adopted or published', async () => {
    const none = { consumer: { via: 'none' as const, consumer: aConsumer() } }

    expect((await judgeShop(manager, none)).verdict).toBe('not_applicable')
    expect((await judge(manager, { survey: { artifacts: [] } })).verdict).toBe('not_applicable')
  })

  test('asks for the manager that publishes, too', async () => {
    const publishing = (tool: string) =>
      anArtifact({ publisher: publishers.find((one) => one.tool === tool) ?? noOutside })
    const survey = { artifacts: [publishing('npm'), publishing('npm'), publishing('pnpm')] }

    expect(await judge(manager, { survey, evidence })).toMatchObject({
      verdict: 'green',
      covered: '2 of 2 managers',
      detail: expect.stringMatching(/^npm \d\S+ pnpm \d/) as string,
    })
  })
})
