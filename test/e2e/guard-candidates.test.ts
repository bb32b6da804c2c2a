import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { documentOf, temporaryFolder } from './conduct-process.ts'
import { type Checkout, guardedLanes, initCheckout, makeWorld } from './guarded-repository.ts'

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())
const candidates = 'candidates: { shared_seeds: { paths: ["db/seeds/**"], incidents: ["https://i/60"] } }\n'
const world = makeWorld(folder.path, { more: candidates })

function clone(name: string, branch: string): Checkout {
  const shop = initCheckout(join(folder.path, name), world)
  shop.git('switch', '--quiet', '--create', branch)
  return shop
}

function stage(shop: Checkout, path: string): void {
  shop.write(path, `# ${path}\n`)
  shop.git('add', path)
}

it('counts two people in a candidate’s paths once, stops nobody, and stats say when it has bitten twice', async () => {
  const [ana, carl] = [clone('ana', 'a'), clone('carl', 'c')]
  stage(ana, 'db/seeds/a.rb')
  stage(carl, 'db/seeds/c.rb')

  const alone = await ana.conduct('--as', 'ana', 'guard', '--staged', '--json')
  const counted = await carl.conduct('--as', 'carl', 'guard', '--staged', '--json')
  const again = await carl.conduct('--as', 'carl', 'guard', '--staged')
  const once = await carl.conduct('lane', 'stats', '--json')
  carl.git('commit', '--quiet', '--message', 'c')
  carl.git('switch', '--quiet', '--create', 'second')
  stage(carl, 'db/seeds/d.rb')
  await carl.conduct('--as', 'carl', 'guard', '--staged')
  const stats = await carl.conduct('lane', 'stats')
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
