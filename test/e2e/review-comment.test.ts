import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type GithubDouble, type RepositoryDouble, startGithub } from '@conduct/rehearsal/forge'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, temporaryFolder } from './conduct-process.ts'
import { type Checkout, makeWorld, openCheckout, type World } from './guarded-repository.ts'

const readWrite = 'ghs_0123456789abcdefghijABCDEFGHIJ012345'
const readOnly = 'ghs_9876543210abcdefghijABCDEFGHIJ012345'
const folder = temporaryFolder()
let github: GithubDouble
let shop: RepositoryDouble
let world: World

beforeAll(async () => {
  github = await startGithub()
  github.addToken(readWrite, { login: 'github-actions[bot]', kind: 'workflow', scopes: null })
  github.addToken(readOnly, { login: 'fork-actions[bot]', kind: 'workflow', scopes: null })
  shop = await github.createRepository('acme/shop')
  shop.records.access.set('github-actions[bot]', 'write')
  shop.records.access.set('fork-actions[bot]', 'read')
  world = makeWorld(folder.path)
  await shop.commit('main', { 'lanes.yaml': lanes('[ana]') })
})

afterAll(async () => {
  await github[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

const lanes = (captains: string): string => `version: 1
estate: commented
people: { ana: {}, carl: {} }
repos: { shop: { remote: "git@github.example:acme/shop.git" } }
lanes:
  site:
    purpose: The site is published by one at a time.
    captains: ${captains}
    triggers: { paths: ["docs/**"] }
    justification: { irreversible: true, signed_off_by: ${/\w+/.exec(captains)?.[0] ?? ''} }
`

let count = 0

/** The checkout of a pull request in a job of CI. */
function job(number: number, token = readWrite): Checkout {
  count += 1
  const path = join(folder.path, `job-${count}`)
  mkdirSync(path)
  const checkout = openCheckout(path, world, {
    env: {
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_SERVER_URL: github.url,
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_REF: `refs/pull/${number}/merge`,
      GH_ENTERPRISE_TOKEN: token,
    },
  })
  checkout.git('clone', '--quiet', shop.url, '.')
  return checkout
}

const comments = () => shop.records.comments.map(({ login, body }) => ({ login, body }))
const review = (checkout: Checkout, ...more: readonly string[]) =>
  checkout.conduct('-c', 'lanes.yaml', 'review', '--base', 'origin/main', '--comment', '--json', ...more)

describe('conduct review --comment', () => {
  it('keeps one comment on the pull request: written, left, changed, and taken back in words', async () => {
    const number = await shop.addPullFromFork({ from: 'else/shop', files: { a: '1' } })
    const here = job(number)
    const nothing = await review(here)
    here.write('lanes.yaml', lanes('[ana, carl]'))

    const created = await review(here, '--format', 'markdown')
    const unchanged = await review(here)
    here.write('lanes.yaml', lanes('[carl]'))
    const updated = await review(here)
    const danger = comments()
    here.write('lanes.yaml', lanes('[ana]'))
    const gone = await review(here)

    const outcomes = [nothing, created, unchanged, updated, gone].map(
      (ended) => documentOf(ended)['comment'] as { readonly outcome: string; readonly url: string },
    )
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([
      'none',
      'created',
      'unchanged',
      'updated',
      'updated',
    ])
    expect(new Set(outcomes.slice(1).map(({ url }) => url)).size).toBe(1)
    expect(documentOf(created)).toMatchObject({ markdown: expect.stringContaining('carl') })
    expect(danger).toHaveLength(1)
    expect(danger[0]?.body).toContain('CAPTAIN_REMOVED')
    expect(comments()).toEqual([
      {
        login: 'github-actions[bot]',
        body: expect.stringContaining('Nothing that lanes.yaml puts in force changes'),
      },
    ])
  })

  it('says what it may not, and judges all the same; does not take an address from the change', async () => {
    const number = await shop.addPullFromFork({ from: 'else/shop', files: { a: '1' } })
    const fork = job(number, readOnly)
    fork.write(
      'lanes.yaml',
      lanes('[carl]').replace('acme/shop.git"', 'acme/shop.git", forge: { github: "https://evil.example" }'),
    )
    const before = comments().length

    const ended = await review(fork)
    const unnamed = await openCheckout(fork.path, world).conduct('review', '--comment', '--json')
    const without = await fork.conduct('review', 'a.yaml', 'b.yaml', '--pull-request', '12', '--json')

    expect(documentOf(ended)).toMatchObject({
      comment: { outcome: 'not_written', url: null, because: expect.stringContaining('not accessible') },
      findings: expect.arrayContaining([expect.anything()]),
    })
    expect(ended.stderr).toContain('was not written')
    expect(comments()).toHaveLength(before)
    expect([documentOf(unnamed), documentOf(without)]).toMatchObject([
      { error: { code: 'USAGE' } },
      { error: { code: 'USAGE', message: expect.stringContaining('about a checkout') } },
    ])
  })

  it('keeps to the length that GitHub takes', async () => {
    const number = await shop.addPullFromFork({ from: 'else/shop', files: { a: '1' } })
    const here = job(number)
    const many = Array.from(
      { length: 250 },
      (_, at) => `  lane_${at}: { use: release_train, captains: [ana] }\n`,
    )
    here.write('lanes.yaml', lanes('[ana]') + many.join(''))

    const ended = await review(here)

    expect(documentOf(ended)['findings']).toHaveLength(500)
    expect(documentOf(ended)['comment']).toMatchObject({ outcome: 'created' })
    const { length } = shop.records.comments.at(-1)?.body ?? ''
    expect(length).toBeLessThanOrEqual(65_536)
    expect(length).toBeGreaterThan(60_000)
    expect(shop.records.comments.at(-1)?.body).toMatch(/\*\*\d+ more\*\* have no room here/)
  })
})
