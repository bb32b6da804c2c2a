import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Estate } from '@conduct/rehearsal'
import { git, readWorld } from '../conductor/estate-world.ts'
import { useEstates } from '../conductor/use-estates.ts'
import { hashFolder, shell, trainProcess, expectExit } from './train-process.ts'

describe('what a train leaves for people and programs to read', () => {
  const estates = useEstates()

  test('a whole train never touches a checkout, not even the one it is started in, and agrees with the world', async () => {
    const estate = await estates.fresh()
    const train = await trainProcess(estate)
    const engine = estate.checkouts['engine'] ?? ''
    const before = await checkoutsOf(estate)

    const { exit, document, stderr } = await train.json(['run', 'engine', '--approve'], { cwd: engine })

    expectExit({ exit, stderr }, 0)
    expect(await checkoutsOf(estate)).toEqual(before)
    const world = await readWorld(estate)
    const integrity = world.live['@rehearsal/engine']?.['1.1.0'] ?? 'none'
    expect(document).toMatchObject({
      state: 'done',
      published: [{ package: '@rehearsal/engine', version: '1.1.0', integrity }],
      lane: { released: true },
      next: null,
    })
    expect(document.adopted.map(({ repo, commit }) => ({ [repo]: commit }))).toEqual(
      estate.consumers.map(({ name }) => ({ [name]: world.heads[name] })),
    )
    for (const { repo, to } of document.adopted) {
      expect(world.lockfiles[repo]).toContain(to)
      expect(world.lockfiles[repo]).toContain(integrity)
    }
    expect(document.deployed.map(({ repo, sha, verified }) => ({ repo, sha, verified }))).toEqual(
      estate.consumers.map(({ name }) => ({ repo: name, sha: world.heads[name], verified: 'yes' })),
    )
    expect((await train.json(['lane', 'show', 'release_train'])).document).toMatchObject({ holders: [] })

    const texts = await Promise.all(
      ['text', 'json', 'markdown', 'html'].map(async (format) => {
        const report = await train.conduct(['report', document.run, '--format', format])
        expectExit(report, 0)
        return report.stdout
      }),
    )
    for (const text of texts) {
      for (const fact of ['@rehearsal/engine', '1.1.0', integrity, 'shop', 'admin', document.run]) {
        expect(text.replaceAll('&#x2F;', '/')).toContain(fact)
      }
    }
    const file = join(estate.dir, 'report.html')
    expectExit(await train.conduct(['report', document.run, '--format', 'html', '-o', file]), 0)
    expect((await readFile(file, 'utf8')).trimEnd()).toBe((texts[3] ?? '').trimEnd())
    expect(JSON.parse(texts[1] ?? '')).toMatchObject({ run: document.run, state: 'done' })
    expect(texts[2]).toMatch(/^# /mu)
    expect(texts[3]).toMatch(/^<!doctype html>/iu)
    // Links are fine; nothing is loaded from elsewhere.
    expect(texts[3]).not.toMatch(/<(?:script|link|img|iframe)[^>]*(?:src|href)=/u)
  })

  test('failures are one JSON document too, without a terminal nothing asks, and events are lines of JSON', async () => {
    const estate = await estates.fresh()
    const train = await trainProcess(estate)
    await train.declare()
    const events = join(estate.dir, 'events.ndjson')

    const waiting = await train.json(['run', 'engine', '--events', events])

    expect([waiting.exit, waiting.document.ok]).toEqual([6, false])
    const lines = (await readFile(events, 'utf8')).trimEnd().split('\n')
    const documents = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(documents[0]).toEqual({ type: 'format', format: 1 })
    for (const one of documents.slice(1)) {
      expect(one).toMatchObject({ type: expect.any(String) as string, at: expect.any(String) as string })
      expect(Object.keys(one).filter((key) => /[A-Z]/u.test(key))).toEqual([])
    }
    const kinds = new Set(documents.map(({ type }) => type))
    for (const kind of [
      'run_opened',
      'phase_started',
      'phase_ended',
      'preflight_row',
      'lane_changed',
      'run_planned',
    ]) {
      expect(kinds).toContain(kind)
    }

    const failures = [
      [['run', 'no-such-train'], 4, 'TRAIN_UNKNOWN'],
      [['resume', 'ffffff'], 4, 'RUN_UNKNOWN'],
      [['approve', 'ffffff'], 4, 'PLAN_UNKNOWN'],
      [['run', 'engine', '--only', 'nobody'], 2, 'USAGE'],
      [['abort', waiting.document.run], 2, 'USAGE'],
    ] as const
    for (const [args, exit, code] of failures) {
      const failed = await train.json(args)
      expect([failed.exit, failed.document.exit, failed.document.error?.code]).toEqual([exit, exit, code])
    }
    const nowhere = await train.json(['status'], { env: { HOME: estate.dir }, cwd: '/' })
    expect(nowhere.exit).toBe(0)
  })

  test('no secret leaves: not a token of a registry, not a variable that env: passes, in a run that prints both', async () => {
    const estate = await estates.fresh()
    const train = await trainProcess(estate)
    const [deployCode, apiToken] = ['correct-horse-battery', 'tok-1234567890abcdef']
    const token = /_authToken=(\S+)/u.exec(await git(estate, 'engine', 'show', 'main:.npmrc'))?.[1] ?? ''
    expect(token).not.toBe('')
    const leak = 'cat .npmrc; echo "$DEPLOY_CODE and $API_TOKEN"; sed -n "s/.*_authToken=//p" .npmrc'
    await train.declare([
      [/checks: \[\]/u, `checks: [${shell(`${leak}; exit 3`)}]\n    env: [DEPLOY_CODE, API_TOKEN]`],
    ])
    const env = { DEPLOY_CODE: deployCode, API_TOKEN: apiToken }
    const events = join(estate.dir, 'events.ndjson')

    const failed = await train.conduct(['run', 'engine', '--approve', '-v', '--events', events], { env })

    expect(failed.exit).toBe(3)
    expect(failed.stdout).toContain('***')
    const run = /run ([0-9a-f]{6})/u.exec(failed.stdout)?.[1] ?? ''
    // The checks are quiet now; the train travels, and everything it leaves is read.
    await train.declare([[/checks: \[\]/u, `checks: [${shell(leak)}]\n    env: [DEPLOY_CODE, API_TOKEN]`]])
    const done = await train.json(['resume', run, '--replan', '--approve', '-v'], { env })
    expectExit(done, 0)
    const said = [failed.stdout, failed.stderr, JSON.stringify(done.document), done.stderr]
    for (const format of ['text', 'json', 'markdown', 'html']) {
      said.push((await train.conduct(['report', run, '--format', format])).stdout)
    }
    said.push((await train.conduct(['status', run, '--json'])).stdout)
    said.push(await readFile(events, 'utf8'))
    const kept = [
      ...(await filesBelow(join(estate.dir, 'state'))),
      ...(await filesBelow(join(estate.dir, 'store'))),
    ]
    expect(kept.length).toBeGreaterThan(1)
    for (const file of kept) said.push((await readFile(file)).toString('latin1'))
    const leaked = said.flatMap((text, at) =>
      [deployCode, apiToken, token].flatMap((secret) => {
        const place = text.indexOf(secret)
        return place === -1 ? [] : [`${at}: ${text.slice(Math.max(0, place - 60), place + 10)}`]
      }),
    )
    expect(leaked).toEqual([])
  })
})

async function checkoutsOf(estate: Estate): Promise<Readonly<Record<string, string>>> {
  const entries = Object.entries(estate.checkouts)
  return Object.fromEntries(
    await Promise.all(entries.map(async ([repo, folder]) => [repo, await hashFolder(folder)])),
  )
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}
