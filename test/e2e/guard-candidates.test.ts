import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { documentOf, type Ended, temporaryFolder } from './conduct-process.ts'
import { type Checkout, guardedLanes, initCheckout, makeWorld } from './guarded-repository.ts'
import { storePlaces } from './store-places.ts'

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())
const candidates = 'candidates: { shared_seeds: { paths: ["db/seeds/**"], incidents: ["https://i/60"] } }\n'
const world = makeWorld(folder.path, { more: candidates })

function clone(name: string, branch: string, inWorld = world): Checkout {
  const shop = initCheckout(join(folder.path, name), inWorld)
  shop.git('switch', '--quiet', '--create', branch)
  return shop
}

function stage(shop: Checkout, path: string): void {
  shop.write(path, `# ${path}\n`)
  shop.git('add', path)
}

/** Of candidates; the file has a finding of its own. */
function codesIn(ended: Ended): readonly string[] {
  const findings = documentOf(ended)['findings'] as readonly { readonly code: string }[]
  return findings.map(({ code }) => code).filter((code) => code.startsWith('CANDIDATE'))
}

it('counts two people in a candidate’s paths once, stops nobody, and stats say when it has bitten twice', async () => {
  const [ana, carl] = [clone('ana', 'a'), clone('carl', 'c')]
  stage(ana, 'db/seeds/a.rb')
  stage(carl, 'db/seeds/c.rb')

  const alone = await ana.conduct('--as', 'ana', 'guard', '--staged', '--json')
  const counted = await carl.conduct('--as', 'carl', 'guard', '--staged', '--json')
  const again = await carl.conduct('--as', 'carl', 'guard', '--staged')
  const once = await carl.conduct('lane', 'stats', '--json')
  const unbitten = await carl.conduct('check', '--json')
  carl.git('commit', '--quiet', '--message', 'c')
  carl.git('switch', '--quiet', '--create', 'second')
  stage(carl, 'db/seeds/d.rb')
  await carl.conduct('--as', 'carl', 'guard', '--staged')
  const stats = await carl.conduct('lane', 'stats')
  const checked = await carl.conduct('check')
  ana.git('commit', '--quiet', '--message', 'a')
  carl.git('fetch', '--quiet', ana.path, 'a')
  carl.git('switch', '--quiet', '--create', 'on-top', 'FETCH_HEAD')
  stage(carl, 'db/seeds/e.rb')
  const builtOn = await carl.conduct('--as', 'carl', 'guard', '--staged', '--json')

  expect([alone, counted, again, builtOn].map(({ exit }) => exit)).toEqual([0, 0, 0, 0])
  expect(documentOf(alone)).toMatchObject({
    verdict: 'clear',
    store: 'not_asked',
    candidates: [{ candidate: 'shared_seeds', outcome: 'alone', conflicts: [] }],
  })
  expect(documentOf(counted)['candidates']).toMatchObject([
    {
      because: [{ rule: 'db/seeds/**', match: 'db/seeds/c.rb' }],
      outcome: 'counted',
      conflicts: [
        {
          repo: 'shop',
          between: [
            { person: 'ana', branch: 'a' },
            { person: 'carl', branch: 'c' },
          ],
        },
      ],
    },
  ])
  expect(again.stdout).toContain(
    'shared_seeds is no lane yet; ana changed it too within a day, which was counted before',
  )
  expect(documentOf(once)['candidates']).toMatchObject([
    {
      candidate: 'shared_seeds',
      incidents: 1,
      counted: 1,
      conflicts: [{ repo: 'shop' }],
      bitten_twice: false,
    },
  ])
  expect(stats.stdout).toContain('carl on second (db/seeds/d.rb)')
  expect(stats.stdout).toContain('It has bitten twice')
  expect(codesIn(unbitten)).toEqual([])
  expect(checked.exit).toBe(0)
  expect(checked.stdout).toContain('candidate "shared_seeds" has bitten twice, as the guard counted')
  expect(checked.stdout).toMatch(/lanes\.yaml:9:\d+/)
  expect(documentOf(builtOn)['candidates']).toMatchObject([{ outcome: 'alone' }])
})

it('passes where nothing can be counted, and says so', async () => {
  const shop = clone('lonely', 'x')
  const file = join(folder.path, 'gone.yaml')
  writeFileSync(file, guardedLanes('postgres://ana@127.0.0.1:9/none', candidates))
  stage(shop, 'db/seeds/a.rb')

  const passed = await shop.conduct('-c', file, 'guard', '--staged', '--json')

  expect(passed.exit).toBe(0)
  expect(documentOf(passed)).toMatchObject({
    verdict: 'clear',
    candidates: [{ outcome: 'not_counted', problem: expect.any(String) as string }],
  })
})

it('counts on Postgres what three people change at once there, each once, and both commands say so', async () => {
  await using place = await storePlaces.postgres()
  const home = join(folder.path, 'on-postgres')
  mkdirSync(home)
  const made = makeWorld(home, { more: candidates, store: place.url })
  const inWorld = { ...made, env: { ...made.env, ...place.env } }
  const crew = ['ana', 'carl', 'fleet'].map((name) => ({
    name,
    shop: clone(join('on-postgres', name), name, inWorld),
  }))
  for (const { name, shop } of crew) stage(shop, `db/seeds/${name}.rb`)
  const look = () =>
    Promise.all(crew.map(({ name, shop }) => shop.conduct('--as', name, 'guard', '--staged', '--json')))

  const first = await look()
  const again = await look()
  const [shop] = crew.map((each) => each.shop)
  const stats = await shop?.conduct('lane', 'stats', '--json')
  const checked = await shop?.conduct('check', '--json')

  expect([...first, ...again].map(({ exit }) => exit)).toEqual(Array(6).fill(0))
  // Three people are three pairs, whoever came first.
  expect(stats === undefined ? null : documentOf(stats)['candidates']).toMatchObject([
    { counted: 3, bitten_twice: true },
  ])
  expect(checked === undefined ? null : documentOf(checked)).toMatchObject({
    exit: 0,
    findings: [{}, { code: 'CANDIDATE_BITTEN_TWICE', severity: 'warning', line: 9 }],
  })
})

it('check says that it does not know what was counted where the store is away, and makes no store to look into', async () => {
  const shop = clone('away', 'x')
  const [gone, none] = ['gone-check.yaml', 'none-check.yaml'].map((name) => join(folder.path, name))
  const unused = join(folder.path, 'never', 'state.db')
  writeFileSync(gone ?? '', guardedLanes('postgres://ana@127.0.0.1:9/none', candidates))
  writeFileSync(none ?? '', guardedLanes(`sqlite:${unused}`, candidates))

  const [away, empty] = [
    await shop.conduct('-c', gone ?? '', 'check', '--json'),
    await shop.conduct('-c', none ?? '', 'check', '--json'),
  ]

  expect([away, empty].map(codesIn)).toEqual([[], []])
  expect(documentOf(away)).toMatchObject({
    exit: 0,
    unknown: [expect.stringContaining('candidates')],
  })
  expect(empty.exit).toBe(0)
  expect(existsSync(unused)).toBe(false)
})
