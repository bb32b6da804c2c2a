import { execFile } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Estate } from '@conduct/rehearsal'
import { git } from '../conductor/estate-world.ts'
import { useEstates } from '../conductor/use-estates.ts'
import { type TrainProcess, photograph, trainProcess } from './train-process.ts'

const run = promisify(execFile)

describe('what stops a run before anything is changed', () => {
  const estates = useEstates('npmAndPnpm')

  test('everything that preflight finds is listed in one go, with its repo and what to do; exit 3', async () => {
    const estate = await estates.fresh()
    const train = await trainProcess(estate)
    const lock = await git(estate, 'admin', 'show', 'main:package-lock.json')
    await commit(estate, 'admin', {
      'package-lock.json': lock.replace(
        /"resolved": "[^"]*engine[^"]*"/u,
        '"resolved": "git+ssh://git@example.org/acme/engine.git#5d0e1a"',
      ),
      'bin/deploy': null,
    })
    await commit(estate, 'shop', await reliesOn(estate, 'shop', 'file:../engine'))
    await commit(
      estate,
      'shop',
      await reliesOn(estate, 'shop', 'git+ssh://git@example.org/acme/engine.git'),
      'try-engine',
    )
    for (const repo of ['engine', 'shop', 'admin']) await inCheckout(estate, repo, 'pull', '--quiet')
    await writeFile(join(estate.checkouts['shop'] ?? '', 'notes.txt'), 'mine\n')
    await inCheckout(estate, 'admin', 'commit', '--quiet', '--allow-empty', '--message', 'not pushed')
    await publishOther(estate)
    await git(estate, 'engine', 'tag', 'engine-v1.1.0', 'engine-v1.0.0^{commit}')
    const before = await photograph(estate)

    const text = await train.conduct(['run', 'engine', '--approve'])
    const { exit, document } = await train.json(['run', 'engine', '--approve'])

    expect([text.exit, exit]).toEqual([3, 3])
    expect(document.ok).toBe(false)
    expect(document.error).toMatchObject({ code: 'PREFLIGHT_REFUSED', irreversible_done: false })
    expect(document.error?.next).toMatch(/\S+ resume [0-9a-f]+$/u)
    for (const said of [
      ['checkout:shop', 'notes.txt'],
      ['checkout:admin', '1 unpushed on main'],
      ['unpublished_main:shop', 'file:../engine'],
      ['unpublished_main:admin', 'package-lock.json'],
      ['unpublished_branches:shop', 'try-engine: package.json'],
      ['deploy_command:admin', 'bin/deploy does not exist'],
      ['version_free:engine', 'VERSION_TAKEN: @rehearsal/engine@1.1.0 is live already; bump the version'],
      ['tag_free:engine', 'engine-v1.1.0 stands at'],
    ] as const) {
      const line = new RegExp(
        said.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/gu, '\\$&')).join('.*'),
        'u',
      )
      expect(text.stdout).toMatch(line)
      expect(document.error?.message).toMatch(line)
    }
    expect(await photograph(estate)).toEqual(before)
    expect(await laneOf(train)).toMatchObject({ holders: [], waiting: [] })

    // A plan lists the same, and exits 3 as well.
    const plan = await train.json(['plan', 'engine'])
    expect(JSON.stringify(plan.document)).toContain('1 unpushed on main')
    expect(await photograph(estate)).toEqual(before)
  })

  test('consumers that break with the packed artifact are each named before it is published; exit 3', async () => {
    const estate = await estates.fresh()
    const train = await trainProcess(estate)
    const index = await git(estate, 'engine', 'show', 'main:index.js')
    const own = await git(estate, 'engine', 'show', 'main:index.test.js')
    await commit(estate, 'engine', {
      'index.js': `${index.replace('export function totalCents', 'export function sumCents')}\n`,
      'index.test.js': `${own.replaceAll('totalCents', 'sumCents')}\n`,
    })
    await inCheckout(estate, 'engine', 'pull', '--quiet')
    const before = await photograph(estate)

    const text = await train.conduct(['run', 'engine', '--approve'])

    expect(text.exit).toBe(3)
    expect(text.stdout).toMatch(/^error CHECK_FAILED: /mu)
    expect(text.stdout).toMatch(/shop: pnpm test: exit code 1$/mu)
    expect(text.stdout).toMatch(/admin: npm test: exit code 1$/mu)
    expect(text.stdout).toContain('nothing irreversible was done')
    expect(await photograph(estate)).toEqual(before)
  })
})

/** Commits to a branch of a remote through a clone that is thrown away; null removes a file. */
async function commit(
  estate: Estate,
  repo: string,
  files: Readonly<Record<string, string | null>>,
  branch = 'main',
): Promise<void> {
  const folder = await mkdtemp(join(estate.dir, 'work-'))
  const at = (...args: string[]) =>
    run('git', ['-C', folder, '-c', 'user.name=Carl', '-c', 'user.email=carl@acme.example', ...args])
  await at('clone', '--quiet', estate.remotes[repo] ?? '', '.')
  for (const [path, text] of Object.entries(files)) {
    if (text === null) await at('rm', '--quiet', path)
    else await writeFile(join(folder, path), text)
  }
  await at('add', '--all')
  await at('commit', '--quiet', '--message', 'change')
  await at('push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`)
}

async function reliesOn(estate: Estate, repo: string, reference: string) {
  const manifest = JSON.parse(await git(estate, repo, 'show', 'main:package.json')) as object
  const changed = { ...manifest, dependencies: { '@rehearsal/engine': reference } }
  return { 'package.json': `${JSON.stringify(changed, null, 2)}\n` }
}

async function inCheckout(estate: Estate, repo: string, ...args: string[]): Promise<void> {
  const who = ['-c', 'user.name=Ana', '-c', 'user.email=ana@acme.example']
  await run('git', ['-C', estate.checkouts[repo] ?? '', ...who, ...args])
}

/** Somebody publishes the version that the train is about to publish, with other bytes. */
async function publishOther(estate: Estate): Promise<void> {
  const folder = await mkdtemp(join(estate.dir, 'other-'))
  await writeFile(join(folder, '.npmrc'), await git(estate, 'engine', 'show', 'main:.npmrc'))
  await writeFile(join(folder, 'package.json'), '{"name":"@rehearsal/engine","version":"1.1.0"}')
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder }
  await run('npm', ['publish', '--ignore-scripts'], { cwd: folder, env })
}

async function laneOf(train: TrainProcess): Promise<unknown> {
  return (await train.json(['lane', 'show', 'release_train'])).document
}
