import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from './conduct-process.ts'
import { type Checkout, initCheckout, makeWorld, type World } from './guarded-repository.ts'

/** The programs that people keep their hooks with, as they really run them. */
const programs = join(import.meta.dirname, '../node_modules/.bin')
const migration = 'db/migrate/20260101000000_add_x.rb'

interface Keeper {
  readonly name: string
  /** Where it keeps what must be as before. */
  readonly files: readonly string[]
  readonly setUp: (shop: Checkout, world: World) => void
}

const run = (shop: Checkout, world: World, program: string, ...args: readonly string[]): void => {
  const { status, stderr } = spawnSync(join(programs, program), [...args], {
    cwd: shop.path,
    env: { ...world.env, ...environment },
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`)
}

const environment = {
  // The Node that runs the tests comes first, and the programs where a package manager would put them.
  PATH: [join(process.execPath, '..'), programs, process.env['PATH'] ?? ''].join(':'),
  LEFTHOOK_BIN: join(programs, 'lefthook'),
}

const keepers: readonly Keeper[] = [
  {
    name: 'husky',
    files: ['.husky'],
    setUp: (shop, world) => {
      run(shop, world, 'husky')
      shop.write('.husky/pre-commit', 'echo own >> ran\n')
      shop.write('.husky/pre-push', 'cat >> pushed\n')
      chmodSync(join(shop.path, '.husky/pre-commit'), 0o644)
    },
  },
  {
    name: 'lefthook',
    files: ['.git/hooks', 'lefthook.yml'],
    setUp: (shop, world) => {
      shop.write(
        'lefthook.yml',
        'pre-commit:\n  commands:\n    own: { run: echo own >> ran }\npre-push:\n  commands:\n    own: { use_stdin: true, run: cat >> pushed }\n',
      )
      run(shop, world, 'lefthook', 'install')
    },
  },
]

/** Every file with its mode and its bytes. */
function contents(top: string, names: readonly string[]): readonly string[] {
  return names.flatMap((name): readonly string[] => {
    const path = join(top, name)
    if (!existsSync(path)) return []
    if (statSync(path).isDirectory()) {
      return contents(
        top,
        readdirSync(path)
          .toSorted()
          .map((each) => join(name, each)),
      )
    }
    return [`${name} ${statSync(path).mode.toString(8)} ${readFileSync(path, 'base64')}`]
  })
}

describe.each(keepers)('hooks kept by $name', ({ name, files, setUp }) => {
  it('stop commit and push of a migration, run what was there with its input, and are given back to the byte', async () => {
    using place = temporaryFolder()
    const base = makeWorld(place.path)
    const world = { ...base, env: { ...base.env, ...environment } }
    const shop = initCheckout(join(place.path, 'shop'), world)
    spawnSync('git', ['init', '--quiet', '--bare', `${shop.path}.git`], { env: world.env })
    shop.git('remote', 'add', 'origin', `${shop.path}.git`)
    setUp(shop, world)
    const commit = (file: string, ...flags: readonly string[]) => {
      shop.write(file, `# ${file}\n`)
      shop.git('add', file)
      return shop.git('commit', '--quiet', '--message', file, ...flags)
    }
    const before = contents(shop.path, [...files, 'lefthook-local.yml'])

    await shop.conduct('guard', 'install')
    const refused = commit(migration)
    const committed = commit(migration, '--no-verify')
    const pushRefused = shop.git('push', '--quiet', 'origin', 'main')
    await shop.conduct('lane', 'acquire', 'backend_migration', '--repo', 'shop')
    const passed = commit('src/a.rb')
    const pushed = shop.git('push', '--quiet', 'origin', 'main')
    const during = contents(shop.path, [...files, 'lefthook-local.yml'])
    await shop.conduct('guard', 'uninstall')

    expect([committed.exit, passed.exit, pushed.exit]).toEqual([0, 0, 0])
    expect([refused.exit, pushRefused.exit]).toEqual([1, 1])
    expect(refused.output).toContain('lane acquire backend_migration --repo shop')
    expect(pushRefused.output).toContain(migration)
    expect(readFileSync(join(shop.path, 'ran'), 'utf8')).toContain('own\n')
    expect(readFileSync(join(shop.path, 'pushed'), 'utf8')).toMatch(/^refs\/heads\/main [0-9a-f]{40} /)
    expect(during).not.toEqual(before)
    expect({ name, files: contents(shop.path, [...files, 'lefthook-local.yml']) }).toEqual({
      name,
      files: before,
    })
  })
})
