import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  conduct,
  documentOf,
  normalise,
  smallestLanesYaml,
  start,
  temporaryFolder,
} from './conduct-process.ts'

let folder: ReturnType<typeof temporaryFolder>
/** Two people in two checkouts on one machine. */
let ana: { readonly cwd: string; readonly env: Record<string, string> }
let carl: typeof ana

beforeEach(() => {
  folder = temporaryFolder()
  folder.write('lanes.yaml', smallestLanesYaml.replace('STORE', join(folder.path, 'store', 'state.db')))
  const checkout = (name: string) => {
    const cwd = join(folder.path, name)
    mkdirSync(cwd)
    return { cwd, env: { XDG_STATE_HOME: join(folder.path, 'state'), USER: name } }
  }
  ana = checkout('ana')
  carl = checkout('carl')
})

afterEach(() => {
  folder[Symbol.dispose]()
})

const asAna = ['--as', 'cli:ana']
const asCarl = ['--as', 'cli:carl']
const acquire = ['lane', 'acquire', 'release_train', '--repo', 'shop']

describe('a lane between two holders', () => {
  test('is held by the asker in another folder, who is somebody else all the same', async () => {
    const granted = await conduct([...asAna, ...acquire], ana)
    const elsewhere = await conduct([...asAna, ...acquire], carl)

    expect([granted.exit, elsewhere.exit]).toEqual([0, 10])
    expect(normalise(elsewhere.stdout, folder.path)).toContain(
      'release_train {shop} is held by you in another folder: cli:ana@<host>#ana since <hh:mm>.',
    )
  })

  test('is granted, held against the other with exit 10, released, granted', async () => {
    const granted = await conduct([...asAna, ...acquire, '--task', 'ABC-12'], ana)
    const held = await conduct([...asCarl, ...acquire], carl)
    const shown = await conduct(['lane', 'show', 'release_train'], carl)
    const released = await conduct([...asAna, 'lane', 'release', 'release_train'], ana)
    const turn = await conduct([...asCarl, ...acquire], carl)

    expect([granted.exit, held.exit, released.exit, turn.exit]).toEqual([0, 10, 0, 0])
    expect(normalise(granted.stdout, folder.path)).toMatchInlineSnapshot(`
      "✔ release_train {shop} is yours until <hh:mm>, token 1.
      Renew it before, with: node <conduct.js> -c <folder>/lanes.yaml --as cli:ana -C <folder>/ana lane renew release_train
      Next: node <conduct.js> -c <folder>/lanes.yaml --as cli:ana -C <folder>/ana lane release release_train
      "
    `)
    expect(normalise(held.stdout, folder.path)).toMatchInlineSnapshot(`
      "release_train {shop} is held by cli:ana@<host>#ana since <hh:mm>, for ABC-12.
      You are number 1 in line; estimate: unknown.
      Next: node <conduct.js> -c <folder>/lanes.yaml --as cli:carl -C <folder>/carl lane acquire release_train --repo shop --wait
      "
    `)
    expect(normalise(shown.stdout, folder.path)).toMatchInlineSnapshot(`
      "release_train: held (limit 1, order strict)
        cli:ana@<host>#ana since <hh:mm>, for ABC-12: {shop}, token 1, until <hh:mm> [<claim>]
        In line
          1. cli:carl@<host>#carl since <hh:mm>: {shop}, behind <claim>, estimate unknown [<claim>]
      "
    `)
    expect(normalise(released.stdout, folder.path)).toMatchInlineSnapshot(`
      "Released release_train.
      "
    `)
    expect(normalise(turn.stdout, folder.path)).toMatchInlineSnapshot(`
      "✔ release_train {shop} is yours until <hh:mm>, token 2.
      Renew it before, with: node <conduct.js> -c <folder>/lanes.yaml --as cli:carl -C <folder>/carl lane renew release_train
      Next: node <conduct.js> -c <folder>/lanes.yaml --as cli:carl -C <folder>/carl lane release release_train
      "
    `)
    expect([granted, held, shown, released, turn].map(({ stderr }) => stderr)).toEqual(['', '', '', '', ''])
  })

  test('says the same in JSON, with the holder from the record', async () => {
    const granted = await conduct(
      [...asAna, ...acquire, '--task', 'ABC-12', '--contact', 'https://x.example/1', '--json'],
      ana,
    )
    const held = await conduct([...asCarl, ...acquire, '--json'], carl)
    const shown = await conduct(['lane', 'show', 'release_train', '--json'], carl)

    expect(documentOf(granted)).toMatchObject({
      format: 1,
      command: 'lane acquire',
      ok: true,
      exit: 0,
      lane: 'release_train',
      outcome: 'granted',
      resources: ['shop'],
      token: 1,
      unattended: true,
      expires_at: expect.stringMatching(/Z$/) as string,
    })
    const { claim } = documentOf(granted)
    expect(documentOf(held)).toMatchObject({
      ok: true,
      exit: 10,
      outcome: 'queued',
      token: null,
      expires_at: null,
      position: 1,
      holder: {
        name: expect.stringMatching(/^cli:ana@.+#ana$/) as string,
        task: 'ABC-12',
        contact: 'https://x.example/1',
      },
      blockers: [{ claim }],
      estimate: null,
    })
    expect(documentOf(shown)).toMatchObject({
      lane: 'release_train',
      limit: 1,
      order: 'strict',
      paused: null,
      holders: [
        {
          claim,
          resources: ['shop'],
          token: 1,
          task: 'ABC-12',
          unchanged_for_s: expect.any(Number) as number,
        },
      ],
      waiting: [{ position: 1, blocked_by: [claim], resources: ['shop'] }],
    })
  })

  test('keeps what it asked for when it asks again, and is somebody else in another folder', async () => {
    const first = documentOf(await conduct([...asAna, ...acquire, '--json'], ana))
    const again = documentOf(await conduct([...asAna, ...acquire, '--json'], ana))
    const elsewhere = documentOf(await conduct([...asAna, ...acquire, '--json'], carl))

    expect(again).toMatchObject({ outcome: 'granted', claim: first['claim'], token: first['token'] })
    expect(elsewhere).toMatchObject({ outcome: 'queued', exit: 10 })
  })

  test('leaves a renewer behind with --keep, bound to whoever started the command', async () => {
    const kept = documentOf(await conduct([...asAna, ...acquire, '--keep', '--json'], ana))
    const { holders } = documentOf(await conduct(['lane', 'show', 'release_train', '--json'], ana)) as {
      holders: readonly { expires_at: string }[]
    }

    expect(kept).toMatchObject({ outcome: 'granted', kept_for_process: process.pid })
    expect(Date.parse(holders[0]?.expires_at ?? '')).toBeGreaterThanOrEqual(
      Date.parse(String(kept['expires_at'])),
    )
    await conduct([...asAna, 'lane', 'release', 'release_train'], ana)
  })

  test('keeps its proof where only its user can read it', async () => {
    await conduct([...asAna, ...acquire], ana)

    const claims = join(folder.path, 'state', 'conduct', 'acme', 'claims')
    const [place = ''] = readdirSync(claims)
    const [file = ''] = readdirSync(join(claims, place))
    expect(statSync(join(claims, place, file)).mode & 0o777).toBe(0o600)
  })

  test('refuses without a place in line when asked to, and leaves the line when asked to', async () => {
    await conduct([...asAna, ...acquire], ana)

    const refused = await conduct([...asCarl, ...acquire, '--no-queue', '--json'], carl)
    await conduct([...asCarl, ...acquire], carl)
    const left = await conduct([...asCarl, 'lane', 'leave', 'release_train', '--json'], carl)
    const again = await conduct([...asCarl, 'lane', 'leave', 'release_train', '--json'], carl)
    const shown = await conduct(['lane', 'show', 'release_train', '--json'], carl)

    expect(documentOf(refused)).toMatchObject({ exit: 10, outcome: 'refused', claim: null })
    expect(documentOf(left)).toMatchObject({ exit: 0, outcome: 'left' })
    expect(documentOf(again)).toMatchObject({ exit: 0, outcome: 'not_waiting' })
    expect(documentOf(shown)).toMatchObject({ waiting: [] })
  })

  test('steps aside with success where the lane says when_held: skip', async () => {
    await conduct([...asAna, 'lane', 'acquire', 'docs'], ana)

    const skipped = await conduct([...asCarl, 'lane', 'acquire', 'docs', '--json'], carl)

    expect(documentOf(skipped)).toMatchObject({ ok: true, exit: 0, outcome: 'skipped', token: null })
  })

  test('changes nothing when one releases what one does not hold', async () => {
    await conduct([...asAna, ...acquire], ana)

    const released = await conduct([...asCarl, 'lane', 'release', 'release_train', '--json'], carl)
    const shown = await conduct(['lane', 'show', 'release_train', '--json'], carl)

    expect(documentOf(released)).toMatchObject({ ok: true, exit: 0, outcome: 'not_held' })
    expect(documentOf(shown)).toMatchObject({ holders: [{ token: 1 }] })
  })

  test('is waited for with --wait and granted as soon as it is released', async () => {
    await conduct([...asAna, ...acquire], ana)
    const waiting = start([...asCarl, ...acquire, '--wait', '--wait-max', '5m', '--json'], carl)
    await waitUntil(async () => {
      const shown = documentOf(await conduct(['lane', 'show', 'release_train', '--json'], ana))
      return (shown['waiting'] as readonly unknown[]).length === 1
    })

    await conduct([...asAna, 'lane', 'release', 'release_train'], ana)
    const granted = await waiting.ended

    expect(documentOf(granted)).toMatchObject({ exit: 0, outcome: 'granted', token: 2 })
  })

  test('leaves the line and exits 8 when a wait is interrupted (INTERRUPTED)', async () => {
    await conduct([...asAna, ...acquire], ana)
    const waiting = start([...asCarl, ...acquire, '--wait', '--json'], carl)
    await waitUntil(async () => {
      const shown = documentOf(await conduct(['lane', 'show', 'release_train', '--json'], ana))
      return (shown['waiting'] as readonly unknown[]).length === 1
    })

    waiting.kill('SIGTERM')
    const ended = await waiting.ended
    const shown = documentOf(await conduct(['lane', 'show', 'release_train', '--json'], ana))

    expect(documentOf(ended)).toMatchObject({ exit: 8, ok: false, error: { code: 'INTERRUPTED' } })
    expect(shown).toMatchObject({ waiting: [] })
  })
})

describe('captains', () => {
  test('pause, move and force-release; others are refused (NOT_CAPTAIN, TOKEN_STALE)', async () => {
    const { token } = documentOf(await conduct([...asCarl, ...acquire, '--json'], carl)) as { token: number }

    const notCaptain = await conduct(
      [...asCarl, 'lane', 'pause', 'release_train', '--reason', 'x', '--json'],
      carl,
    )
    const paused = await conduct(
      [...asAna, 'lane', 'pause', 'release_train', '--reason', 'x', '--until', '2h', '--json'],
      ana,
    )
    const stale = await conduct(
      [
        ...asAna,
        'lane',
        'force-release',
        'release_train',
        '--token',
        String(token + 1),
        '--reason',
        'y',
        '--json',
      ],
      ana,
    )
    const forced = await conduct(
      [
        ...asAna,
        'lane',
        'force-release',
        'release_train',
        '--token',
        String(token),
        '--reason',
        'y',
        '--json',
      ],
      ana,
    )
    const renewed = await conduct([...asCarl, 'lane', 'renew', 'release_train', '--json'], carl)
    const verified = await conduct(['lane', 'history', 'release_train', '--verify', '--json'], ana)

    expect(documentOf(notCaptain)).toMatchObject({ exit: 6, error: { code: 'NOT_CAPTAIN' } })
    expect(documentOf(paused)).toMatchObject({ exit: 0, outcome: 'paused' })
    expect(documentOf(stale)).toMatchObject({ exit: 13, error: { code: 'TOKEN_STALE' } })
    expect(documentOf(forced)).toMatchObject({ exit: 0, outcome: 'forced' })
    expect(documentOf(renewed)).toMatchObject({ exit: 11, error: { code: 'LEASE_LOST' } })
    expect(documentOf(verified)).toMatchObject({ exit: 0, verified: { intact: true } })
  })

  test('replace the definition in the store, which decides until then', async () => {
    await conduct([...asAna, ...acquire], ana)
    const path = join(folder.path, 'lanes.yaml')
    const text = readFileSync(path, 'utf8').replace(
      'captains: [ana] }\n  backend',
      'captains: [ana], limit: 2 }\n  backend',
    )
    writeFileSync(path, text)

    const before = documentOf(await conduct(['lane', 'show', 'release_train', '--json'], ana))
    const applied = documentOf(await conduct([...asAna, 'lane', 'apply', 'release_train', '--json'], ana))
    const after = documentOf(await conduct(['lane', 'show', 'release_train', '--json'], ana))

    expect(before).toMatchObject({ limit: 1, definition_differs: true })
    expect(applied).toMatchObject({ lanes: [{ lane: 'release_train', outcome: 'applied' }] })
    expect(after).toMatchObject({ limit: 2, definition_differs: false })
  })
})

describe('a store that cannot be read', () => {
  test.each([
    ['a folder stands where the store should be', (path: string) => mkdirSync(path, { recursive: true })],
    [
      'the file is no database',
      (path: string) => {
        mkdirSync(join(path, '..'), { recursive: true })
        writeFileSync(path, 'this is no database, and long enough to look at'.repeat(100))
      },
    ],
  ])('never prints held or free: %s', async (_what, spoil) => {
    spoil(join(folder.path, 'store', 'state.db'))

    for (const command of [['lane', 'list'], ['lane', 'show', 'release_train'], acquire]) {
      const text = await conduct(command, ana)
      const json = await conduct([...command, '--json'], ana)
      expect(text.exit).toBe(30)
      expect(text.stdout).toBe('')
      expect(text.stderr).toMatch(/^error STORE_UNREACHABLE/)
      expect(text.stderr.split('\n')[0]).not.toMatch(/\b(?:held|free)\b/)
      expect(documentOf(json)).toMatchObject({
        ok: false,
        exit: 30,
        error: { code: 'STORE_UNREACHABLE', retryable: true },
      })
      expect(documentOf(json)).not.toHaveProperty('outcome')
      expect(documentOf(json)).not.toHaveProperty('holders')
    }
  })
})

describe('exec', () => {
  const exec = (...command: readonly string[]) => [
    'exec',
    'release_train',
    '--repo',
    'shop',
    '--',
    ...command,
  ]

  test('passes on what the command says and how it exits, and gives the lane back', async () => {
    const ended = await conduct(
      exec(process.execPath, '-e', 'console.log(process.env.CONDUCT_TOKEN); process.exit(3)'),
      ana,
    )
    const shown = await conduct(['lane', 'show', 'release_train', '--json'], ana)

    expect(ended).toMatchObject({ exit: 3, stdout: '1\n', stderr: '' })
    expect(documentOf(shown)).toMatchObject({ holders: [], recent: [{ outcome: 'released' }] })
  })

  test('keeps stdout for its document with --json', async () => {
    const ended = await conduct(
      ['--json', ...exec(process.execPath, '-e', 'console.log("noise"); process.exit(10)')],
      ana,
    )

    expect(documentOf(ended)).toMatchObject({
      ok: false,
      exit: 10,
      ran: true,
      command_exit: 10,
      signal: null,
    })
    expect(ended.stderr).toContain('noise')
  })

  test('does not run and leaves no place in line when the lane is held', async () => {
    await conduct([...asCarl, ...acquire], carl)

    const ended = await conduct(['--json', ...exec(process.execPath, '-e', 'console.log("ran")')], ana)
    const shown = await conduct(['lane', 'show', 'release_train', '--json'], ana)

    expect(documentOf(ended)).toMatchObject({ ok: true, exit: 10, outcome: 'refused', ran: false })
    expect(documentOf(shown)).toMatchObject({ waiting: [] })
  })
})

/** Asks again until it is so; each question is a whole process, so no pause is needed. */
async function waitUntil(isSo: () => Promise<boolean>): Promise<void> {
  const QUESTIONS_MAX = 100
  for (let question = 0; question < QUESTIONS_MAX; question += 1) {
    if (await isSo()) return
  }
  throw new Error(`not so after ${QUESTIONS_MAX} questions`)
}

describe('how a lane was used', () => {
  test('is told from its history, for people and for programs', async () => {
    await conduct([...asAna, ...acquire], ana)
    await conduct([...asCarl, ...acquire, '--no-queue'], carl)
    await conduct([...asAna, 'lane', 'release', 'release_train'], ana)

    const shown = await conduct(['lane', 'stats'], ana)
    const read = await conduct(['lane', 'stats', 'release_train', '--since', '7d', '--json'], carl)
    const unknown = await conduct(['lane', 'stats', 'nothing'], ana)

    expect([shown.exit, read.exit, unknown.exit]).toEqual([0, 0, 4])
    const lines = shown.stdout.replaceAll(/\d+\.\ds/g, '<time>').split('\n')
    expect(lines[0]).toMatch(/^release_train: <time> since \d\d:\d\d$/)
    expect(lines).toContain('  grants     1, none had to wait')
    expect(lines).toContain('  holds      half within <time>, 9 in 10 within <time>, longest <time> (of 1)')
    expect(lines).toContain('  ended      1 released')
    expect(lines).toContain('  refused    1: 1 held')
    expect(lines).toContain('  takeovers  none')
    expect(lines.join('\n')).toMatch(/busiest {4}cli:ana@\S+#ana: <time> in 1 turn/)
    expect(documentOf(read)['lanes']).toMatchObject([
      {
        lane: 'release_train',
        grants: 1,
        contention: 0,
        holds: { count: 1 },
        outcomes: { released: 1, refused: 1 },
        refusals: { held: 1 },
        utilisation: { slots: [{ slot: 'shop' }] },
      },
    ])
  })
})
