import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { conduct, documentOf, temporaryFolder } from '../e2e/conduct-process.ts'
import { type PostgresServer, startPostgres } from '../servers/postgres.ts'
import { type Captain, type Ledger, openLedger } from './ledger-captains.ts'

let ledger: Ledger
let server: PostgresServer
const captain = (name: string, options?: { readonly dir: string }): Captain =>
  ledger.captain(name, { ...options, server: server.url('postgres') })
beforeAll(async () => {
  ;[server, ledger] = await Promise.all([startPostgres(), openLedger()])
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  ledger[Symbol.dispose]()
})

const all = ['--branch', 'feat/*'] as const

describe('what stands in the way of a batch', () => {
  it('is named, and nothing is written', async () => {
    using outside = temporaryFolder()
    const one = captain('ledger', { dir: outside.path })
    const remote = path.join(outside.path, 'remote.git')
    execFileSync('git', ['clone', '--quiet', '--bare', one.path, remote])
    const colour = ['write', 'turn-1', '--branch', 'feat/colour', '--json'] as const
    const refuse = path.join(remote, 'hooks/pre-receive')
    writeFileSync(refuse, '#!/bin/sh\necho "not today" >&2; exit 1\n', { mode: 0o755 })

    const [noLane, rewritten] = await Promise.all([
      one.batch(...colour, '--claim'),
      one.batch('write', 'turn-1', '--branch', 'feat/rewritten', '--json'),
    ])
    expect(documentOf(noLane)).toMatchObject({ exit: 2, error: { code: 'BATCH_LANE_MISSING' } })
    expect(documentOf(rewritten)).toMatchObject({
      exit: 3,
      error: {
        code: 'BATCH_NOT_WRITABLE',
        hint: expect.stringContaining('it changes a migration that others have run') as string,
      },
    })
    expect(one.git('branch', '--list', 'conduct/*')).toBe('')

    const refused = await one.batch(...colour, '--push', remote)
    expect(documentOf(refused)).toMatchObject({ exit: 1, error: { code: 'BATCH_PUSH_REFUSED' } })
    rmSync(refuse)
    const branch = one.git('branch', '--list', 'conduct/*', '--format=%(refname)')
    execFileSync('git', ['update-ref', branch, 'main'], { cwd: remote })
    expect(documentOf(await one.batch(...colour, '--push', remote))).toMatchObject({
      exit: 13,
      error: { code: 'BATCH_BRANCH_TAKEN' },
    })
    execFileSync('git', ['update-ref', '-d', branch], { cwd: remote })
    expect(documentOf(await one.batch(...colour, '--push', remote))).toMatchObject({
      exit: 0,
      pushed_to: remote,
    })
    expect(execFileSync('git', ['rev-parse', branch], { cwd: remote, encoding: 'utf8' }).trim()).toBe(
      one.git('rev-parse', branch),
    )
  })
})

describe('conduct batch plan --statistics postgres://…', () => {
  it('knows the sizes of tables from the catalog of a server, and its major, and prints no password', async () => {
    using outside = temporaryFolder()
    const one = captain('counted', { dir: outside.path })
    const url = await server.createDatabase()
    const client = new Client({ connectionString: url })
    await client.connect()
    await client.query(`
      create table orders (id int, note text); insert into orders select i from generate_series(1, 150000) i; analyze orders;
      create table users (id int, nick text); insert into users values (1);
      create schema old; create table old.orders (id int) partition by range (id);
      create table old.part partition of old.orders for values from (0) to (1000000);
      insert into old.part select i from generate_series(1, 150000) i; analyze old.part`)
    await client.end()
    for (const [name, table] of Object.entries({ a: 'orders', b: 'users', c: 'old.orders', d: 'nowhere' })) {
      mkdirSync(path.join(outside.path, name))
      outside.write(`${name}/1_ix.sql`, `CREATE INDEX ix_${name} ON ${table} (id);`)
    }
    const folders = ['a', 'b', 'c', 'd'].flatMap((name) => ['--folder', `${name}=${outside.path}/${name}`])

    const [counted, silent, shown] = await Promise.all([
      one.batch('plan', ...folders, '--statistics', url, '--json'),
      one.batch('plan', ...folders, '--statistics', 'postgres://nobody@127.0.0.1:1/postgres', '--json'),
      one.batch('plan', '--branch', 'feat/colour', '--statistics', url),
    ])

    const alone = (ticket: string) => ({
      ticket,
      because: [expect.stringContaining('blocks writes while it reads through a large table') as string],
    })
    expect(documentOf(counted)).toMatchObject({
      solo: [alone('a'), alone('c')],
      turns: expect.arrayContaining([
        expect.objectContaining({ tickets: ['b', 'd'], risk: 1 + 3 }),
      ]) as unknown[],
    })
    expect(documentOf(silent)).toMatchObject({ exit: 30, error: { code: 'STATISTICS_UNREACHABLE' } })
    expect(shown.stdout + shown.stderr).toContain('--statistics postgres://conduct@127.0.0.1')
    expect(shown.stdout + shown.stderr).not.toContain(server.password)
  })
})

describe('conduct batch verify', () => {
  it('says that a written batch reaches what its tickets reach, and finds what was slipped into it', async () => {
    const one = captain('verified')
    const branch = String(documentOf(await one.batch('write', 'turn-1', ...all, '--json'))['branch'])

    const fused = documentOf(await one.batch('write', 'turn-1', ...all, '--layout', 'fused', '--json'))
    const verified = await Promise.all(
      [branch, String(fused['branch'])].map((each) => one.batch('verify', each, '--json')),
    )
    for (const each of verified) {
      expect(documentOf(each)).toMatchObject({ exit: 0, ways: [{ by: 'sql', outcome: 'equal' }] })
    }
    expect(fused['fused']).toHaveLength(2)

    one.git('checkout', '--quiet', branch)
    execFileSync('sh', ['-c', 'echo "ALTER TABLE orders ADD smuggled int;" > db/V99__x.sql'], {
      cwd: one.path,
    })
    one.git('add', 'db/V99__x.sql')
    one.git('-c', 'user.name=x', '-c', 'user.email=x@acme.example', 'commit', '--quiet', '-m', 'a small one')
    const other = documentOf(await one.batch('verify', branch, '--json'))
    expect(other).toMatchObject({
      exit: 3,
      error: { code: 'BATCH_NOT_EQUAL' },
      ways: [
        {
          outcome: 'different',
          only_tickets: [],
          only_batch: [expect.stringContaining('smuggled') as string],
        },
      ],
    })
  })

  it('says what stands in the way: no batch, no server, no answer', async () => {
    const one = captain('verified')
    const branch = one.git('branch', '--list', 'conduct/*', '--format=%(refname:short)').split('\n')[0] ?? ''
    const dead = 'postgres://nobody@127.0.0.1:1/postgres'
    const client = new Client({ connectionString: server.url('postgres') })
    await client.connect()
    await client.query("create role guest login password 'guest'")
    await client.end()
    const guest = server.url('postgres').replace(/\/\/[^@]+@/, '//guest:guest@')
    const [none, nowhere, mayNot, unreachable] = await Promise.all([
      one.batch('verify', 'main', '--json'),
      conduct(['batch', 'verify', branch, '--json'], { cwd: one.path }),
      one.batch('verify', branch, '--server', guest, '--json'),
      one.batch('verify', branch, '--server', dead, '--json'),
    ])
    expect(documentOf(none)).toMatchObject({ exit: 4, error: { code: 'BATCH_UNKNOWN' } })
    expect(documentOf(nowhere)).toMatchObject({ exit: 2, error: { code: 'BATCH_UNVERIFIABLE' } })
    expect(documentOf(mayNot)).toMatchObject({ exit: 2, error: { code: 'SCRATCH_REFUSED' } })
    expect(documentOf(unreachable)).toMatchObject({ exit: 30, error: { code: 'SCRATCH_UNREACHABLE' } })
  })
})
