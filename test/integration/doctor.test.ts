import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  conduct,
  documentOf,
  type Ended,
  smallestLanesYaml,
  temporaryFolder,
} from '../e2e/conduct-process.ts'
import { startGitHttp } from '../servers/git-http.ts'
import { startEmulate, startS3rver } from '../servers/lying-s3.ts'
import { startPostgres } from '../servers/postgres.ts'
import { startS3 } from '../servers/s3.ts'

let folder: ReturnType<typeof temporaryFolder>

beforeEach(() => {
  folder = temporaryFolder()
})

afterEach(() => folder[Symbol.dispose]())

function doctor(store: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return conduct(['doctor', '--json'], { cwd: folder.path, env: { ...env, CONDUCT_STORE: store } })
}

/** Names of the checks of a section, by verdict. */
function checksOf(ended: Ended, section = 'store'): Readonly<Record<string, string>> {
  const checks = documentOf(ended)['checks'] as readonly Readonly<Record<string, string>>[]
  const own = checks.filter((check) => check['section'] === section)
  return Object.fromEntries(own.map((check) => [check['check'], check['verdict']]))
}

describe('conduct doctor', () => {
  test('finds a Postgres in order, and shows no password of it', async () => {
    await using server = await startPostgres({ isDurable: true })
    const url = await server.createDatabase()

    const ended = await doctor(url)

    expect(ended.exit).toBe(0)
    expect(checksOf(ended)).toMatchObject({ open: 'ok', round_trip: 'ok', clock: 'ok' })
    expect(url).toContain(server.password)
    expect(ended.stdout + ended.stderr).not.toContain(server.password)
  })

  test('says that a Postgres which loses what it promised may not be used (durability), with exit 3', async () => {
    await using server = await startPostgres()

    const ended = await doctor(await server.createDatabase())

    expect(ended.exit).toBe(3)
    expect(checksOf(ended)).toMatchObject({ open: 'ok', durability: 'failed' })
  })

  test('says that a Postgres refuses our password, without either of them', async () => {
    await using server = await startPostgres()
    const url = (await server.createDatabase()).replace(server.password, 'hunter2pass')

    const ended = await doctor(url)

    expect(ended.exit).toBe(2)
    expect(documentOf(ended)).toMatchObject({ error: { code: 'STORE_REFUSED' } })
    expect(ended.stdout + ended.stderr).not.toContain('hunter2pass')
  })

  test('finds a real S3 in order', async () => {
    await using server = await startS3()

    const ended = await doctor(server.freshUrl(), server.env)

    expect(ended.exit).toBe(0)
    expect(checksOf(ended)).toMatchObject({ open: 'ok', round_trip: 'ok' })
  })

  test.each([
    ['s3rver', startS3rver],
    ['emulate', startEmulate],
  ])(
    'refuses %s by name, which takes conditional writes and overwrites (STORE_LIES)',
    async (_name, startServer) => {
      await using server = await startServer()

      const ended = await doctor(server.freshUrl(), server.env)

      expect(ended.exit).toBe(2)
      expect(documentOf(ended)).toMatchObject({ ok: false, error: { code: 'STORE_LIES' } })
      expect(checksOf(ended)).toEqual({ open: 'failed' })
    },
  )

  test('adds up the writers of a git store behind a forge, and says when they are too many', async () => {
    await using server = await startGitHttp()
    const { url } = await server.createRepository()
    const lanesYaml = smallestLanesYaml.replace(/^store: .*$/m, `store: git+${url}`)
    folder.write('lanes.yaml', lanesYaml)

    const ended = await conduct(['doctor', 'store', '--json'], { cwd: folder.path })

    expect(checksOf(ended)).toMatchObject({ open: 'ok' })
    expect(checksOf(ended, 'writers')).toMatchObject({ release_train: 'ok', 'all lanes': 'ok' })
    expect(ended.exit).toBe(0)
    await using other = await startGitHttp()
    const { url: second } = await other.createRepository()
    const hasty = 'use: release_train, lease: { ttl: 2m, renew: 5s, margin: 10s }'
    folder.write('lanes.yaml', lanesYaml.replace(url, second).replace('use: release_train', hasty))
    const tooMany = await conduct(['doctor', 'store', '--json'], { cwd: folder.path })
    expect(tooMany.exit).toBe(3)
    expect(checksOf(tooMany, 'writers')).toMatchObject({ release_train: 'failed', 'all lanes': 'failed' })
  })

  test('says that a git remote refuses our refs, with exit 2 (STORE_REFUSED)', async () => {
    const bare = join(folder.path, 'lanes.git')
    execFileSync('git', ['init', '-q', '--bare', bare])
    const hook = join(bare, 'hooks', 'update')
    writeFileSync(hook, '#!/bin/sh\ncase "$1" in refs/conduct/*) exit 1;; esac\n')
    chmodSync(hook, 0o755)

    const ended = await doctor(`git+${pathToFileURL(bare).href}`)

    expect(ended.exit).toBe(2)
    expect(documentOf(ended)).toMatchObject({ error: { code: 'STORE_REFUSED' } })
  })
})
