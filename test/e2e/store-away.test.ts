import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { documentOf, temporaryFolder } from './conduct-process.ts'
import {
  type Checkout,
  guardedLanes,
  initCheckout,
  makeWorld,
  openCheckout,
  type World,
} from './guarded-repository.ts'

/** `store_policy: open`, with a store that is really gone for a while and comes back. */
const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())
const migration = 'db/migrate/20260101000000_add_x.rb'

interface AwayEstate {
  readonly world: World
  readonly shop: Checkout
  readonly notes: () => readonly string[]
  readonly goAway: () => void
  readonly comeBack: () => void
}

/** An estate of its own per test: its own state folder, its own store in a bare repository. */
function makeEstate(name: string, policy = 'open'): AwayEstate {
  const place = join(folder.path, name)
  mkdirSync(place)
  const bare = join(place, 'lanes.git')
  execFileSync('git', ['init', '--quiet', '--bare', bare])
  const made = makeWorld(place, { store: `git+file://${bare}` })
  // A store in git is told once a minute at most that somebody still works.
  const lease = 'lease: { ttl: 4h, renew: 60s, margin: 12m }'
  const yaml = guardedLanes(`git+file://${bare}`)
    .replace('scope: repo }', `scope: repo, store_policy: ${policy}, ${lease} }`)
    .replace('captains: [ana] }', `captains: [ana], ${lease} }`)
  writeFileSync(made.config, yaml)
  const shop = initCheckout(join(place, 'shop'), made)
  const notes = join(made.env['XDG_STATE_HOME'] ?? '', 'conduct', 'guarded', 'proceeded')
  return {
    world: made,
    shop,
    notes: () => (existsSync(notes) ? readdirSync(notes) : []),
    goAway: () => renameSync(bare, `${bare}.away`),
    comeBack: () => renameSync(`${bare}.away`, bare),
  }
}

function stageMigration(shop: Checkout): void {
  shop.write(migration, '# new\n')
  shop.git('add', migration)
}

async function proceededOf(shop: Checkout, lane = 'backend_migration'): Promise<readonly unknown[]> {
  const history = await shop.conduct('lane', 'history', lane, '--verify', '--json')
  expect(history.exit).toBe(0)
  const { records } = documentOf(history) as { records: readonly { proceeded?: unknown }[] }
  return records.flatMap(({ proceeded }) => (proceeded === undefined ? [] : [proceeded]))
}

it('a change that is let pass is noted, and the next command that reaches the store brings it into the history, once', async () => {
  const { shop, notes, goAway, comeBack } = makeEstate('open')
  stageMigration(shop)
  goAway()

  const passed = await shop.conduct('guard', '--staged')
  const again = await shop.conduct('guard', '--staged', '--json')
  const during = await shop.conduct('lane', 'show', 'backend_migration', '--json')
  const waiting = notes()
  comeBack()
  const refused = await shop.conduct('guard', '--staged', '--json')
  const after = await proceededOf(shop)
  const shown = await shop.conduct('lane', 'history', 'backend_migration')

  expect([passed, again, during].map(({ exit }) => exit)).toEqual([0, 0, 30])
  expect(passed.stdout).toContain('the next command that reaches the store brings it into the lane')
  expect(documentOf(again)).toMatchObject({ verdict: 'clear', store: 'unreachable', noted: true })
  expect(waiting).toHaveLength(1)
  expect(refused.exit).toBe(12)
  expect(refused.stderr).toMatch(
    /lane backend_migration: caught up, guard: proceeded without the store 2 times/,
  )
  expect(notes()).toEqual([])
  expect(after).toMatchObject([
    {
      work: 'guard',
      by: expect.stringMatching(/^cli:.*#shop$/) as string,
      resources: ['shop'],
      matches: [migration],
      times: 2,
    },
  ])
  expect(shown.stdout).toContain(`guard: proceeded without the store 2 times since`)
})

it('a command runs without the lane under exec, and its exit code is passed on', async () => {
  const { shop, goAway, comeBack } = makeEstate('exec')
  goAway()

  const ran = await shop.conduct(
    'exec',
    'backend_migration',
    '--repo',
    'shop',
    '--json',
    '--',
    'sh',
    '-c',
    'exit 3',
  )
  const closed = await shop.conduct('exec', 'release_train', '--repo', 'shop', '--json', '--', 'touch', 'ran')
  comeBack()
  const proceeded = await proceededOf(shop)

  expect(ran.exit).toBe(3)
  expect(documentOf(ran)).toMatchObject({
    outcome: 'store_unreachable',
    ran: true,
    token: null,
    command_exit: 3,
    noted: true,
  })
  expect(ran.stderr).toContain('runs without lane backend_migration')
  expect(closed.exit).toBe(30)
  expect(existsSync(join(shop.path, 'ran'))).toBe(false)
  expect(proceeded).toMatchObject([{ work: 'exec', matches: ['sh'], times: 1 }])
})

it('control: with store_policy closed nothing passes and nothing is noted', async () => {
  const { shop, notes, goAway } = makeEstate('closed', 'closed')
  stageMigration(shop)
  goAway()

  const [guard, exec] = [
    await shop.conduct('guard', '--staged', '--json'),
    await shop.conduct('exec', 'backend_migration', '--repo', 'shop', '--json', '--', 'touch', 'ran'),
  ]

  expect([guard.exit, exec.exit]).toEqual([30, 30])
  expect(existsSync(join(shop.path, 'ran'))).toBe(false)
  expect(notes()).toEqual([])
})

it('says that it goes on where it cannot even be noted', async () => {
  const { shop, world, goAway } = makeEstate('unnoted')
  stageMigration(shop)
  goAway()
  writeFileSync(join(shop.path, 'state'), 'a file, and no folder')

  const env = { XDG_STATE_HOME: join(shop.path, 'state') }
  const passed = await openCheckout(shop.path, world, { env }).conduct('guard', '--staged')

  expect(passed.exit).toBe(0)
  expect(passed.stdout).toContain('could not be noted')
})

it('in a CI job plain sqlite is no store: what can be undone runs and says so, the rest is refused', async () => {
  const { shop, world } = makeEstate('disabled')
  const file = join(shop.path, 'plain.yaml')
  writeFileSync(file, guardedLanes('sqlite'))
  const inCi = openCheckout(shop.path, world, { env: { CI: 'true' } })
  const exec = (lane: string) =>
    inCi.conduct('-c', file, 'exec', lane, '--repo', 'shop', '--json', '--', 'true')

  const [undoable, irreversible] = [await exec('backend_migration'), await exec('release_train')]

  expect(undoable.exit).toBe(0)
  expect(documentOf(undoable)).toMatchObject({ outcome: 'store_disabled', ran: true })
  expect(undoable.stderr).toContain('The store is disabled here')
  expect(irreversible.exit).toBe(2)
  expect(documentOf(irreversible)).toMatchObject({ error: { code: 'STORE_DISABLED' } })
})

it('who asks for a lane learns beside the failure whether work may go on without it', async () => {
  const answers = await Promise.all(
    (['open', 'closed'] as const).map(async (policy) => {
      const { shop, goAway } = makeEstate(`acquire-${policy}`, policy)
      goAway()
      return documentOf(
        await shop.conduct('lane', 'acquire', 'backend_migration', '--repo', 'shop', '--json'),
      )
    }),
  )

  const failure = { exit: 30, store: 'unreachable', error: { code: 'STORE_UNREACHABLE' } }
  expect(answers).toMatchObject([
    { ...failure, may_proceed: true },
    { ...failure, may_proceed: false },
  ])
})
