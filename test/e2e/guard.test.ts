import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { documentOf, temporaryFolder } from './conduct-process.ts'
import { type Checkout, guardedLanes, initCheckout, makeWorld, openCheckout } from './guarded-repository.ts'

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())
const world = makeWorld(folder.path)
const migration = 'db/migrate/20260101000000_add_x.rb'
let count = 0

/** A checkout of its own per test, so that they may run at once. */
function checkout(): Checkout {
  count += 1
  return initCheckout(join(folder.path, `shop-${count}`), world)
}

/** As it is pasted into a new shell, anywhere. */
function typed(line: string): string {
  return spawnSync('sh', ['-c', line], { cwd: '/', env: world.env, encoding: 'utf8' }).stdout
}

function stage(shop: Checkout, name: string): void {
  shop.write(name, `# ${name}\n`)
  shop.git('add', name)
}

describe.concurrent('conduct guard', () => {
  it('refuses what is staged without the lane, with the command that takes it; that, typed as it stands, lets it pass', async () => {
    const shop = checkout()
    shop.git('config', 'conduct.repo', 'admin')
    stage(shop, migration)

    const refused = await shop.conduct('guard', '--staged', '--json')
    const document = documentOf(refused)
    const { take } = (document['needs'] as readonly { take: string }[])[0] ?? { take: '' }
    const taken = typed(take)
    const passed = await shop.conduct('guard', '--staged', '--json')

    expect(refused.exit).toBe(12)
    expect(document).toMatchObject({
      ok: false,
      verdict: 'refused',
      repo: 'admin',
      store: 'asked',
      covered: { files: 1 },
      needs: [
        {
          lane: 'backend_migration',
          resources: ['admin'],
          because: [{ kind: 'path', rule: 'db/migrate/**', match: migration }],
          held_by_me: false,
        },
      ],
      error: { code: 'GUARD_REFUSED', next: take },
    })
    expect(taken).toContain('is yours')
    expect(passed.exit).toBe(0)
    expect(documentOf(passed)).toMatchObject({ ok: true, verdict: 'clear', needs: [{ held_by_me: true }] })
    await shop.conduct('lane', 'release', 'backend_migration')
  })

  it('names the holder, who is somebody else in another folder, and offers a place in the line', async () => {
    const [shop, other] = [checkout(), checkout()]
    await other.conduct(
      '--as',
      'carl',
      'lane',
      'acquire',
      'backend_migration',
      '--repo',
      'shop',
      '--task',
      'ABC-1',
    )
    stage(shop, migration)

    const refused = await shop.conduct('guard', '--staged')
    const asJson = await shop.conduct('guard', '--staged', '--json')
    const asHolder = await other.conduct('guard', '--command', 'bin/rails g migration AddX')
    const asStranger = await other.conduct('--as', 'ana', 'guard', '--command', 'bin/rails g migration AddX')

    expect(refused.exit).toBe(12)
    expect(refused.stdout).toMatch(/held by cli:carl@.* for ABC-1/)
    expect(refused.stdout.trimEnd().split('\n').at(-1)).toMatch(
      /^Next: .* -c \/.* -C \/.* lane acquire backend_migration --repo shop$/,
    )
    expect(documentOf(asJson)).toMatchObject({ verdict: 'held', needs: [{ holder: { task: 'ABC-1' } }] })
    expect(asHolder.exit).toBe(0)
    expect(asStranger.exit).toBe(12)
    await other.conduct('--as', 'carl', 'lane', 'release', 'backend_migration')
  })

  it('looks at what is not committed, at a branch since its base, at flags and at actions', async () => {
    const shop = checkout()
    shop.git('switch', '--quiet', '--create', 'feature')
    shop.write(migration, '# new\n')
    const uncommitted = await shop.conduct('guard', '--json')
    shop.git('add', '.')
    shop.git('commit', '--quiet', '--no-verify', '--message', 'm')

    const [clean, since, flagged, action, nothing] = await Promise.all([
      shop.conduct('guard', '--json'),
      shop.conduct('guard', '--base', 'main', '--json'),
      shop.conduct('guard', '--flag', 'requires_migration', '--json'),
      shop.conduct('guard', '--action', 'publish', '--json'),
      shop.conduct('guard', '--command', 'git status', '--json'),
    ])

    expect([uncommitted, since, flagged, action].map(({ exit }) => exit)).toEqual([12, 12, 12, 12])
    expect([clean, nothing].map(({ exit }) => exit)).toEqual([0, 0])
    expect(documentOf(nothing)).toMatchObject({ store: 'not_asked', needs: [] })
  })

  it('lets a merge bring what others committed, and stops what is made in it', async () => {
    const shop = checkout()
    shop.git('switch', '--quiet', '--create', 'feature')
    shop.write('README.md', 'mine\n')
    shop.git('commit', '--quiet', '--all', '--message', 'mine')
    shop.git('switch', '--quiet', 'main')
    stage(shop, migration)
    shop.write('README.md', 'theirs\n')
    shop.git('commit', '--quiet', '--all', '--message', 'theirs')
    shop.git('switch', '--quiet', 'feature')
    shop.git('merge', 'main')
    shop.write('README.md', 'both\n')
    shop.git('add', '.')

    const merge = await shop.conduct('guard', '--staged')
    stage(shop, 'db/migrate/20260102000000_in_the_merge.rb')
    const smuggled = await shop.conduct('guard', '--staged', '--json')

    expect(merge.exit).toBe(0)
    expect(smuggled.exit).toBe(12)
    expect(documentOf(smuggled)).toMatchObject({
      needs: [{ because: [{ match: 'db/migrate/20260102000000_in_the_merge.rb' }] }],
    })
  })

  it('never asks the store for what needs no lane, and is exit 30 for what does where it cannot be reached', async () => {
    const shop = checkout()
    const store = 'git+file:///nowhere/lanes.git'
    const closed = join(shop.path, 'closed.yaml')
    const open = join(shop.path, 'open.yaml')
    writeFileSync(closed, guardedLanes(store))
    writeFileSync(open, guardedLanes(store).replace('scope: repo', 'scope: repo, store_policy: open'))
    stage(shop, 'src/a.rb')
    const unrelated = await shop.conduct('-c', closed, 'guard', '--staged')
    stage(shop, migration)

    const [refused, passed] = await Promise.all([
      shop.conduct('-c', closed, 'guard', '--staged', '--json'),
      shop.conduct('-c', open, 'guard', '--staged', '--json'),
    ])

    expect(unrelated.exit).toBe(0)
    expect(unrelated.stdout).toContain('the store was not asked')
    expect(refused.exit).toBe(30)
    expect(documentOf(refused)).toMatchObject({
      verdict: 'refused',
      store: 'unreachable',
      needs: [{ lane: 'backend_migration' }],
      error: { code: 'STORE_UNREACHABLE', retryable: true },
    })
    expect(passed.exit).toBe(0)
    expect(documentOf(passed)).toMatchObject({ verdict: 'clear', store: 'unreachable' })
  })

  it('takes plain sqlite in a CI job as a disabled store: what can be undone passes, and says so', async () => {
    const shop = checkout()
    const file = join(shop.path, 'plain.yaml')
    writeFileSync(file, guardedLanes('sqlite'))
    const ask = (...args: readonly string[]) =>
      openCheckout(shop.path, world, { env: { CI: 'true' } }).conduct('-c', file, 'guard', '--json', ...args)

    const [schema, publish] = await Promise.all([
      ask('--command', 'bin/rails g migration AddX'),
      ask('--action', 'publish'),
    ])

    expect([schema.exit, publish.exit]).toEqual([0, 2])
    expect(documentOf(schema)).toMatchObject({ verdict: 'clear', store: 'disabled' })
    expect(documentOf(publish)).toMatchObject({ error: { code: 'STORE_DISABLED' } })
  })

  it('says where it has nothing to look at, and which revision it does not know', async () => {
    const shop = checkout()

    const [outside, unknown, both, misspelt] = await Promise.all([
      shop.conduct('-C', folder.path, 'guard', '--json'),
      shop.conduct('guard', '--base', 'nowhere', '--json'),
      shop.conduct('guard', '--base', 'main', '--staged', '--json'),
      shop.conduct('guard', '--repo', 'shpo', '--json'),
    ])

    expect(documentOf(outside)).toMatchObject({ exit: 2, error: { code: 'GUARD_NO_REPOSITORY' } })
    expect(documentOf(unknown)).toMatchObject({ exit: 2, error: { code: 'GUARD_RANGE_UNKNOWN' } })
    expect(documentOf(both)).toMatchObject({ exit: 2, error: { code: 'USAGE' } })
    expect(documentOf(misspelt)).toMatchObject({
      exit: 2,
      error: { hint: expect.stringContaining('shop') as string },
    })
  })
})
