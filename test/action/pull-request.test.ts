import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type GithubDouble, type RepositoryDouble, startGithub } from '@conduct/rehearsal/forge'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { conduct, temporaryFolder } from '../e2e/conduct-process.ts'
import type { Step } from './runner/action-file.ts'
import type { JobResult } from './runner/job.ts'
import { runJob, use } from './start-job.ts'

/** Jobs of `pull_request` against the double of GitHub: the event's variables, a checkout with all of the history. */
const token = 'ghs_0123456789abcdefghijABCDEFGHIJ012345'
const forkToken = 'ghs_9876543210abcdefghijABCDEFGHIJ012345'
const migration = 'db/migrate/20260101000000_add_x.rb'
const folder = temporaryFolder()
let github: GithubDouble
let shop: RepositoryDouble

const rules = (captains: string): string => `version: 1
estate: judged
store: sqlite:${join(folder.path, 'store.db')}
people: { ana: { forge: ana-acme }, carl: { forge: carl } }
repos: { shop: { remote: ${shop.url}, forge: { github: "${github.url}" } } }
lanes:
  backend_migration: { use: rails_migrations, captains: ${captains}, scope: repo }
`

beforeAll(async () => {
  github = await startGithub()
  github.addToken(token, { login: 'github-actions[bot]', kind: 'workflow', scopes: null })
  github.addToken(forkToken, { login: 'fork[bot]', kind: 'workflow', scopes: null })
  shop = await github.createRepository('acme/shop')
  shop.records.access.set('github-actions[bot]', 'write')
  shop.records.access.set('fork[bot]', 'read')
  await shop.commit('main', { 'lanes.yaml': rules('[carl]'), 'db/migrate/1.rb': '# x\n' })
})

afterAll(async () => {
  await github[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

let jobs = 0

async function runFor(number: number, steps: readonly Step[], own = token): Promise<JobResult> {
  jobs += 1
  const place = join(folder.path, `job-${jobs}`)
  const workspace = join(place, 'shop')
  mkdirSync(place)
  const git = (...args: readonly string[]) => execFileSync('git', [...args], { cwd: place, stdio: 'pipe' })
  git('clone', '--quiet', shop.url, 'shop')
  git('-C', 'shop', 'fetch', '--quiet', 'origin', `pull/${number}/head`)
  git('-C', 'shop', 'checkout', '--quiet', 'FETCH_HEAD')
  const env = {
    GITHUB_SERVER_URL: github.url,
    GITHUB_REF: `refs/pull/${number}/merge`,
    GITHUB_BASE_REF: 'main',
    GITHUB_EVENT_NAME: 'pull_request',
    NO_COLOR: '1',
  }
  return runJob({ folder: place, workspace, steps, env, github: { token: own } })
}

const guard = use('guard', {}, { id: 'guard' })
const review = use('review', {}, { id: 'review' })
const carl = (...words: readonly string[]) => {
  const cwd = join(folder.path, 'carl')
  mkdirSync(cwd, { recursive: true })
  const config = folder.write('rules.yaml', rules('[carl]'))
  return conduct(['--as', 'cli:carl', '-c', config, ...words], { cwd })
}

it('guard: a pull request is stopped naming the holder, with annotation, status and the command; with the lane it passes', async () => {
  const number = await shop.addPullFromFork({ from: 'ana-acme/shop', files: { [migration]: '# x\n' } })
  const unrelated = await shop.addPullFromFork({ from: 'ana-acme/shop', files: { 'a.rb': '# x\n' } })
  await carl('lane', 'acquire', 'backend_migration', '--repo', 'shop', '--task', 'ABC-1')

  const fork = await runFor(number, [guard], forkToken)
  const stopped = await runFor(number, [guard])
  const other = await runFor(unrelated, [guard])
  await carl('lane', 'release', 'backend_migration')
  await carl('lane', 'acquire', 'backend_migration', '--repo', 'shop', '--task', `shop#${number}`)
  const passed = await runFor(number, [guard])

  expect([stopped, fork, other, passed].map(({ conclusion }) => conclusion)).toEqual([
    'failure',
    'failure',
    'success',
    'success',
  ])
  expect(stopped.steps['guard']?.outputs).toMatchObject({
    outcome: 'held_by_other',
    lanes: 'backend_migration',
    held_by: expect.stringMatching(/^cli:carl@/),
  })
  expect(stopped.log).toMatch(
    /^::error file=db\/migrate\/20260101000000_add_x.rb,line=1,title=lane backend_migration::.*carl/m,
  )
  expect(stopped.log).toContain(`lane acquire backend_migration --repo shop --until-merged 'shop#${number}'`)
  expect(stopped.summary).toMatch(/`shop#\d+` ⛔ is stopped[^]*held by `cli:carl@.*for `ABC-1`[^]*To take it/)
  expect(fork.steps['guard']?.outputs['outcome']).toBe('held_by_other')
  expect(fork.log).toContain('The commit status was not written')
  expect(other.summary).toContain('needs no lane')
  expect(passed.steps['guard']?.outputs).toMatchObject({ outcome: 'clear', held_by: '' })
  expect(shop.records.statuses.map(({ context, state }) => [context, state])).toEqual([
    ['conduct-guard', 'failure'],
    ['conduct-guard', 'success'],
    ['conduct-guard', 'success'],
  ])
})

it('review: a change of lanes.yaml gets one comment, that later runs change; a fork gets it in the summary', async () => {
  const files = { 'lanes.yaml': rules('[carl, ana]') }
  const number = await shop.addPullFromFork({ from: 'ana-acme/shop', files })

  const fork = await runFor(number, [review], forkToken)
  const first = await runFor(number, [review])
  const again = await runFor(number, [review])

  const results = [fork, first, again].map(({ conclusion, steps }) => {
    const { outcome, comment } = steps['review']?.outputs ?? {}
    return { conclusion, outcome, comment }
  })
  const [{ outcome, conclusion }] = results as [(typeof results)[number]]
  expect(results.map(({ comment }) => comment)).toEqual(['not_written', 'created', 'unchanged'])
  expect(results.every((one) => one.outcome === outcome && one.conclusion === conclusion)).toBe(true)
  expect(fork.summary).toContain('What this change to lanes.yaml means')
  expect(fork.summary).toContain('The comment on the pull request was not written')
  expect(shop.records.comments.map(({ number: at, login }) => [at, login])).toEqual([
    [number, 'github-actions[bot]'],
  ])
  expect(shop.records.comments[0]?.body).toContain('ana')
})

it('review: a danger fails the job unless it shall not; a lanes.yaml that is wrong is said at its line', async () => {
  const open = (text: string) =>
    shop.addPullFromFork({ from: 'ana-acme/shop', files: { 'lanes.yaml': text } })
  const narrowed = rules('[carl], triggers: { paths: ["db/nothing/**"] }')
  const danger = await open(narrowed)
  const broken = await open(rules('[carl, nobody]'))

  const failed = await runFor(danger, [review])
  const tolerated = await runFor(danger, [use('review', { fail_on_danger: 'false' }, { id: 'review' })])
  const wrong = await runFor(broken, [review])

  expect([failed, tolerated, wrong].map(({ conclusion }) => conclusion)).toEqual([
    'failure',
    'success',
    'failure',
  ])
  expect([failed, tolerated].map(({ steps }) => steps['review']?.outputs['outcome'])).toEqual([
    'danger',
    'danger',
  ])
  expect(failed.log).toMatch(/^::error file=lanes.yaml,line=7,col=\d+,title=TRIGGER_NARROWED::/m)
  expect(tolerated.log).toMatch(/^::warning file=lanes.yaml,line=7,col=\d+,title=TRIGGER_NARROWED::/m)
  expect(wrong.steps['review']?.outputs).toMatchObject({ outcome: 'error', error: 'CONFIG_INVALID' })
  expect(wrong.log).toMatch(/^::error file=lanes.yaml,line=7,col=\d+,title=LANE_UNKNOWN_PERSON::/m)
})
