import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type Ended,
  conduct,
  documentOf,
  smallestLanesYaml,
  start,
  temporaryFolder,
} from '../e2e/conduct-process.ts'
import { type PostgresServer, startPostgres } from '../servers/postgres.ts'
import { openRival, type Rival } from './postgres-rival.ts'

let server: PostgresServer
let folder: ReturnType<typeof temporaryFolder>
let rival: Rival
/** Two people on two machines that share nothing but the database; its password is in their environment. */
let ana: { readonly cwd: string; readonly env: Record<string, string> }
let carl: typeof ana

beforeAll(async () => {
  server = await startPostgres()
})

afterAll(() => server[Symbol.asyncDispose]())

beforeEach(async () => {
  const url = await server.createDatabase()
  rival = await openRival(url)
  folder = temporaryFolder()
  folder.write(
    'lanes.yaml',
    smallestLanesYaml.replace('sqlite:STORE', url.replace(`:${server.password}`, '')),
  )
  const machine = (name: string) => {
    const cwd = join(folder.path, name)
    mkdirSync(cwd)
    return { cwd, env: { XDG_STATE_HOME: join(cwd, 'state'), USER: name, PGPASSWORD: server.password } }
  }
  ana = machine('ana')
  carl = machine('carl')
})

afterEach(async () => {
  await rival[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

const asAna = ['--as', 'cli:ana']
const asCarl = ['--as', 'cli:carl']
const acquire = ['lane', 'acquire', 'release_train', '--repo', 'shop']

describe('a lane on Postgres', () => {
  test('is granted, held against somebody on another machine, shown, handed on at the release', async () => {
    const granted = await conduct([...asAna, ...acquire, '--json'], ana)
    const held = await conduct([...asCarl, ...acquire], carl)
    const shown = await conduct([...asCarl, 'lane', 'show', 'release_train'], carl)
    const waiting = start([...asCarl, ...acquire, '--wait', '--json'], carl)
    const released = await conduct([...asAna, 'lane', 'release', 'release_train'], ana)
    const turn = await waiting.ended

    expect([granted, held, shown, released, turn].map(({ exit }) => exit)).toEqual([0, 10, 0, 0, 0])
    expect(held.stdout).toContain('release_train {shop} is held by cli:ana@')
    expect(shown.stdout).toContain('In line\n  ')
    expect([tokenOf(granted), tokenOf(turn)]).toEqual([1, 2])
  })

  test('is a record and nothing of a session: it outlives every connection, without lock or sequence', async () => {
    await conduct([...asAna, ...acquire], ana)
    const locks = await rival.sql("select * from pg_locks where locktype = 'advisory'")
    await rival.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'conduct'",
    )

    const held = await conduct([...asCarl, ...acquire], carl)
    const tokens = []
    await conduct([...asCarl, 'lane', 'leave', 'release_train'], carl)
    await conduct([...asAna, 'lane', 'release', 'release_train'], ana)
    for (let round = 0; round < 3; round++) {
      tokens.push(tokenOf(await conduct([...asAna, ...acquire, '--json'], ana)))
      await conduct([...asAna, 'lane', 'release', 'release_train'], ana)
    }

    expect(locks).toEqual([])
    expect(held.exit).toBe(10)
    expect(tokens).toEqual([2, 3, 4])
    expect(await rival.sql("select * from pg_sequences where schemaname = 'conduct'")).toEqual([])
  })

  test('is kept by the thread that renews the lease of a command, which opens the store for itself', async () => {
    const lanes = smallestLanesYaml
      .replace('sqlite:STORE', (await server.createDatabase()).replace(`:${server.password}`, ''))
      .replace('captains: [ana] }', 'captains: [ana], lease: { ttl: 6s, renew: 500ms, margin: 2s } }')
    folder.write('lanes.yaml', lanes)
    // Longer than the lease would last by itself.
    const command = [process.execPath, '-e', 'setTimeout(() => 0, 7000)']

    const ended = await conduct([...asAna, 'exec', 'release_train', '--repo', 'shop', '--', ...command], ana)

    expect(ended).toMatchObject({ exit: 0 })
  })

  test('is neither held nor free while the server is away', async () => {
    await conduct([...asAna, ...acquire], ana)
    await server.stop('fast')

    const outputs = [
      await conduct([...asCarl, 'lane', 'show', 'release_train'], carl),
      await conduct([...asCarl, ...acquire], carl),
      await conduct([...asCarl, ...acquire, '--json'], carl),
    ]

    await server.start()
    for (const { exit, stdout, stderr } of outputs) {
      expect(exit).toBe(30)
      expect(stdout + stderr).toContain('STORE_UNREACHABLE')
      expect(stdout + stderr).not.toMatch(/\bheld\b(?! nor)|\bfree\b|yours/)
      expect(stdout + stderr).not.toContain(server.password)
    }
  })
})

function tokenOf(ended: Ended): unknown {
  return (
    documentOf(ended)['token'] ??
    (documentOf(ended)['data'] as Record<string, unknown> | undefined)?.['token']
  )
}
