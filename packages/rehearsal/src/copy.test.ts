import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from '@conduct/subprocess'
import { buildEstate } from './build.ts'
import { copyEstate } from './copy.ts'
import type { Estate } from './estate.ts'

let folder: string
let template: Estate
let copy: Estate
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'estate-copy-test-')))
  template = await buildEstate({ dir: join(folder, 'template'), size: 'small' })
  copy = await copyEstate({ from: template.dir, to: join(folder, 'copy') })
})
afterAll(async () => {
  await Promise.all([template.stop(), copy.stop()])
  await rm(folder, { recursive: true, force: true })
})

const inCheckout = async (estate: Estate, repo: string, ...argv: string[]): Promise<string> => {
  const result = await runCommand({ argv }, { cwd: estate.checkouts[repo] ?? '', timeoutMs: 60_000 })
  if (result.exitCode !== 0) throw new Error(`${argv.join(' ')}: ${result.stdout}${result.stderr}`)
  return result.stdout.trim()
}
const version = async (estate: Estate, app: string): Promise<unknown> =>
  (await fetch(`${estate.platformUrl}/apps/${app}/version`)).json()
const live = async (estate: Estate): Promise<string[]> => {
  const response = await fetch(`${estate.registryUrl}@rehearsal%2fengine`)
  return Object.keys(((await response.json()) as { versions: object }).versions)
}

test('a copy stands as its template does, under names and addresses of its own', async () => {
  for (const app of ['shop', 'admin']) {
    const sha = await inCheckout(copy, app, 'git', 'rev-parse', 'origin/main')
    expect(sha).not.toBe(await inCheckout(template, app, 'git', 'rev-parse', 'origin/main'))
    expect(await version(copy, app)).toEqual({ app, sha, engine: '1.0.0' })
    expect(await inCheckout(copy, app, 'bin/deploy', '--current')).toBe(sha)
    expect(await inCheckout(copy, app, 'git', 'status', '--porcelain')).toBe('')
  }
  expect(await inCheckout(copy, 'engine', 'git', 'tag', '--list')).toBe('engine-v1.0.0')
  expect(copy.estateName).not.toBe(template.estateName)
  expect(copy.packages).toEqual(template.packages)
  expect((await copy.readAttempts()).entries).toEqual([])
})

test('nothing in a copy names its template', async () => {
  const written = [
    await readFile(copy.lanesYamlPath, 'utf8'),
    await inCheckout(copy, 'engine', 'cat', '.npmrc'),
    await inCheckout(copy, 'admin', 'cat', '.npmrc', 'platform.json', 'package-lock.json', '.git/config'),
  ].join('\n')

  expect(written).toContain(copy.dir)
  expect(written).not.toContain(template.dir)
  expect(written).not.toContain(template.estateName)
  expect(written).not.toContain(new URL(template.registryUrl).host)
  expect(written).not.toContain(new URL(template.platformUrl).host)
})

test('what travels over a copy leaves its template alone', async () => {
  await inCheckout(copy, 'engine', 'npm', 'publish')
  await inCheckout(copy, 'admin', 'npm', 'update', '@rehearsal/engine', '--package-lock-only')
  const asAna = ['git', '-c', 'user.name=Ana', '-c', 'user.email=ana@rehearsal.example']
  await inCheckout(copy, 'admin', ...asAna, 'commit', '--quiet', '--all', '--message', 'adopt 1.1.0')
  await inCheckout(copy, 'admin', 'git', 'push', '--quiet')
  await inCheckout(
    copy,
    'admin',
    'bin/deploy',
    '--sha',
    await inCheckout(copy, 'admin', 'git', 'rev-parse', 'HEAD'),
  )

  expect(await version(copy, 'admin')).toMatchObject({ engine: '1.1.0' })
  expect(await live(copy)).toEqual(['1.0.0', '1.1.0'])
  expect(await live(template)).toEqual(['1.0.0'])
  expect(await version(template, 'admin')).toMatchObject({ engine: '1.0.0' })
  expect((await copy.readAttempts()).publishes.get('@rehearsal/engine@1.1.0')).toBe(1)
  expect((await template.readAttempts()).entries).toEqual([])
})

test('a stopped estate can be copied, with the apps it was running', async () => {
  await template.stop()

  const second = await copyEstate({ from: template.dir, to: join(folder, 'second') })

  try {
    expect(await version(second, 'shop')).toMatchObject({ engine: '1.0.0' })
  } finally {
    await second.stop()
  }
})
