import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { runCommand } from '@conduct/subprocess'
import { buildEstate } from './build.ts'
import type { Estate } from './estate.ts'

let folder: string
let estate: Estate
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'estate-full-test-')))
  estate = await buildEstate({ dir: folder, size: 'full' })
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

test('the full estate has two packages that depend on each other, and four apps of both managers', async () => {
  expect(estate.packages.map(({ name }) => name)).toEqual(['@rehearsal/money', '@rehearsal/engine'])
  for (const app of ['shop', 'admin', 'portal', 'billing']) {
    const answer = await fetch(`${estate.platformUrl}/apps/${app}/version`)
    expect(await answer.json()).toMatchObject({ app, engine: '1.0.0' })
  }
  const lanesYaml = await readFile(estate.lanesYamlPath, 'utf8')
  expect(lanesYaml).toContain('after: [admin, portal]')
  expect(lanesYaml).toContain('name: engine-flag')
  expect(lanesYaml).toContain('github_workflow: { file: deploy.yml')
})

test('an app on Bundler runs with the gem from the gem server; where Ruby is missing it is left out by name', async () => {
  const { gem, leftOut, platformUrl } = estate
  const read = async (url: string) => (await fetch(url)).text()
  const kiosk =
    gem === null
      ? { isNamed: leftOut.some(({ name }) => name === 'kiosk') }
      : {
          app: JSON.parse(await read(`${platformUrl}/apps/kiosk/version`)) as unknown,
          isIndexed: /^1\.0\.0 \|checksum:/mu.test(await read(`${gem.url}info/${gem.name}`)),
        }

  expect(kiosk).toMatchObject(
    gem === null ? { isNamed: true } : { app: { app: 'kiosk', engine: '1.0.0' }, isIndexed: true },
  )
})

test('both packages install, pass their checks and publish in order; an app gets both', async () => {
  await inCheckout('engine', 'pnpm', 'install', '--frozen-lockfile')
  await inCheckout('engine', 'pnpm', 'test')
  await inCheckout('engine', 'pnpm', '-r', 'publish')
  await inCheckout('portal', 'pnpm', 'update', '@rehearsal/engine', '--lockfile-only')
  await inCheckout('billing', 'npm', 'update', '@rehearsal/engine', '@rehearsal/money', '--package-lock-only')

  const published = (await estate.readAttempts()).entries.map((attempt) =>
    attempt.kind === 'publish' ? `${attempt.package}@${attempt.version}` : attempt.kind,
  )
  expect(published).toEqual(['@rehearsal/money@1.1.0', '@rehearsal/engine@1.1.0'])
  for (const app of ['portal', 'billing']) {
    const diff = await inCheckout(app, 'git', 'diff')
    expect(diff.match(/^\+.*1\.1\.0/gm)?.length).toBeGreaterThanOrEqual(2)
  }
})

test('a server whose estate was thrown away ends by itself', async () => {
  const thrown = await mkdtemp(join(tmpdir(), 'estate-thrown-test-'))
  const { platformUrl } = await buildEstate({
    dir: thrown,
    size: 'small',
    consumers: [{ name: 'shop', manager: 'npm' }],
  })

  await rm(thrown, { recursive: true, force: true })

  await vi.waitFor(() => expect(fetch(`${platformUrl}/current?app=shop`)).rejects.toThrow('fetch failed'), {
    timeout: 30_000,
    interval: 200,
  })
})
