import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { runCommand } from '@conduct/subprocess'
import { buildEstate } from './build.ts'
import { type Estate, openEstate, stopEstate } from './estate.ts'

const execute = promisify(execFile)

let folder: string
let estate: Estate
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'estate-test-')))
  estate = await buildEstate({ dir: join(folder, 'estate'), size: 'small' })
})
afterAll(async () => {
  await estate.stop()
  await rm(folder, { recursive: true, force: true })
})

const inCheckout = async (repo: string, ...argv: string[]): Promise<string> => {
  const result = await runCommand({ argv }, { cwd: estate.checkouts[repo] ?? '', timeoutMs: 60_000 })
  if (result.exitCode !== 0) throw new Error(`${argv.join(' ')}: ${result.stdout}${result.stderr}`)
  return result.stdout.trim()
}
const git = (repo: string, ...args: string[]) =>
  inCheckout(repo, 'git', '-c', 'user.name=Ana', '-c', 'user.email=ana@rehearsal.example', ...args)
const version = async (app: string): Promise<unknown> =>
  (await fetch(`${estate.platformUrl}/apps/${app}/version`)).json()
const live = async (): Promise<string[]> => {
  const response = await fetch(`${estate.registryUrl}@rehearsal%2fengine`)
  return Object.keys(((await response.json()) as { versions: object }).versions)
}

describe('an estate', () => {
  test('stands as the train finds it: 1.0.0 is live, locked and running; main has 1.1.0', async () => {
    const { version: next } = JSON.parse(await git('engine', 'show', 'origin/main:package.json')) as {
      version: string
    }

    expect(next).toBe('1.1.0')
    expect(await live()).toEqual(['1.0.0'])
    expect(await git('shop', 'show', 'origin/main:pnpm-lock.yaml')).toContain("'@rehearsal/engine@1.0.0'")
    expect(await git('admin', 'show', 'origin/main:package-lock.json')).toContain('"version": "1.0.0"')
    for (const app of ['shop', 'admin']) {
      const sha = await git(app, 'rev-parse', 'origin/main')
      expect(await version(app)).toEqual({ app, sha, engine: '1.0.0' })
      expect(await inCheckout(app, 'bin/deploy', '--current')).toBe(sha)
    }
    expect((await estate.readAttempts()).entries).toEqual([])
    expect(await git('engine', 'tag', '--list')).toBe('engine-v1.0.0')
  })

  test('its checkouts are clean, and their checks pass in a scrubbed environment', async () => {
    for (const repo of ['engine', 'shop', 'admin']) {
      const install = repo === 'shop' ? ['pnpm', 'install', '--frozen-lockfile'] : ['npm', 'ci']
      await inCheckout(repo, ...install)
      await inCheckout(repo, 'npm', 'test')
      expect(await git(repo, 'status', '--porcelain')).toBe('')
    }
  })

  test('a published version is adopted at once by npm and pnpm, runs after a deploy, and every try is counted', async () => {
    await inCheckout('engine', 'npm', 'publish')
    await inCheckout('shop', 'pnpm', 'update', '@rehearsal/engine', '--lockfile-only')
    await inCheckout('admin', 'npm', 'update', '@rehearsal/engine', '--package-lock-only')
    for (const app of ['shop', 'admin']) {
      await git(app, 'commit', '--quiet', '--all', '--message', 'adopt 1.1.0')
      await git(app, 'push', '--quiet')
      await inCheckout(app, 'bin/deploy', '--sha', await git(app, 'rev-parse', 'HEAD'))
    }

    const attempts = await estate.readAttempts()
    expect(await live()).toEqual(['1.0.0', '1.1.0'])
    expect([...attempts.publishes]).toEqual([['@rehearsal/engine@1.1.0', 1]])
    expect([...attempts.pushes]).toEqual([
      ['shop refs/heads/main', 1],
      ['admin refs/heads/main', 1],
    ])
    expect([...attempts.deploys]).toEqual([
      ['shop', 1],
      ['admin', 1],
    ])
    expect(await git('shop', 'status', '--porcelain')).toBe('')
    expect(await version('shop')).toMatchObject({ engine: '1.1.0' })
    const home = await fetch(`${estate.platformUrl}/apps/admin/`)
    expect(await home.json()).toEqual({ app: 'admin', receipt: '3.99 EUR' })
  })

  test('counts a publish that the registry refuses', async () => {
    const body = {
      name: '@rehearsal/engine',
      versions: { '1.1.0': { name: '@rehearsal/engine', version: '1.1.0', dist: {} } },
      'dist-tags': { latest: '1.1.0' },
      _attachments: { 'engine-1.1.0.tgz': { data: 'eA==', length: 1 } },
    }
    const token = /_authToken=(.+)/.exec(
      await readFile(join(estate.checkouts['engine'] ?? '', '.npmrc'), 'utf8'),
    )?.[1]

    const response = await fetch(`${estate.registryUrl}@rehearsal%2fengine`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    })

    expect(response.status).toBe(409)
    const { publishes, entries } = await estate.readAttempts()
    expect(publishes.get('@rehearsal/engine@1.1.0')).toBe(2)
    expect(entries.at(-1)).toMatchObject({ kind: 'publish', status: 409 })
  })

  test('a release that is not well changes nothing and says why', async () => {
    const before = await version('admin')
    await writeFile(
      join(estate.checkouts['admin'] ?? '', 'server.js'),
      'throw new Error("broken on purpose")\n',
    )
    await git('admin', 'commit', '--quiet', '--all', '--message', 'break it')
    await git('admin', 'push', '--quiet')

    const broken = inCheckout('admin', 'bin/deploy', '--sha', await git('admin', 'rev-parse', 'HEAD'))

    await expect(broken).rejects.toThrow('ended with 1 before it listened')
    expect(await version('admin')).toEqual(before)
    await expect(inCheckout('admin', 'bin/deploy', '--sha', '0'.repeat(40))).rejects.toThrow('error')
  })

  test('tells who asks during a deploy what came of it', async () => {
    const sha = await git('shop', 'rev-parse', 'origin/main~1')
    const deployed = inCheckout('shop', 'bin/deploy', '--sha', sha)
    await vi.waitFor(
      async () =>
        expect((await estate.readAttempts()).entries.at(-1)).toMatchObject({
          kind: 'deploy',
          app: 'shop',
          sha,
        }),
      { interval: 2, timeout: 20_000 },
    )

    const current = await fetch(`${estate.platformUrl}/current?app=shop`)

    expect(await current.json()).toEqual({ sha })
    await deployed
  })

  test('keeps what is configured', async () => {
    expect(await inCheckout('shop', 'bin/config', 'get', 'ENGINE_FLAG')).toBe('')
    await inCheckout('shop', 'bin/config', 'set', 'ENGINE_FLAG', 'on')

    expect(await inCheckout('shop', 'bin/config', 'get', 'ENGINE_FLAG')).toBe('on')
    expect((await estate.readAttempts()).configures.get('shop ENGINE_FLAG')).toBe(1)
  })

  test('can be opened by another process', async () => {
    const found = await openEstate(estate.dir)

    expect(JSON.stringify(found)).toBe(JSON.stringify(estate))
  })

  test('leaves no process behind when it is stopped, and says so when it is opened then', async () => {
    const { pid } = JSON.parse(await readFile(join(estate.dir, 'server.json'), 'utf8')) as { pid: number }
    const groupMembers = async (): Promise<string[]> => {
      const { stdout } = await execute('ps', ['-A', '-o', 'pgid=,stat=,args='])
      return stdout.split('\n').filter((line) => {
        const [group, state] = line.trim().split(/\s+/)
        return group === String(pid) && state?.startsWith('Z') === false
      })
    }
    // The control: server and two apps are there to be found.
    expect(await groupMembers()).toHaveLength(3)

    await stopEstate(estate.dir)

    expect(await groupMembers()).toEqual([])
    await expect(openEstate(estate.dir)).rejects.toMatchObject({ code: 'REHEARSAL_SERVER' })
    await stopEstate(estate.dir)
  })
})

test('a build that fails names the step and leaves nothing running', async () => {
  const bin = join(folder, 'bin')
  await mkdir(bin)
  await writeFile(join(bin, 'npm'), '#!/bin/sh\necho "npm error no space" >&2\nexit 7\n', { mode: 0o755 })
  const path = process.env['PATH']
  process.env['PATH'] = `${bin}:${path}`
  try {
    await expect(buildEstate({ dir: join(folder, 'failed'), size: 'small' })).rejects.toMatchObject({
      code: 'REHEARSAL_STEP',
      message: expect.stringMatching(/^npm publish .*\(exited\): npm error no space$/) as unknown,
    })
  } finally {
    process.env['PATH'] = path
  }
  await expect(readFile(join(folder, 'failed', 'server.json'))).rejects.toMatchObject({ code: 'ENOENT' })
})

test('says which tool is missing before it makes anything', async () => {
  const path = process.env['PATH']
  process.env['PATH'] = join(folder, 'empty')
  try {
    await expect(buildEstate({ dir: join(folder, 'none'), size: 'small' })).rejects.toMatchObject({
      code: 'REHEARSAL_TOOL_MISSING',
      message: 'not on the PATH: git, npm, pnpm',
    })
  } finally {
    process.env['PATH'] = path
  }
})
