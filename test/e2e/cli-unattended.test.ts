import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type GithubDouble, type RepositoryDouble, startGithub } from '@conduct/rehearsal/forge'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { conduct, documentOf, temporaryFolder } from './conduct-process.ts'

/** Leases without a process behind them: what keeps them, and what ends them. */
const token = 'ghp_0123456789abcdefghijABCDEFGHIJ012345'

let folder: ReturnType<typeof temporaryFolder>
let github: GithubDouble
let shop: RepositoryDouble

beforeAll(async () => {
  folder = temporaryFolder()
  github = await startGithub()
  github.addToken(token, { login: 'ana-acme', kind: 'user', scopes: ['repo'] })
  shop = await github.createRepository('acme/shop')
  await shop.commit('main', { 'README.md': 'shop\n' })
  shop.records.access.set('ana-acme', 'write')
  const forge = `{ github: ${JSON.stringify(github.url)} }`
  folder.write(
    'lanes.yaml',
    `version: 1
estate: acme
store: sqlite:${join(folder.path, 'store', 'state.db')}
people: { ana: {}, carl: {} }
repos:
  shop: { remote: ${shop.url}, forge: ${forge} }
  admin: { remote: "file:///srv/acme/admin.git", forge: none }
lanes:
  backend_migration: { use: rails_migrations, captains: [carl], scope: repo }
  docs:
    purpose: The site is published by one at a time.
    scope: repo
    lease: { ttl: 10s, renew: 100ms, margin: 1s }
    captains: [ana]
    triggers: { paths: ["docs/**"] }
    justification: { irreversible: true, signed_off_by: ana }
  release_train: { use: release_train, captains: [carl] }
trains:
  shop:
    lane: release_train
    producer: { repo: shop }
    consumers: [{ repo: admin, deploy: { strategy: none } }]
`,
  )
})

afterAll(async () => {
  await github[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

function at(name: string) {
  const cwd = join(folder.path, name)
  mkdirSync(cwd, { recursive: true })
  const env = { XDG_STATE_HOME: join(folder.path, 'state'), USER: name, GH_ENTERPRISE_TOKEN: token }
  return (...words: readonly string[]) => conduct(['--as', `cli:${name}`, '--json', ...words], { cwd, env })
}

async function openPull(): Promise<number> {
  return shop.addPullFromFork({ from: 'ana/shop', files: { [`${shop.records.pulls.length}`]: 'change' } })
}

const acquire = ['lane', 'acquire', 'backend_migration', '--repo']

describe('a lease that lives with a pull request', () => {
  test('is kept while that is open, and goes to whoever asks next once it is merged', async () => {
    const [ana, carl] = [at('ana'), at('carl')]
    const number = await openPull()

    const taken = documentOf(await ana(...acquire, 'shop', '--until-merged', `shop#${number}`))
    const held = documentOf(await carl(...acquire, 'shop'))
    const shown = documentOf(await carl('lane', 'show', 'backend_migration'))
    await shop.mergePull(number)
    const next = documentOf(await carl(...acquire, 'shop'))

    const text = `shop#${number}`
    expect(taken).toMatchObject({
      outcome: 'granted',
      expires_at: null,
      until_merged: text,
      unattended: true,
    })
    expect(held).toMatchObject({ outcome: 'queued', holder: { until_merged: text } })
    expect(shown['holders']).toMatchObject([{ until_merged: text, expires_at: null }])
    expect(next).toMatchObject({ outcome: 'granted' })
    expect(next['token']).toBeGreaterThan(Number(taken['token']))
    await carl('lane', 'release', 'backend_migration')
  })

  test('is shown as it is: free once that is closed, held and said to be unknown while the forge is silent', async () => {
    const ana = at('ana')
    const number = await openPull()
    await ana(...acquire, 'shop')
    await ana(...acquire, 'shop', '--until-merged', `${github.url}/acme/shop/pull/${number}`)

    await shop.closePull(number)
    github.misbehave(() => ({ fault: 'status', status: 403 }))
    const silent = await ana('lane', 'show', 'backend_migration')
    github.misbehave(null)
    const seen = await ana('lane', 'list')

    expect(documentOf(silent)['holders']).toMatchObject([{ until_merged: `shop#${number}` }])
    expect(silent.stderr).toContain(`Nobody knows whether shop#${number} is open`)
    expect(documentOf(seen)['lanes']).toMatchObject([{ lane: 'backend_migration', holders: [] }, {}, {}])
  })

  test('needs a pull request that is open', async () => {
    const ana = at('ana')
    const number = await openPull()
    await shop.closePull(number)

    const answers = []
    for (const name of [`shop#${number}`, 'shop#99999', 'shpo#1']) {
      const ended = await ana(...acquire, 'shop', '--until-merged', name)
      answers.push([ended.exit, (documentOf(ended)['error'] as { code: string }).code])
    }

    expect(answers).toEqual([
      [13, 'PULL_REQUEST_OVER'],
      [4, 'PULL_REQUEST_UNKNOWN'],
      [2, 'USAGE'],
    ])
    const batch = await ana('batch', 'write', 'turn-1', '--until-merged', `shop#${number}`)
    expect([batch.exit, (documentOf(batch)['error'] as { message: string }).message]).toEqual([
      2,
      '--until-merged goes with --claim',
    ])
    expect(documentOf(await ana('lane', 'show', 'backend_migration'))['holders']).toEqual([])
  })
})

test('a pull request that is gone ends nothing by itself: it is said, with what a captain types, and that ends it', async () => {
  const [ana, carl] = [at('ana'), at('carl')]
  const number = await openPull()
  const taken = documentOf(
    await ana('lane', 'acquire', 'docs', '--repo', 'shop', '--until-merged', `shop#${number}`),
  )
  shop.records.pulls.splice(
    shop.records.pulls.findIndex((pull) => pull.number === number),
    1,
  )

  const shown = await carl('lane', 'show', 'docs')
  const typed = /conduct\S* (?:-c \S+ )?lane force-release (.*)$/m.exec(shown.stderr)?.[1] ?? ''
  const forced = await ana('lane', 'force-release', ...wordsOf(typed))
  const after = documentOf(await carl('lane', 'show', 'docs'))

  expect(documentOf(shown)['holders']).toMatchObject([{ until_merged: `shop#${number}` }])
  expect(shown.stderr).toContain(`Nobody knows whether shop#${number} is open`)
  expect(typed).toBe(`docs --token ${String(taken['token'])} --reason "shop#${number} is gone"`)
  expect(forced.exit).toBe(0)
  expect(after['holders']).toEqual([])
  await ana('lane', 'list')
})

function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}

test('a run finds its lane free once the pull request that had it is merged, and held before', async () => {
  const [ana, carl] = [at('ana'), at('carl')]
  const number = await openPull()
  const all = ['lane', 'acquire', 'release_train', '--repo', 'shop', '--repo', 'admin']
  await carl(...all, '--until-merged', `shop#${number}`)

  const held = await ana('run', 'shop', '--no-queue')
  await shop.mergePull(number)
  const free = await ana('run', 'shop', '--no-queue')

  expect(held.exit).toBe(10)
  // It has the lane, and is stopped by a repository that is nowhere.
  expect(free.exit).not.toBe(10)
  expect(documentOf(free)).toMatchObject({
    lane: { name: 'release_train', token: expect.any(Number) as number },
  })
})

test('batch write --claim --until-merged holds the lane for its batch while that pull request is open, and no longer', async () => {
  const [ana, carl] = [at('planner'), at('carl')]
  const cwd = join(folder.path, 'planner')
  const git = (...words: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=Ana', '-c', 'user.email=ana@acme.example', ...words], { cwd })
  git('clone', '--quiet', shop.url, '.')
  for (const [index, name] of ['one', 'two'].entries()) {
    git('switch', '--quiet', '--create', `feat/${name}`, 'origin/main')
    const file = join('db', 'migrate', `2026010${index + 1}000000_create_${name}.rb`)
    mkdirSync(join(cwd, 'db', 'migrate'), { recursive: true })
    writeFileSync(
      join(cwd, file),
      `class Create${name === 'one' ? 'One' : 'Two'} < ActiveRecord::Migration[7.1]\n  def change\n    create_table(:${name}) { |t| t.text :x }\n  end\nend\n`,
    )
    git('add', '.')
    git('commit', '--quiet', '--no-verify', '--message', name)
  }
  git('switch', '--quiet', '--detach', 'origin/main')
  const number = await openPull()

  const written = await ana(
    'batch',
    'write',
    'turn-1',
    '--branch',
    'feat/*',
    '--base',
    'origin/main',
    '--repo',
    'shop',
    '--lane',
    'backend_migration',
    '--claim',
    '--until-merged',
    `shop#${number}`,
  )
  const batch = documentOf(written)
  const during = documentOf(await carl(...acquire, 'shop', '--no-queue'))
  await shop.mergePull(number)
  const after = documentOf(await carl(...acquire, 'shop', '--no-queue'))

  expect(written.exit).toBe(0)
  expect(batch).toMatchObject({ outcome: 'written', lane: { name: 'backend_migration' } })
  expect(during).toMatchObject({
    outcome: 'refused',
    holder: { until_merged: `shop#${number}`, task: expect.stringContaining('batch') as string },
  })
  expect(after).toMatchObject({ outcome: 'granted' })
  await carl('lane', 'release', 'backend_migration')
})

test('any lane command of the holder renews what it holds, and nobody else’s does', async () => {
  const [ana, carl] = [at('ana'), at('carl')]
  const end = async () => {
    const { holders } = documentOf(await carl('lane', 'show', 'docs')) as {
      holders: { expires_at: string }[]
    }
    return Date.parse(holders[0]?.expires_at ?? '')
  }
  await ana('lane', 'acquire', 'docs', '--repo', 'admin')

  const first = await end()
  const untouched = await end()
  await ana('lane', 'list')
  const renewed = await end()

  expect(untouched - first).toBeLessThan(50)
  expect(renewed - first).toBeGreaterThanOrEqual(100)
})

test('a lease that is kept with a process is renewed until that is gone; one that does not run is refused first', async () => {
  const ana = at('ana')
  const job = spawn('sleep', ['600'])
  const refused = await ana('lane', 'acquire', 'docs', '--repo', 'shop', '--keep-with', '999999999')

  const kept = documentOf(await ana('lane', 'acquire', 'docs', '--repo', 'shop', '--keep-with', `${job.pid}`))
  const before = isRunning(Number(kept['kept_by_process']))
  job.kill('SIGKILL')
  while (isRunning(Number(kept['kept_by_process']))) await setTimeout(100)
  await ana('lane', 'release', 'docs')

  expect(documentOf(refused)).toMatchObject({ error: { code: 'USAGE' } })
  expect(kept).toMatchObject({ outcome: 'granted', kept_for_process: job.pid })
  expect(before).toBe(true)
})

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('issues are work items in the words of their labels, from what is next to what is done', async () => {
  const ana = at('ana')
  const yaml = readFileSync(join(folder.path, 'lanes.yaml'), 'utf8')
  const config = folder.write(
    'issues.yaml',
    `${yaml}tasks: { repo: shop, states: [Todo, "In progress", Review] }\n`,
  )
  const number = shop.addIssue('Invoices by mail', ['Todo', 'customer'])
  const id = `shop#${number}`

  const next = documentOf(await ana('-c', config, 'task', 'next'))
  const move = ['task', 'move', String(number), '--to', 'In progress', '--from', 'Todo', '--only-if-moved']
  const moved = documentOf(await ana('-c', config, ...move))
  const again = await ana('-c', config, ...move)
  const taken = await ana('-c', config, ...acquire, 'admin', '--task', id)
  const done = documentOf(await ana('-c', config, 'task', 'done', id))

  expect(next).toMatchObject({ outcome: 'found', task: id, state: 'Todo', to: 'In progress' })
  expect(next['move']).toContain(`task move '${id}' --to 'In progress' --from Todo --only-if-moved`)
  expect(moved).toMatchObject({ task: id, outcome: 'moved', from: 'Todo', guarded: true })
  expect([again.exit, documentOf(again)['outcome'], taken.exit]).toEqual([13, 'already', 0])
  expect(done).toMatchObject({ outcome: 'moved', from: 'In progress', released: ['backend_migration'] })
  expect(shop.records.issues.find((issue) => issue.number === number)).toMatchObject({
    state: 'closed',
    labels: ['customer'],
  })
})
