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
