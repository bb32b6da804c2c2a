import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { conduct, documentOf, smallestLanesYaml, temporaryFolder } from './conduct-process.ts'

let folder: ReturnType<typeof temporaryFolder>

beforeEach(() => {
  folder = temporaryFolder()
})

afterEach(() => folder[Symbol.dispose]())

/** The store and what needs nobody else: the remotes of the smallest lanes.yaml are nowhere. */
const ownSections = ['tools', 'config', 'store', 'mirrors'] as const

function doctor(words: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  return conduct(['doctor', ...words], { cwd: folder.path, env })
}

function declareStore(url: string): void {
  folder.write('lanes.yaml', smallestLanesYaml.replace(/^store: .*$/m, `store: ${url}`))
}

describe('conduct doctor', () => {
  test('finds a store in order, and says so for people and for programs', async () => {
    declareStore(`sqlite:${join(folder.path, 'state.db')}`)

    const shown = await doctor(['config', 'store', 'mirrors'])
    const read = await doctor(['--json', ...ownSections])

    expect([shown.exit, read.exit]).toEqual([0, 0])
    expect(shown.stdout).not.toContain('Node 24')
    expect(shown.stdout).toMatch(
      /config: \S+lanes\.yaml\n +✔ lanes\.yaml +It declares 2 repos, 3 lanes, 1 train/,
    )
    expect(shown.stdout).toMatch(
      /store: sqlite:\S+state\.db, estate \w+\n +✔ open +A SQLite store; it has one clock/,
    )
    expect(shown.stdout).toMatch(/✔ durability +Journal mode wal/)
    expect(shown.stdout).toMatch(/\nAll \d+ checks are ok\.\n$/)
    const { checks, summary } = documentOf(read)
    expect(summary).toMatchObject({ failed: 0, unknown: 2 })
    expect(checks).toContainEqual(
      expect.objectContaining({ section: 'tools', check: 'engine', verdict: 'unknown' }),
    )
    expect(checks).toContainEqual(
      expect.objectContaining({ section: 'store', check: 'integrity', verdict: 'ok', remedy: null }),
    )
  })

  test('without a lanes.yaml looks at this machine alone, and says so', async () => {
    const url = `sqlite:${join(folder.path, 'other.db')}`

    const without = await doctor()
    const read = await doctor(['--json'])
    const named = await doctor([], { CONDUCT_STORE: url })
    const wanted = await doctor(['-c', 'nowhere.yaml'])
    const remotes = await doctor(['remote', '--json'])

    expect([without.exit, read.exit, named.exit, wanted.exit]).toEqual([0, 0, 0, 2])
    expect(documentOf(remotes)).toMatchObject({ exit: 2, error: { code: 'CONFIG_NOT_FOUND' } })
    expect(without.stdout).toMatch(/\? lanes\.yaml +No lanes\.yaml in .*: this machine alone was looked at/)
    expect(without.stdout).toContain('store, remote, registry, forge, approval, notify, guard: There is no')
    expect(documentOf(read)).toMatchObject({ summary: { failed: 0, unknown: 1 } })
    expect(documentOf(read)['not_applicable']).toContainEqual({
      section: 'store',
      because: 'There is no lanes.yaml here.',
    })
    expect(named.stdout).toContain(`store: ${url}\n`)
  })

  test('with a lanes.yaml that is wrong looks at the machine all the same, with exit 2 (CONFIG_INVALID)', async () => {
    folder.write('lanes.yaml', smallestLanesYaml.replace('repo: shop', 'repo: shpo'))

    const ended = await doctor(['--json'])

    expect(ended.exit).toBe(2)
    expect(documentOf(ended)).toMatchObject({ ok: false, error: { code: 'CONFIG_INVALID' } })
    const checks = documentOf(ended)['checks'] as readonly object[]
    expect(checks).toContainEqual(expect.objectContaining({ section: 'config', verdict: 'failed' }))
    expect(checks).toContainEqual(expect.objectContaining({ check: 'git', verdict: 'ok' }))
  })

  test.each([
    ['frge', 'did you mean forge?'],
    ['registries', 'did you mean registry?'],
    ['everything', 'The doctor looks at: tools, config'],
  ])('refuses %s, which is nothing that it looks at, and looks at nothing', async (word, guess) => {
    const ended = await doctor([word])

    expect(ended.exit).toBe(2)
    expect(ended.stderr).toContain(guess)
    expect(ended.stdout).toBe('')
  })

  test('says of hooks that are there, half there, or start what is gone', async () => {
    declareStore(`sqlite:${join(folder.path, 'state.db')}`)
    const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: folder.path })
    const verdict = async () => {
      const ended = await doctor(['guard', '--json'])
      return { exit: ended.exit, ...(documentOf(ended)['checks'] as readonly object[])[0] }
    }

    expect(await doctor(['guard'])).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('do not stand'),
    })
    git('init', '--quiet')
    git('remote', 'add', 'origin', 'file:///srv/shop.git')
    expect(await verdict()).toMatchObject({ exit: 0, remedy: expect.stringContaining('guard install') })
    await conduct(['guard', 'install'], { cwd: folder.path })
    expect(await verdict()).toMatchObject({ exit: 0, detail: expect.stringContaining('Git asks the guard') })
    git('config', 'conduct.launcher', "/opt/node '/opt/gone/conduct.js'")
    expect(await verdict()).toMatchObject({
      exit: 3,
      detail: expect.stringContaining('/opt/gone/conduct.js'),
    })
    rmSync(join(folder.path, '.git/hooks/pre-push'))
    expect(await verdict()).toMatchObject({ exit: 3, detail: 'The hook of pre-push is not ours any more.' })
  })

  test.each([
    ['postgres', (port: number) => `postgres://lanes:hunter2pass@127.0.0.1:${port}/conduct`],
    ['s3', (port: number) => `s3://lanes/place?region=auto&endpoint=http://127.0.0.1:${port}`],
    ['git', (port: number) => `git+http://127.0.0.1:${port}/lanes.git`],
  ])(
    'says that nothing answers at the address of a %s store, with exit 30 and without its secrets (STORE_UNREACHABLE)',
    async (_kind, urlOf) => {
      const env = {
        CONDUCT_STORE: urlOf(await freePort()),
        AWS_ACCESS_KEY_ID: 'some-id',
        AWS_SECRET_ACCESS_KEY: 'hunter2pass',
      }

      const shown = await doctor([], env)
      const read = await doctor(['--json'], env)

      expect([shown.exit, read.exit]).toEqual([30, 30])
      expect(shown.stdout).toMatch(/✖ open/)
      expect(documentOf(read)).toMatchObject({ ok: false, error: { code: 'STORE_UNREACHABLE' } })
      expect(documentOf(read)['checks']).toContainEqual(
        expect.objectContaining({ section: 'tools', check: 'git', verdict: 'ok' }),
      )
      expect([shown.stdout, shown.stderr, read.stdout, read.stderr].join()).not.toContain('hunter2pass')
    },
  )

  test('says which store is none that conduct has, with exit 2 (STORE_UNSUPPORTED)', async () => {
    const shown = await doctor([], { CONDUCT_STORE: 'redis://u:hunter2pass@127.0.0.1/0' })

    expect(shown.exit).toBe(2)
    expect(shown.stdout).toMatch(/✖ open +This version of conduct has no store "redis"/)
    expect(shown.stdout).toContain('store: redis://u:***@127.0.0.1/0\n')
    expect(shown.stdout + shown.stderr).not.toContain('hunter2pass')
  })
})

/** A port at which nobody answers any more. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise((resolve) => {
    server.close(resolve)
  })
  return address !== null && typeof address === 'object' ? address.port : 0
}

describe('conduct doctor, of registries', () => {
  test('says who we are, with which kind of token, and when npm ends what it is used for', async () => {
    await using registry = await startListingRegistry()
    const home = join(folder.path, 'home')
    for (const name of ['home', 'engine']) mkdirSync(join(folder.path, name))
    folder.write('home/.npmrc', `${registry.url.replace('http:', '')}:_authToken=${registry.token}\n`)
    folder.write('engine/package.json', JSON.stringify({ name: '@acme/engine', version: '1.0.0' }))
    folder.write('engine/.npmrc', `registry=${registry.url}\n`)
    const declared = smallestLanesYaml.replace(
      'file:///srv/engine.git" }',
      'file:///srv/engine.git", path: engine }',
    )
    folder.write(
      'lanes.yaml',
      declared.replace(/^store: .*$/m, `store: sqlite:${join(folder.path, 'state.db')}`),
    )

    const shown = await doctor(['registry'], { HOME: home })

    expect(shown.stdout).toMatch(/registry: http:\S+ for @acme\/engine\n +✔ identity +We are ana there\./)
    expect(shown.stdout).toMatch(/✔ credential +A granular token at http:\S+, until 2027-01-20/)
    expect(shown.stdout + shown.stderr).not.toContain(registry.token)
  })
})

/** As much of npm's registry as whoami and the list of tokens need. */
async function startListingRegistry(): Promise<{ url: string; token: string } & AsyncDisposable> {
  const token = 'npm_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789'
  const listed = {
    token: 'npm_aBcD...6789',
    readonly: false,
    bypass_2fa: true,
    expiry: '2027-01-20T00:00:00.000Z',
  }
  const server = createHttpServer((request, response) => {
    const isKnown = request.headers.authorization === `Bearer ${token}`
    const body =
      request.url?.startsWith('/-/whoami') === true ? { username: 'ana' } : { objects: [listed], total: 1 }
    response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' })
    response.end(JSON.stringify(isKnown ? body : {}))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/`,
    token,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
