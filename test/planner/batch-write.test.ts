import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { buildMigrationEstate } from '@conduct/rehearsal'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { conduct, documentOf, type Ended, temporaryFolder } from '../e2e/conduct-process.ts'
import { type PostgresServer, startPostgres } from '../servers/postgres.ts'

/** Twelve open branches of SQL, planned and written by captains in clones of their own, with one store. */
const folder = temporaryFolder()
let server: PostgresServer
beforeAll(async () => {
  ;[server] = await Promise.all([startPostgres(), buildMigrationEstate({ dir: folder.path, kind: 'sql' })])
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

interface Planner {
  readonly path: string
  readonly git: (...args: readonly string[]) => string
  readonly batch: (...args: readonly string[]) => Promise<Ended>
}

/** A clone of the ledger; with a place of its own, a store of its own, too. */
function planner(name: string, { dir = folder.path } = {}): Planner {
  const place = path.join(dir, name)
  if (!existsSync(place)) cpSync(path.join(folder.path, 'ledger'), place, { recursive: true })
  const env = { PATH: process.env['PATH'] ?? '', HOME: dir, GIT_CONFIG_NOSYSTEM: '1' }
  return {
    path: place,
    git: (...args) => execFileSync('git', args, { cwd: place, env, encoding: 'utf8' }).trim(),
    batch: (...args) =>
      conduct(['batch', ...args], {
        cwd: place,
        env: { HOME: dir, CONDUCT_SCRATCH_SERVER: server.url('postgres') },
      }),
  }
}

const all = ['--branch', 'feat/*'] as const
/** So few in a turn that the next one has work, too, that stands on nothing of the first. */
const few = [...all, '--max-changes', '2'] as const
const ticketsOf = (ended: Ended): readonly string[] =>
  (documentOf(ended)['tickets'] as readonly { readonly id: string }[]).map((each) => each.id)

describe('conduct batch why and density', () => {
  it('say why two tickets are apart, and whether it is time to batch', async () => {
    const one = planner('alone')
    const [why, density, nobody] = await Promise.all([
      one.batch('why', 'feat/nick', 'feat/nickname-index', ...all, '--json'),
      one.batch('density', ...all, '--json'),
      one.batch('why', 'feat/nick', 'feat/nikname', ...all, '--json'),
    ])

    expect(documentOf(why)).toMatchObject({
      exit: 0,
      relation: 'order',
      together: false,
      because: ['feat/nick must come before feat/nickname-index, in a turn of its own'],
      b: {
        operations: [
          { kind: 'create_index', fact: 'create_index_concurrently', file: 'db/V6__ix.sql', line: 1 },
        ],
      },
    })
    expect(documentOf(density)).toMatchObject({ exit: 0, batch_now: true, in_flight: 12, migrations: 11 })
    expect(documentOf(nobody)).toMatchObject({ exit: 4, error: { code: 'TICKET_UNKNOWN' } })
  })
})

describe('conduct batch write', () => {
  it('makes a branch with a commit per ticket, touches no checkout, and offers each source branch the way out', async () => {
    const one = planner('alone')
    const before = one.git('rev-parse', 'HEAD')

    const ended = await one.batch('write', 'turn-1', ...all, '--json')

    const written = documentOf(ended)
    expect(written).toMatchObject({
      exit: 0,
      outcome: 'written',
      turn: 'turn-1',
      lane: null,
      pushed_to: null,
    })
    const branch = written['branch'] as string
    expect(one.git('diff', '--name-status', 'main', branch).split('\n')).toEqual([
      'A\tdb/V12__carts.sql',
      'A\tdb/V13__carts_2.sql',
      'A\tdb/V14__colour.sql',
      'A\tdb/V15__note.sql',
      'A\tdb/V16__nick.sql',
    ])
    expect(one.git('show', `${branch}:db/V13__carts_2.sql`)).toBe(
      'CREATE INDEX CONCURRENTLY carts_opened_at ON carts (opened_at);',
    )
    expect(one.git('log', '--format=%s', '--reverse', `main..${branch}`).split('\n')).toHaveLength(4)
    expect([one.git('rev-parse', 'HEAD'), one.git('status', '--porcelain')]).toEqual([before, ''])
    // The duplicate, too: nick does the work of both.
    const offers = written['offers'] as readonly { readonly ticket: string; readonly commit: string }[]
    expect(offers.map((each) => each.ticket)).toEqual([
      'feat/carts',
      'feat/colour',
      'feat/long-note',
      'feat/nick',
      'feat/nickname',
    ])
    const [carts] = offers
    expect(one.git('diff', '--name-status', 'feat/carts', carts?.commit ?? '')).toBe('D\tdb/V4__carts.sql')

    // Every branch there is: that of the batch is no ticket.
    const again = await one.batch('write', 'turn-1', '--branch', '**', '--json')
    expect(documentOf(again)).toMatchObject({ outcome: 'already', commit: written['commit'], offers })
  })

  it('gives a ticket to one of two planners even where they hold different lanes', async () => {
    const dir = path.join(folder.path, 'lanes')
    mkdirSync(dir)
    const yaml = readFileSync(path.join(folder.path, 'lanes.yaml'), 'utf8')
    const second = yaml.replace(
      'lanes:',
      'lanes:\n  other_migration: { use: sql_migrations, captains: [carl], triggers: { flags: [other], paths: ["other/*.txt"] } }',
    )
    writeFileSync(path.join(dir, 'lanes.yaml'), second.replace('state.db', 'other.db'))
    const planners = ['one', 'two'].map((name) => planner(name, { dir }))
    const lanes = ['backend_migration', 'other_migration']

    const ended = await Promise.all(
      planners.map((each, at) =>
        each.batch(
          'write',
          'turn-1',
          '--branch',
          'feat/colour',
          '--claim',
          '--lane',
          lanes[at] ?? '',
          '--json',
        ),
      ),
    )

    // Who plans so late that it is taken already has nothing left to plan.
    const codes = ended.map(
      (each) => (documentOf(each)['error'] as { code: string } | undefined)?.code ?? 'none',
    )
    expect(codes.filter((code) => code === 'none')).toHaveLength(1)
    expect(['TICKET_TAKEN', 'TURN_UNKNOWN']).toContain(codes.find((code) => code !== 'none'))
  })

  it('lets both of two planners pick the same tickets without --claim: the control', async () => {
    const ended = await Promise.all(
      [planner('c1'), planner('c2')].map((each) => each.batch('write', 'turn-1', ...all, '--json')),
    )

    expect(ended.map((each) => documentOf(each)['outcome'])).toEqual(['written', 'written'])
    expect(new Set(ended.map((each) => ticketsOf(each).join())).size).toBe(1)
  })

  it('takes the lane and the tickets with --claim: of two planners at once, one is told who has them and gets none', async () => {
    const planners = [planner('p1'), planner('p2')]
    const ended = await Promise.all(
      planners.map((each) => each.batch('write', 'turn-1', ...few, '--claim', '--json')),
    )

    const at = ended.findIndex((each) => each.exit === 0)
    const [winner, loser] = [ended[at], ended[1 - at]]
    if (winner === undefined || loser === undefined) throw new Error(JSON.stringify(ended))
    const won = documentOf(winner)
    expect(won).toMatchObject({
      outcome: 'written',
      lane: { name: 'backend_migration', resources: ['ledger'] },
    })
    const told = documentOf(loser)
    expect(told).toMatchObject({ exit: 10, outcome: 'refused', holder: { task: won['batch'] } })
    expect(planners[1 - at]?.git('branch', '--list', 'conduct/*')).toBe('')

    const plan = documentOf((await planners[1 - at]?.batch('plan', ...few, '--json')) ?? loser)
    const planned = (plan['turns'] as readonly { readonly tickets: readonly string[] }[]).flatMap(
      (each) => each.tickets,
    )
    expect(planned.filter((id) => ticketsOf(winner).includes(id))).toEqual([])
    expect(plan['taken']).toHaveLength(2)

    // Who has it is told the second time as well, and by name.
    const [later, inProgress] = await Promise.all([
      planners[1 - at]?.batch('write', 'turn-1', ...few, '--claim'),
      planners[at]?.batch('write', 'turn-1', ...few, '--claim', '--json'),
    ])
    expect(later).toMatchObject({ exit: 10 })
    expect(later?.stdout).toContain(String(won['batch']))
    expect(documentOf(inProgress ?? loser)).toMatchObject({ exit: 13, error: { code: 'BATCH_IN_PROGRESS' } })

    // As if the winner had been killed between its claim and its branch: asked again, it goes on where it was.
    const refs = planners[at]?.git(
      'for-each-ref',
      '--format=delete %(refname)',
      'refs/conduct',
      'refs/heads/conduct',
    )
    execFileSync('git', ['update-ref', '--stdin'], { cwd: planners[at]?.path, input: `${refs ?? ''}\n` })
    const resumed = await planners[at]?.batch('write', 'turn-1', ...few, '--claim', '--json')
    expect(documentOf(resumed ?? loser)).toMatchObject({
      outcome: 'written',
      batch: won['batch'],
      lane: { token: (won['lane'] as { readonly token: number }).token },
    })

    // The way back of a ticket, guarded: the second who asks is told that it is there already.
    const back = ['task', 'move', 'feat/carts', '--to', 'open', '--from', 'batched', '--json']
    const place = { cwd: planners[at]?.path ?? '', env: { HOME: folder.path } }
    expect(documentOf(await conduct(back, place))).toMatchObject({ exit: 0, outcome: 'moved', guarded: true })
    expect(documentOf(await conduct([...back, '--only-if-moved'], place))).toMatchObject({
      ok: false,
      exit: 13,
      outcome: 'already',
    })
  })
})

describe('what stands in the way of a batch', () => {
  it('is named, and nothing is written', async () => {
    using outside = temporaryFolder()
    const one = planner('ledger', { dir: outside.path })
    const remote = path.join(outside.path, 'remote.git')
    execFileSync('git', ['clone', '--quiet', '--bare', one.path, remote])
    const colour = ['write', 'turn-1', '--branch', 'feat/colour', '--json'] as const
    const refuse = path.join(remote, 'hooks/pre-receive')
    writeFileSync(refuse, '#!/bin/sh\necho "not today" >&2; exit 1\n', { mode: 0o755 })

    const [noLane, rewritten, noTurn] = await Promise.all([
      one.batch(...colour, '--claim'),
      one.batch('write', 'turn-1', '--branch', 'feat/rewritten', '--json'),
      one.batch('write', 'turn-9', '--branch', 'feat/colour', '--json'),
    ])
    expect(documentOf(noLane)).toMatchObject({ exit: 2, error: { code: 'BATCH_LANE_MISSING' } })
    expect(documentOf(rewritten)).toMatchObject({
      exit: 3,
      error: {
        code: 'BATCH_NOT_WRITABLE',
        hint: expect.stringContaining('it changes a migration that others have run') as string,
      },
    })
    expect(documentOf(noTurn)).toMatchObject({ exit: 4, error: { code: 'TURN_UNKNOWN' } })
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

describe('conduct batch verify', () => {
  it('says that a written batch reaches what its tickets reach, and finds what was slipped into it', async () => {
    const one = planner('verified')
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
    const one = planner('alone')
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
