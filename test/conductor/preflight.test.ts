import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createConductor } from '@conduct/conductor'
import type { Plan } from '@conduct/core'
import { type TestEstate, testEstate } from './estate.ts'

let world: TestEstate
beforeEach(async () => {
  world = await testEstate()
})
afterEach(() => world[Symbol.asyncDispose]())

const rowsOf = (plan: Plan) =>
  plan.repos.flatMap(({ repo, preflight }) =>
    preflight.map((row) => ({ ...row, name: `${row.check}:${repo}` })),
  )
const namesOf = (plan: Plan, verdict: string) =>
  rowsOf(plan)
    .filter((row) => row.verdict === verdict)
    .map(({ name }) => name)
    .sort()

const indexMigration = `class AddIndex < ActiveRecord::Migration[7.1]
  def change
    add_index :orders, :note
  end
end
`

test('an estate in order has no red and no unknown row, and looking changes nothing', async () => {
  const before = await world.snapshot()

  const plan = await createConductor(await world.conductor()).planTrain({ train: 'engine' })

  expect(rowsOf(plan).filter(({ verdict }) => verdict === 'red' || verdict === 'unknown')).toEqual([])
  expect(namesOf(plan, 'green').length).toBeGreaterThan(30)
  expect(plan.basis).toMatchObject({
    packages: [{ name: '@rehearsal/engine', version: '1.1.0', tag: 'engine-v1.1.0' }],
    consumers: [
      {
        repo: 'shop',
        adopt: { manager: 'pnpm', via: 'push' },
        deploy: { previous: expect.any(String) as string },
      },
      { repo: 'admin', adopt: { manager: 'npm', via: 'push' } },
    ],
  })
  expect(await world.snapshot()).toBe(before)
})

test('the same world gives the same plan, and another producer commit another one', async () => {
  const conductor = createConductor(await world.conductor())
  const one = await conductor.planTrain({ train: 'engine' })
  const two = await conductor.planTrain({ train: 'engine' })
  await world.push('engine', { 'NEWS.md': 'news\n' })
  const three = await conductor.planTrain({ train: 'engine' })

  expect(two.hash).toBe(one.hash)
  expect(three.hash).not.toBe(one.hash)
  expect((await conductor.readPlan(one.id.slice(0, 6))).hash).toBe(one.hash)
})

test('everything that is wrong stops the run at once, all of it listed, and nothing is changed', async () => {
  const { estate } = world
  const shop = estate.checkouts['shop'] ?? ''
  const admin = estate.checkouts['admin'] ?? ''
  const manifestOf = async (repo: string) =>
    JSON.parse(await world.read(repo, 'package.json')) as { dependencies: Record<string, string> }
  const relyingOn = async (repo: string, reference: string) =>
    JSON.stringify({ ...(await manifestOf(repo)), dependencies: { '@rehearsal/engine': reference } }, null, 2)
  const lockOfAdmin = await world.read('admin', 'package-lock.json')
  const gitLock = lockOfAdmin.replace(
    /"resolved": "[^"]*engine[^"]*"/,
    '"resolved": "git+ssh://git@example.org/acme/engine.git#5d0e1a"',
  )
  expect(gitLock).not.toBe(lockOfAdmin)
  await world.push('admin', { 'package-lock.json': gitLock, 'bin/deploy': null })
  await world.git(admin, 'pull', '--quiet')
  await world.push(
    'shop',
    { 'package.json': await relyingOn('shop', 'git+ssh://git@example.org/acme/engine.git') },
    { branch: 'try-engine' },
  )
  await world.push(
    'admin',
    { 'package.json': await relyingOn('admin', 'file:../engine') },
    { branch: 'local-engine' },
  )
  await world.push('shop', { 'db/migrate/2_index.rb': indexMigration })
  await world.git(shop, 'pull', '--quiet')
  await writeFile(join(shop, 'notes.txt'), 'mine\n')
  await world.git(admin, 'commit', '--quiet', '--allow-empty', '--message', 'not pushed')
  await world.publish({
    'package.json': JSON.stringify({
      name: '@rehearsal/engine',
      version: '1.1.0',
      type: 'module',
      exports: './index.js',
    }),
    'index.js': 'export const version = "1.1.0"\n',
  })
  const old = await world.git(estate.checkouts['engine'] ?? '', 'rev-parse', 'HEAD~1')
  await world.git((estate.remotes['engine'] ?? '').replace('file://', ''), 'tag', 'engine-v1.1.0', old)
  const manifest = JSON.parse(await world.read('engine', 'package.json')) as object
  const parts = { name: '@rehearsal/parts', version: '1.1.0' }
  await world.push('engine', {
    'package.json': JSON.stringify({
      ...manifest,
      workspaces: ['parts'],
      dependencies: { [parts.name]: `^${parts.version}` },
    }),
    'parts/package.json': JSON.stringify(parts),
    'pnpm-workspace.yaml': "packages: ['parts']\n",
  })
  const before = await world.snapshot()

  const { record, exit } = await createConductor(await world.conductor()).runTrain({
    train: 'engine',
    waitMsMax: 0,
    approve: true,
  })

  expect(exit).toBe(3)
  expect(record.stop).toMatchObject({ code: 'PREFLIGHT_REFUSED', phase: 'preflight' })
  const reds = record.plan === null ? [] : namesOf(record.plan, 'red')
  expect(reds).toEqual([
    'checkout:admin',
    'checkout:shop',
    'deploy_command:admin',
    'schema_changes:shop',
    'siblings:engine',
    'tag_free:engine',
    'unpublished_branches:admin',
    'unpublished_branches:shop',
    'unpublished_checkout:admin',
    'unpublished_main:admin',
    'version_free:engine',
  ])
  for (const name of reds) expect(record.stop?.message).toContain(name)
  for (const said of [
    'notes.txt',
    '1 unpushed on main',
    'package-lock.json',
    'git+ssh://git@example.org/acme/engine.git',
    'try-engine: package.json',
    'local-engine: package.json',
    'file:../engine',
    'bin/deploy does not exist',
    '@rehearsal/engine@1.1.0 would need @rehearsal/parts ^1.1.0',
    'VERSION_TAKEN: @rehearsal/engine@1.1.0',
    'engine-v1.1.0 stands at',
  ]) {
    expect(record.stop?.message).toContain(said)
  }
  expect(record.irreversibleDone).toBe(false)
  expect(await world.snapshot()).toBe(before)
})

test('a schema change that travels is green where the migration lane’s statistics say that its table is small', async () => {
  await world.push('shop', { 'db/migrate/2_index.rb': indexMigration, 'db/rows.json': '{"orders": 300}' })
  const lanesYaml = (text: string): string =>
    text.replace(
      /^lanes:$/m,
      'lanes:\n  migrations: { use: rails_migrations, batching: { dialect: rails, statistics: db/rows.json } }',
    )

  const [guessed, known] = [
    await createConductor(await world.conductor()).planTrain({ train: 'engine' }),
    await createConductor(await world.conductor({ lanesYaml })).planTrain({ train: 'engine' }),
  ]

  const rowIn = (plan: Plan) => rowsOf(plan).find(({ name }) => name === 'schema_changes:shop')
  expect(rowIn(guessed)).toMatchObject({ verdict: 'red', covered: '1 of 1 files' })
  expect(rowIn(known)).toMatchObject({ verdict: 'green', covered: '1 of 1 files' })
})

test('an override turns one named red into a recorded one that is part of the plan', async () => {
  await writeFile(join(world.estate.checkouts['shop'] ?? '', 'notes.txt'), 'mine\n')
  const conductor = createConductor(await world.conductor())
  const overrides = [{ check: 'checkout', repo: 'shop', reason: 'only notes' }]

  const refused = await conductor.planTrain({ train: 'engine' })
  const plan = await conductor.planTrain({ train: 'engine', overrides })

  expect(namesOf(refused, 'red')).toEqual(['checkout:shop'])
  expect(rowsOf(plan).find(({ name }) => name === 'checkout:shop')).toMatchObject({
    verdict: 'red',
    overridden: true,
  })
  expect(plan.basis.overrides).toEqual([{ ...overrides[0], by: 'ana' }])
  expect(plan.hash).not.toBe(refused.hash)
  await expect(
    conductor.planTrain({ train: 'engine', overrides: [{ check: 'chekout', repo: 'shop', reason: 'x' }] }),
  ).rejects.toMatchObject({ code: 'OVERRIDE_UNKNOWN' })
})

test('an override that is never allowed is refused before there is a run that could not finish', async () => {
  const conductor = createConductor(await world.conductor())
  const before = await conductor.listRuns()
  const overrides = [{ check: 'integrity', repo: 'engine', reason: 'it will be fine' }]

  await expect(conductor.runTrain({ train: 'engine', waitMsMax: 0, overrides })).rejects.toMatchObject({
    code: 'OVERRIDE_UNKNOWN',
    exit: 2,
  })
  expect(await conductor.listRuns()).toEqual(before)
})

test('the estate at a glance says who is behind', async () => {
  const conductor = createConductor(await world.conductor())

  const behindNobody = await conductor.estateStatus()
  await world.publish({
    'package.json': JSON.stringify({
      name: '@rehearsal/engine',
      version: '1.1.0',
      type: 'module',
      exports: './index.js',
    }),
    'index.js': 'export const version = "1.1.0"\n',
  })
  const behind = await conductor.estateStatus()

  expect(behindNobody.trains[0]).toMatchObject({
    packages: [{ name: '@rehearsal/engine', inManifest: '1.1.0', published: '1.0.0' }],
    consumers: [
      { repo: 'shop', locked: [{ package: '@rehearsal/engine', version: '1.0.0' }], isBehind: false },
      { repo: 'admin', deployed: expect.stringMatching(/^[0-9a-f]{40}$/) as string, isBehind: false },
    ],
  })
  expect(behind.trains[0]?.packages[0]?.published).toBe('1.1.0')
  expect(behind.trains[0]?.consumers.map(({ isBehind }) => isBehind)).toEqual([true, true])
  expect(behind.lanes).toEqual([{ lane: 'release_train', holders: [], waiting: 0 }])
})

test('the estate at a glance says what it could not read, and shows the rest', async () => {
  const conductor = createConductor(
    await world.conductor({ lanesYaml: (text) => text.replace('remotes/shop.git', 'remotes/gone.git') }),
  )

  const { trains } = await conductor.estateStatus()

  expect(trains[0]?.consumers).toMatchObject([
    {
      repo: 'shop',
      head: null,
      isBehind: null,
      unknown: expect.stringContaining('REMOTE_UNREACHABLE') as string,
    },
    { repo: 'admin', isBehind: false, unknown: null },
  ])
  expect(trains[0]).toMatchObject({ producer: 'engine', unknown: null })

  const unread = createConductor(
    await world.conductor({ lanesYaml: (text) => text.replace('remotes/engine.git', 'remotes/gone.git') }),
  )
  const [train] = (await unread.estateStatus()).trains
  expect(train).toMatchObject({
    producer: 'engine',
    unknown: expect.stringContaining('REMOTE_UNREACHABLE') as string,
    packages: [],
    consumers: [{ repo: 'shop' }, { repo: 'admin', isBehind: null }],
  })
})
