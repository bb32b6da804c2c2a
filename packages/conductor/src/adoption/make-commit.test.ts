import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Clock, type CommitId, ConductError, toCommitId } from '@conduct/core'
import { type Adopter, adopters } from '@conduct/ecosystems'
import { systemClock } from '@conduct/lanes/engine'
import { openMirror } from '@conduct/git'
import type { FrozenConsumer, TrainContext } from '../context.ts'
import { commitTree } from '../survey/commit-tree.ts'
import { aClock } from '../survey-fixture.ts'
import { makeAdoptionCommit } from './make-commit.ts'

interface Locked {
  readonly engine: string
  readonly other?: string
}

const manifest = (engine: string) =>
  `${JSON.stringify({ name: 'shop', version: '1.0.0', dependencies: { '@acme/engine': engine, other: '^1.0.0' } }, null, 2)}\n`

function lockfile({ engine, other = '1.0.0' }: Locked): string {
  const packages = {
    '': { name: 'shop', version: '1.0.0', dependencies: { '@acme/engine': '^4.2.0', other: '^1.0.0' } },
    'node_modules/@acme/engine': { version: engine, integrity: `sha512-${engine}` },
    'node_modules/other': { version: other, integrity: `sha512-${other}` },
  }
  return `${JSON.stringify({ name: 'shop', version: '1.0.0', lockfileVersion: 3, packages }, null, 2)}\n`
}

describe('the adoption commit', () => {
  let folder: string
  let consumer: FrozenConsumer

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'adoption-')))
    const remote = join(folder, 'shop')
    const git = (...args: string[]) =>
      execFileSync(
        'git',
        ['-C', remote, '-c', 'user.name=Ana', '-c', 'user.email=ana@acme.example', ...args],
        {
          encoding: 'utf8',
        },
      ).trim()
    await mkdir(remote)
    git('init', '--quiet', '--initial-branch=main')
    await writeFile(join(remote, 'package.json'), manifest('^4.2.0'))
    await writeFile(join(remote, 'package-lock.json'), lockfile({ engine: '4.2.3' }))
    git('add', '--all')
    git('commit', '--quiet', '--message', 'shop')
    const commit = toCommitId(git('rev-parse', 'HEAD'))
    const mirror = await openMirror({
      cacheDir: join(folder, 'mirrors'),
      remote: `file://${remote}`,
      timeoutMs: 30_000,
    })
    await mirror.fetch()
    consumer = {
      name: 'shop',
      main: 'main',
      mirror,
      commit,
      tree: commitTree(mirror, commit),
      repo: { env: [] },
    } as unknown as FrozenConsumer
  })
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  /** The real reader of lockfiles; only the update itself is scripted, to go wrong in a chosen way. */
  function make(update: (worktree: string) => Promise<void>, clock: Clock = systemClock): Promise<CommitId> {
    const npm = adopters.find((adopter) => adopter.manager === 'npm')
    if (npm === undefined) throw new Error('npm has an adopter')
    const adopter: Adopter = { ...npm, adopt: ({ worktree }) => update(worktree) }
    return makeAdoptionCommit({
      context: { emit: () => undefined, clock } as unknown as TrainContext,
      consumer,
      adopter,
      wanted: [{ name: '@acme/engine', version: '4.3.0', integrity: 'sha512-4.3.0' }],
      message: 'Adopt @acme/engine 4.3.0\n',
      wallMs: Date.UTC(2026, 0, 1),
      signal: new AbortController().signal,
    })
  }
  const lock = (locked: Locked) => (worktree: string) =>
    writeFile(join(worktree, 'package-lock.json'), lockfile(locked))

  it('is one commit with only the lockfile, the same each time it is made', async () => {
    const first = await make(lock({ engine: '4.3.0' }))
    const second = await make(lock({ engine: '4.3.0' }))

    expect(second).toBe(first)
    expect(await consumer.mirror.changedPaths(consumer.commit, first)).toEqual(['package-lock.json'])
    expect(await consumer.mirror.readFile(first, 'package-lock.json')).toBe(lockfile({ engine: '4.3.0' }))
  })

  it('is not made when the update ended well and kept the old version: ADOPT_NOT_PROVED', async () => {
    await expect(make(lock({ engine: '4.2.3' }))).rejects.toMatchObject({ code: 'ADOPT_NOT_PROVED' })
    await expect(make(() => Promise.resolve())).rejects.toThrow('4.2.3, not 4.3.0')
  })

  it('is not made when something unrelated moved: ADOPT_UNRELATED lists it', async () => {
    await expect(make(lock({ engine: '4.3.0', other: '1.1.0' }))).rejects.toMatchObject({
      code: 'ADOPT_UNRELATED',
      message: expect.stringContaining('other 1.0.0 → 1.1.0') as string,
    })
  })

  it('is not made when the package manager touched other files: ADOPT_UNRELATED names them', async () => {
    const attempt = make(async (worktree) => {
      await lock({ engine: '4.3.0' })(worktree)
      await writeFile(join(worktree, '.npmrc'), 'min-release-age=0\n')
      expect(await readFile(join(worktree, '.npmrc'), 'utf8')).toContain('min-release-age')
    })

    await expect(attempt).rejects.toMatchObject({
      code: 'ADOPT_UNRELATED',
      message: expect.stringContaining('.npmrc') as string,
    })
  })

  it('waits while an edge of the registry does not show our own version yet, and is made once it does', async () => {
    let asked = 0

    const made = await make(async (worktree) => {
      asked += 1
      if (asked < 4)
        throw new ConductError('ADOPT_NOT_VISIBLE', 'No matching version found for @acme/engine@4.3.0')
      await lock({ engine: '4.3.0' })(worktree)
    }, aClock())

    expect(asked).toBe(4)
    expect(await consumer.mirror.changedPaths(consumer.commit, made)).toEqual(['package-lock.json'])
  })

  it('waits for our own version no longer than five minutes, and then says what the manager said', async () => {
    const clock = aClock()
    let asked = 0

    const made = make(() => {
      asked += 1
      return Promise.reject(new ConductError('ADOPT_NOT_VISIBLE', 'npm could not lock @acme/engine@4.3.0'))
    }, clock)

    await expect(made).rejects.toMatchObject({
      code: 'ADOPT_NOT_VISIBLE',
      message: 'shop: npm could not lock @acme/engine@4.3.0',
      retryable: true,
    })
    expect(clock.monotonicMs()).toBe(5 * 60_000)
    expect(asked).toBeLessThan(50)
  })

  it.each(['ADOPT_FAILED', 'REGISTRY_UNREACHABLE'] as const)(
    'waits for nothing else: %s at once',
    async (code) => {
      let asked = 0

      const made = make(() => {
        asked += 1
        return Promise.reject(new ConductError(code, 'No matching version found for other@9.9.9'))
      }, aClock())

      await expect(made).rejects.toMatchObject({
        code,
        message: 'shop: No matching version found for other@9.9.9',
      })
      expect(asked).toBe(1)
    },
  )
})
