import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { conduct, documentOf, temporaryFolder } from './conduct-process.ts'
import { type Checkout, guardedLanes, initCheckout, makeWorld, openCheckout } from './guarded-repository.ts'

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())
const world = makeWorld(folder.path)
const migration = 'db/migrate/20260101000000_add_x.rb'
const agents = ['--agent', 'claude', '--agent', 'codex', '--agent', 'cursor', '--agent', 'gemini']
let count = 0

function checkout(repo = 'shop'): Checkout {
  count += 1
  return initCheckout(join(folder.path, `work-${count}`), world, repo)
}

function commit(shop: Checkout, name: string, ...flags: readonly string[]) {
  shop.write(name, `# ${name}\n`)
  shop.git('add', name)
  return shop.git('commit', '--quiet', '--message', name, ...flags)
}

function withRemote(shop: Checkout): void {
  const remote = `${shop.path}.git`
  spawnSync('git', ['init', '--quiet', '--bare', remote], { env: world.env })
  shop.git('remote', 'add', 'origin', remote)
  shop.git('push', '--quiet', '--set-upstream', 'origin', 'main')
}

describe.concurrent('a repository where the guard is installed', () => {
  it('refuses commit, command and push of a migration without the lane and names the holder; whoever holds it passes; without the hook nobody is stopped', async () => {
    const [shop, control] = [checkout(), checkout()]
    const holder = openCheckout(join(folder.path, 'holder'), world)
    mkdirSync(holder.path)
    withRemote(shop)
    await holder.conduct('--as', 'carl', 'lane', 'acquire', 'backend_migration', '--repo', 'shop')
    await shop.conduct('guard', 'install')

    const unguarded = commit(control, migration)
    const refused = commit(shop, migration)
    const command = await shop.conduct('guard', '--command', 'cd . && bundle exec rails g migration AddX')
    const sneaked = shop.git('commit', '--quiet', '--no-verify', '--message', 'sneaked')
    const push = shop.git('push', '--quiet', 'origin', 'main')
    const pushNew = shop.git('push', '--quiet', 'origin', 'main:refs/heads/new')
    await holder.conduct('--as', 'carl', 'lane', 'release', 'backend_migration')
    await shop.conduct('lane', 'acquire', 'backend_migration', '--repo', 'shop')
    const held = [
      commit(shop, 'db/migrate/20260102000000_b.rb').exit,
      (await shop.conduct('guard', '--command', 'bin/rails g migration AddX')).exit,
      shop.git('push', '--quiet', 'origin', 'main').exit,
    ]
    await shop.conduct('lane', 'release', 'backend_migration')

    expect([unguarded.exit, sneaked.exit]).toEqual([0, 0])
    expect(refused.exit).not.toBe(0)
    expect(refused.output).toMatch(/held by cli:carl@/)
    expect(refused.output).toMatch(/Next: .*lane acquire backend_migration --repo shop/)
    expect(command.exit).toBe(12)
    expect([push.exit, pushNew.exit]).toEqual([1, 1])
    expect(push.output).toMatch(/held by cli:carl@/)
    expect(held).toEqual([0, 0, 0])
  })

  it('lets what is unrelated pass with the store unreachable, and says so; what needs a lane does not', async () => {
    const shop = checkout()
    withRemote(shop)
    writeFileSync(join(shop.path, 'lanes.yaml'), guardedLanes('git+file:///nowhere/lanes.git'))
    shop.git('add', '.')
    await shop.conduct('guard', 'install')

    const unrelated = commit(shop, 'src/a.rb')
    const pushed = shop.git('push', 'origin', 'main')
    const needed = commit(shop, migration)

    expect([unrelated.exit, pushed.exit]).toEqual([0, 0])
    expect(unrelated.output).toContain('the store was not asked')
    expect(pushed.output).toContain('the store was not asked')
    expect(needed.exit).not.toBe(0)
    expect(needed.output).toContain('could not be reached')
  })

  it('judges what a push really brings: new branches, deletions, what overwrites; not what the remote has already', async () => {
    const shop = checkout('admin')
    withRemote(shop)
    commit(shop, migration)
    shop.git('push', '--quiet', 'origin', 'main')
    await shop.conduct('guard', 'install')
    shop.git('switch', '--quiet', '--create', 'feature')
    commit(shop, 'src/a.rb')

    const branch = shop.git('push', '--quiet', 'origin', 'feature')
    const tag = (shop.git('tag', 'v1'), shop.git('push', '--quiet', 'origin', 'v1'))
    const deletion = shop.git('push', '--quiet', 'origin', '--delete', 'feature')
    shop.git('reset', '--quiet', '--hard', 'main~1')
    const overwrite = shop.git('push', '--quiet', '--force', 'origin', 'HEAD:main')

    expect([branch.exit, tag.exit, deletion.exit]).toEqual([0, 0, 0])
    expect(overwrite.exit).toBe(1)
    expect(overwrite.output).toContain(migration)
  })

  it('is put in twice as once, runs what was there with its input, and is taken out to the byte', async () => {
    const shop = checkout('admin')
    withRemote(shop)
    const hooks = join(shop.path, '.git', 'hooks')
    const own =
      '#!/usr/bin/env python3\nimport sys\nopen("ran", "a").write(sys.stdin.read() + " ".join(sys.argv[1:]))\n'
    const script = '#!/bin/sh\necho ran >> commits\nexit 3\n'
    mkdirSync(hooks, { recursive: true })
    writeFileSync(join(hooks, 'pre-push'), own)
    writeFileSync(join(hooks, 'pre-commit'), script)
    chmodSync(join(hooks, 'pre-push'), 0o755)
    chmodSync(join(hooks, 'pre-commit'), 0o700)

    const first = await shop.conduct('guard', 'install', '--json')
    const second = await shop.conduct('guard', 'install', '--json')
    const refusedByOther = commit(shop, 'src/a.rb')
    commit(shop, 'src/b.rb', '--no-verify')
    const pushed = shop.git('push', '--quiet', 'origin', 'main')
    const ran = existsSync(join(shop.path, 'ran')) ? readFileSync(join(shop.path, 'ran'), 'utf8') : ''
    await shop.conduct('guard', 'uninstall')

    expect(documentOf(first)).toMatchObject({ files: [{ did: 'chained' }, { did: 'chained' }] })
    expect(documentOf(second)).toMatchObject({ files: [{ did: 'already' }, { did: 'already' }] })
    expect([refusedByOther.exit, pushed.exit]).toEqual([1, 0])
    expect(ran).toMatch(/^refs\/heads\/main [0-9a-f]{40} refs\/heads\/main [0-9a-f]{40}\norigin /)
    expect(readFileSync(join(hooks, 'pre-push'), 'utf8')).toBe(own)
    expect(readFileSync(join(hooks, 'pre-commit'), 'utf8')).toBe(script)
    expect(statSync(join(hooks, 'pre-commit')).mode & 0o777).toBe(0o700)
    expect(existsSync(join(hooks, 'pre-push.before-conduct'))).toBe(false)
    expect(shop.git('config', '--get-regexp', '^conduct').output).toBe('')
  })

  it('stands in every worktree and in a submodule of its own, where the lane is held by worktree', async () => {
    const shop = checkout()
    await shop.conduct('guard', 'install')
    shop.git('worktree', 'add', '--quiet', '../linked', '-b', 'linked')
    const linked = openCheckout(join(folder.path, 'linked'), world)
    const library = checkout('admin')
    shop.git('submodule', '--quiet', 'add', library.path, 'lib')
    const lib = openCheckout(join(shop.path, 'lib'), world)
    await lib.conduct('guard', 'install', '--repo', 'admin')

    const inLinked = commit(linked, 'db/migrate/20260103000000_l.rb')
    const inSubmodule = commit(lib, 'db/migrate/20260104000000_s.rb')
    await lib.conduct('uninstall')

    expect([inLinked.exit, inSubmodule.exit]).toEqual([1, 1])
    expect(inLinked.output).toContain('--repo shop')
    expect(inSubmodule.output).toContain('--repo admin')
  })

  it('keeps the files of husky and of a core.hooksPath, and the settings of lefthook', async () => {
    const [husky, own, left] = [checkout('admin'), checkout('admin'), checkout('admin')]
    husky.write('.husky/_/pre-commit', '#!/usr/bin/env sh\nsh -e .husky/pre-commit "$@"\n')
    husky.write('.husky/_/pre-push', '#!/usr/bin/env sh\nsh -e .husky/pre-push "$@"\n')
    husky.write('.husky/pre-commit', 'echo tests >> ran')
    chmodSync(join(husky.path, '.husky/_/pre-commit'), 0o755)
    husky.git('config', 'core.hooksPath', '.husky/_')
    own.write('.githooks/pre-push', '#!/bin/bash\ncat > pushed\n')
    chmodSync(join(own.path, '.githooks/pre-push'), 0o755)
    own.git('config', 'core.hooksPath', '.githooks')
    withRemote(own)
    left.write('lefthook.yml', 'pre-commit: {}\n')

    await Promise.all([husky, own, left].map((each) => each.conduct('guard', 'install')))
    const refused = commit(husky, migration)
    husky.git('reset', '--quiet', migration)
    const passed = commit(husky, 'src/a.rb')
    commit(own, 'src/a.rb', '--no-verify')
    const pushed = own.git('push', '--quiet', 'origin', 'main')
    const local = readFileSync(join(left.path, 'lefthook-local.yml'), 'utf8')
    await Promise.all([husky, own, left].map((each) => each.conduct('guard', 'uninstall')))

    expect([refused.exit, passed.exit, pushed.exit]).toEqual([1, 0, 0])
    expect(readFileSync(join(husky.path, 'ran'), 'utf8')).toBe('tests\n')
    expect(readFileSync(join(own.path, 'pushed'), 'utf8')).toMatch(/^refs\/heads\/main /)
    expect(local).toContain('guard --staged')
    expect(readFileSync(join(husky.path, '.husky/pre-commit'), 'utf8')).toBe('echo tests >> ran')
    expect(readFileSync(join(own.path, '.githooks/pre-push'), 'utf8')).toBe('#!/bin/bash\ncat > pushed\n')
    expect([
      existsSync(join(husky.path, '.husky/pre-push')),
      existsSync(join(own.path, '.githooks/pre-commit')),
      existsSync(join(left.path, 'lefthook-local.yml')),
    ]).toEqual([false, false, false])
  })

  it('says what it will not write over (GUARD_NOT_INSTALLED)', async () => {
    const shop = checkout('admin')
    shop.write('.githooks/pre-commit', '#!/usr/bin/env python3\n')
    shop.git('config', 'core.hooksPath', '.githooks')

    const refused = await shop.conduct('guard', 'install', '--json')

    expect(documentOf(refused)).toMatchObject({ exit: 1, error: { code: 'GUARD_NOT_INSTALLED' } })
    expect(readFileSync(join(shop.path, '.githooks/pre-commit'), 'utf8')).toBe('#!/usr/bin/env python3\n')
  })
})

describe.concurrent('a coding agent', () => {
  const ask = (shop: Checkout, agent: string, document: unknown) =>
    conduct(['guard', '--hook', agent], {
      cwd: folder.path,
      env: world.env,
      stdin: JSON.stringify({ cwd: shop.path, ...(document as object) }),
    })

  it('is stopped before the file exists, and told what to type; what needs no lane is its own business', async () => {
    const shop = checkout('admin')
    const bash = (command: string) => ({ tool_name: 'Bash', tool_input: { command } })

    const [denied, edit, allowed, other, strange] = await Promise.all([
      ask(shop, 'claude', bash('cd . && bin/rails g migration AddX')),
      ask(shop, 'codex', {
        tool_name: 'apply_patch',
        tool_input: { command: `*** Begin Patch\n*** Add File: ${migration}\n+x\n*** End Patch` },
      }),
      ask(shop, 'claude', bash('npm test')),
      ask(shop, 'generic', { command: `touch ${migration}` }),
      ask(shop, 'claude', {}),
    ])

    expect(JSON.parse(denied.stdout)).toMatchObject({
      hookSpecificOutput: {
        permissionDecision: 'deny',
        permissionDecisionReason: expect.stringMatching(
          /lane acquire backend_migration --repo admin$/,
        ) as string,
      },
    })
    expect(JSON.parse(edit.stdout)).toMatchObject({ hookSpecificOutput: { permissionDecision: 'deny' } })
    expect([denied, edit, allowed, other, strange].map(({ exit }) => exit)).toEqual([0, 0, 0, 12, 2])
    expect(allowed.stdout).toBe('{}\n')
    expect(strange.stderr).toContain('GUARD_HOOK_INPUT')
  })

  it('gets the hook into its settings, and loses it to the byte', async () => {
    const shop = checkout('admin')
    const text = '{"model":"x",   "hooks": {"PreToolUse": [{"matcher":"Bash","hooks":[]}]}}'
    shop.write('.claude/settings.local.json', text)

    await shop.conduct('guard', 'install', ...agents)
    await shop.conduct('guard', 'install', ...agents)
    const read = (name: string): string => readFileSync(join(shop.path, name), 'utf8')
    const written = [
      '.claude/settings.local.json',
      '.codex/hooks.json',
      '.cursor/hooks.json',
      '.gemini/settings.json',
    ].map(read)
    await shop.conduct('guard', 'uninstall')

    expect(written.map((each) => each.match(/ guard --hook \w+"/g))).toEqual(
      ['claude', 'codex', 'cursor', 'gemini'].map((name) => [` guard --hook ${name}"`]),
    )
    expect(read('.claude/settings.local.json')).toBe(text)
    expect(
      ['.codex/hooks.json', '.cursor/hooks.json'].map((name) => existsSync(join(shop.path, name))),
    ).toEqual([false, false])
  })
})
