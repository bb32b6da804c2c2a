import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Estate, buildEstate, copyEstate, openEstate } from '@conduct/rehearsal'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { conduct, documentOf, start, temporaryFolder } from './conduct-process.ts'

const run = promisify(execFile)
const engine = '@rehearsal/engine'

interface Registry {
  readonly versions: Readonly<Record<string, { readonly dist: { readonly integrity: string } }>>
}

async function readRegistry(estate: Pick<Estate, 'registryUrl'>): Promise<Registry> {
  const response = await fetch(`${estate.registryUrl}${engine.replace('/', '%2f')}`)
  return (await response.json()) as Registry
}

/** What the lockfile on a remote's main says, read from the remote itself. */
async function lockfileOf(estate: Estate, repo: string, file: string): Promise<string> {
  const remote = (estate.remotes[repo] ?? '').replace('file://', '')
  return (await run('git', ['-C', remote, 'show', `main:${file}`])).stdout
}

describe('conduct rehearse', () => {
  test('conducts a whole train, prints its document, and removes everything', async () => {
    using folder = temporaryFolder()

    const ended = await conduct(['rehearse', '--json'], { cwd: folder.path })
    const document = documentOf(ended) as { estate: { dir: string; registry: string } }

    expect(document).toMatchObject({
      format: 1,
      command: 'rehearse',
      ok: true,
      exit: 0,
      state: 'done',
      train: 'engine',
      published: [
        { package: engine, version: '1.1.0', integrity: expect.stringMatching(/^sha512-/) as string },
      ],
      adopted: [
        { repo: 'shop', package: engine, from: '1.0.0', to: '1.1.0' },
        { repo: 'admin', package: engine, from: '1.0.0', to: '1.1.0' },
      ],
      deployed: [{ verified: 'yes' }, { verified: 'yes' }],
      lane: { name: 'release_train', released: true },
      estate: { kept: false },
    })
    expect(existsSync(document.estate.dir)).toBe(false)
    await expect(fetch(document.estate.registry)).rejects.toThrow('fetch failed')
  })

  test('dies at publish:acted with exit 137, and its last line finishes the run without publishing twice', async () => {
    using folder = temporaryFolder()
    const killed = await conduct(['rehearse', '--keep', '--kill-at', 'publish:acted'], { cwd: folder.path })
    const command = killed.stdout.trimEnd().split('\n').at(-1) ?? ''
    const estate = await openEstate(/The estate is in (\S+);/.exec(killed.stdout)?.[1] ?? '')
    try {
      const finished = await run('sh', ['-c', command], { cwd: '/' })
      const [registry, attempts] = await Promise.all([readRegistry(estate), estate.readAttempts()])
      const integrity = registry.versions['1.1.0']?.dist.integrity ?? 'not published'

      expect(killed).toMatchObject({ exit: 137 })
      expect(command).toMatch(/ resume \w+$/)
      expect(finished.stdout).toContain('done.')
      expect(Object.keys(registry.versions)).toEqual(['1.0.0', '1.1.0'])
      expect(attempts.publishes.get(`${engine}@1.1.0`)).toBe(1)
      expect([...attempts.deploys.values()]).toEqual([1, 1])
      expect(await lockfileOf(estate, 'shop', 'pnpm-lock.yaml')).toContain(integrity)
      expect(await lockfileOf(estate, 'admin', 'package-lock.json')).toContain(integrity)
    } finally {
      const stopped = await conduct(['rehearse', '--stop', estate.dir, '--json'], { cwd: folder.path })
      expect(documentOf(stopped)).toMatchObject({ ok: true, stopped: estate.dir })
    }
    expect(existsSync(estate.dir)).toBe(false)
  })

  test('refuses to remove a folder that is no estate, and a point that no run comes to', async () => {
    using folder = temporaryFolder()

    const stop = await conduct(['rehearse', '--stop', folder.path, '--json'], { cwd: folder.path })
    const point = await conduct(['rehearse', '--kill-at', 'publish:never', '--json'], { cwd: folder.path })

    expect(documentOf(stop)).toMatchObject({ exit: 2, error: { code: 'USAGE' } })
    expect(documentOf(point)).toMatchObject({ exit: 2, error: { code: 'USAGE' } })
    expect(existsSync(folder.path)).toBe(true)
  })
})

describe('commands about a train, over a real estate', () => {
  const folder = temporaryFolder()
  let template: Estate
  let estate: Estate

  beforeAll(async () => {
    template = await buildEstate({ dir: join(folder.path, 'template'), size: 'small' })
  })

  afterAll(async () => {
    await Promise.all([template.stop(), estate.stop()])
    folder[Symbol.dispose]()
  })

  const as = (name: string, ...args: readonly string[]) =>
    conduct(['-c', estate.lanesYamlPath, '--as', name, '--json', ...args], { cwd: folder.path })

  test('plans, waits for an approval (exit 6), and goes on when somebody who may has approved', async () => {
    estate = await copyEstate({ from: template.dir, to: join(folder.path, 'approved') })

    const dry = documentOf(await as('cli:carl', 'run', 'engine', '--dry-run'))
    const before = documentOf(await as('cli:carl', 'status'))
    const planned = documentOf(await as('cli:carl', 'plan', 'engine'))
    const waiting = documentOf(await as('cli:carl', 'run', 'engine'))
    const refused = documentOf(await as('cli:carl', 'approve', String(waiting['run'])))
    const approved = documentOf(
      await as('cli:ana', 'approve', String(waiting['run']), '--note', 'looks right'),
    )
    const status = documentOf(await as('cli:ana', 'status'))
    const done = documentOf(await as('cli:carl', 'resume', String(waiting['run'])))

    expect(dry).toMatchObject({
      exit: 0,
      dry_run: true,
      plan: { hash: (planned['plan'] as { hash: string }).hash },
    })
    expect(before).toMatchObject({ runs: [], lanes: [{ holders: [], waiting: 0 }] })
    expect(planned).toMatchObject({
      command: 'plan',
      exit: 0,
      plan: { train: 'engine', lane: 'release_train', resources: ['engine', 'shop', 'admin'], unknowns: [] },
    })
    expect(waiting).toMatchObject({
      exit: 6,
      ok: false,
      state: 'waiting_approval',
      published: [],
      error: { code: 'APPROVAL_MISSING', irreversible_done: false },
      next: expect.stringContaining('approve') as string,
    })
    expect(refused).toMatchObject({ exit: 6, error: { code: 'APPROVAL_REFUSED' } })
    expect(approved).toMatchObject({
      exit: 0,
      approval: { verdict: 'approved', by: 'ana', note: 'looks right' },
    })
    expect(status).toMatchObject({
      lanes: [{ lane: 'release_train', holders: [] }],
      runs: [{ run: waiting['run'], state: 'waiting_approval' }],
    })
    expect(done).toMatchObject({ exit: 0, state: 'done', lane: { released: true } })
    const page = String(done['report'])
    expect(existsSync(page)).toBe(true)

    const report = await conduct(
      ['-c', estate.lanesYamlPath, 'report', String(done['run']), '--format', 'html', '-o', 'report.html'],
      { cwd: folder.path },
    )
    expect(report.stdout).toContain(join(folder.path, 'report.html'))
    await estate.stop()
  })

  test('refuses what the train does not have before the lane is asked for', async () => {
    estate = await copyEstate({ from: template.dir, to: join(folder.path, 'usage') })

    const only = documentOf(await as('cli:ana', 'run', 'engine', '--only', 'shpo'))
    const override = documentOf(
      await as('cli:ana', 'plan', 'engine', '--override', 'checkout:shpo', '--reason', 'x'),
    )
    const reasonless = documentOf(await as('cli:ana', 'plan', 'engine', '--override', 'checkout:shop'))
    const train = documentOf(await as('cli:ana', 'run', 'engin'))

    for (const document of [only, override, reasonless]) {
      expect(document).toMatchObject({ exit: 2, error: { code: 'USAGE' } })
    }
    expect(train).toMatchObject({ exit: 4, error: { code: 'TRAIN_UNKNOWN' } })
    expect(existsSync(estate.storeUrl.replace('sqlite:', ''))).toBe(false)
    await estate.stop()
  })

  test('lets one of two runs that start at the same moment travel; the other says who holds the lane', async () => {
    estate = await copyEstate({ from: template.dir, to: join(folder.path, 'two') })
    const args = ['-c', estate.lanesYamlPath, '--as', 'cli:ana', '--json', 'run', 'engine', '--approve']

    const both = [start(args, { cwd: folder.path }), start(args, { cwd: folder.path })]
    const documents = (await Promise.all(both.map(({ ended }) => ended))).map(documentOf)
    const done = documents.find(({ exit }) => exit === 0)
    const held = documents.find(({ exit }) => exit === 10)

    expect(done).toMatchObject({ state: 'done' })
    expect(held).toMatchObject({
      ok: true,
      state: 'waiting_lane',
      outcome: 'queued',
      held: {
        lane: 'release_train',
        position: 1,
        holder: { name: expect.stringContaining('cli:ana@') as string, run: done?.['run'] },
        estimate: null,
      },
    })
    expect((await estate.readAttempts()).publishes.get(`${engine}@1.1.0`)).toBe(1)
  })

  test('lists everything red at once with exit 3, in plan and in run, and changes nothing', async () => {
    estate = await copyEstate({ from: template.dir, to: join(folder.path, 'red') })
    const checkout = estate.checkouts['shop'] ?? ''
    await run('sh', ['-c', 'echo dirty > untracked.txt'], { cwd: checkout })
    await run('git', [
      '-C',
      (estate.remotes['engine'] ?? '').replace('file://', ''),
      'tag',
      'engine-v1.1.0',
      'main~1',
    ])

    const planned = documentOf(await as('cli:ana', 'plan', 'engine'))
    const ran = documentOf(await as('cli:ana', 'run', 'engine', '--approve'))

    for (const document of [planned, ran]) {
      const { code, message } = document['error'] as { code: string; message: string }
      expect(document['exit']).toBe(3)
      expect(code).toBe('PREFLIGHT_REFUSED')
      expect(message).toContain('shop')
      expect(message).toContain('engine-v1.1.0')
    }
    const attempts = await estate.readAttempts()
    expect(attempts.publishes.size + attempts.deploys.size).toBe(0)
  })
})
