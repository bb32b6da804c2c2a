import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { conduct, documentOf, type Ended } from '../e2e/conduct-process.ts'
import { type Captain, type Ledger, openLedger } from './ledger-captains.ts'

let ledger: Ledger
const captain = (name: string, options?: { readonly dir: string }): Captain => ledger.captain(name, options)
beforeAll(async () => {
  ledger = await openLedger()
})
afterAll(() => ledger[Symbol.dispose]())

const all = ['--branch', 'feat/*'] as const
/** So few in a turn that the next one has work, too, that stands on nothing of the first. */
const few = [...all, '--max-changes', '2'] as const
const ticketsOf = (ended: Ended): readonly string[] =>
  (documentOf(ended)['tickets'] as readonly { readonly id: string }[]).map((each) => each.id)

describe('conduct batch why and density', () => {
  it('say why two tickets are apart, and whether it is time to batch', async () => {
    const one = captain('alone')
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
    const one = captain('alone')
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

    // Thrown away, it can be written anew: its offers are left of it.
    one.git('branch', '-D', branch)
    const anew = documentOf(await one.batch('write', 'turn-1', '--branch', '**', '--json'))
    expect(anew).toMatchObject({ outcome: 'written', branch })
  })

  it('gives a ticket to one of two planners even where they hold different lanes', async () => {
    const dir = path.join(ledger.path, 'lanes')
    mkdirSync(dir)
    const yaml = readFileSync(path.join(ledger.path, 'lanes.yaml'), 'utf8')
    const second = yaml.replace(
      'lanes:',
      'lanes:\n  other_migration: { use: sql_migrations, captains: [carl], triggers: { flags: [other], paths: ["other/*.txt"] } }',
    )
    writeFileSync(path.join(dir, 'lanes.yaml'), second.replace('state.db', 'other.db'))
    const planners = ['one', 'two'].map((name) => captain(name, { dir }))
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
      [captain('c1'), captain('c2')].map((each) => each.batch('write', 'turn-1', ...all, '--json')),
    )

    expect(ended.map((each) => documentOf(each)['outcome'])).toEqual(['written', 'written'])
    expect(new Set(ended.map((each) => ticketsOf(each).join())).size).toBe(1)
  })

  it('takes the lane and the tickets with --claim: of two planners at once, one is told who has them and gets none', async () => {
    const planners = [captain('p1'), captain('p2')]
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
    const place = { cwd: planners[at]?.path ?? '', env: { HOME: ledger.path } }
    expect(documentOf(await conduct(back, place))).toMatchObject({ exit: 0, outcome: 'moved', guarded: true })
    expect(documentOf(await conduct([...back, '--only-if-moved'], place))).toMatchObject({
      ok: false,
      exit: 13,
      outcome: 'already',
    })
  })
})
