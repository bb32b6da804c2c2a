import { mkdirSync } from 'node:fs'
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

function doctor(words: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  return conduct(['doctor', ...words], { cwd: folder.path, env })
}

function declareStore(url: string): void {
  folder.write('lanes.yaml', smallestLanesYaml.replace(/^store: .*$/m, `store: ${url}`))
}

describe('conduct doctor', () => {
  test('finds a store in order, and says so for people and for programs', async () => {
    declareStore(`sqlite:${join(folder.path, 'state.db')}`)

    const shown = await doctor()
    const read = await doctor(['--json'])

    expect([shown.exit, read.exit]).toEqual([0, 0])
    expect(shown.stdout).toMatch(/✔ node +Node 24\./)
    expect(shown.stdout).toMatch(
      /store: sqlite:\S+state\.db, estate \w+\n +✔ open +A SQLite store; it has one clock/,
    )
    expect(shown.stdout).toMatch(/✔ durability +Journal mode wal/)
    expect(shown.stdout).toMatch(/\nAll \d+ checks are ok\.\n$/)
    const { checks, summary } = documentOf(read)
    expect(summary).toMatchObject({ failed: 0, unknown: 0 })
    expect(checks).toContainEqual(
      expect.objectContaining({ section: 'store', check: 'integrity', verdict: 'ok', remedy: null }),
    )
  })

  test('needs no lanes.yaml where CONDUCT_STORE names the store', async () => {
    const url = `sqlite:${join(folder.path, 'other.db')}`

    const without = await doctor()
    const named = await doctor([], { CONDUCT_STORE: url })

    expect([without.exit, named.exit]).toEqual([2, 0])
    expect(named.stdout).toContain(`store: ${url}\n`)
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

    const shown = await doctor([], { HOME: home })

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
