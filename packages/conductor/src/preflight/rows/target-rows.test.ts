import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Command, Configure, Deploy } from '@conduct/config'
import type { Mirror, Worktree } from '@conduct/git'
import type { TrainContext } from '../../context.ts'
import { aConsumer, aDeploy, commitOf } from '../../survey-fixture.ts'
import { judge } from '../judge-fixture.ts'
import { row as deployCommand } from './deploy-command.ts'
import { row as previous } from './previous.ts'
import { row as schemaChanges } from './schema-changes.ts'
import { row as verifyUrl } from './verify-url.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'target-test-'))
})
afterEach(() => rm(folder, { recursive: true }))

const runs = (run: Command, more: Partial<Deploy> = {}) =>
  aConsumer({ deploy: aDeploy({ strategy: { kind: 'command', run }, ...more }) })

describe('deploy_command', () => {
  const evidence = { worktree: async () => ({ path: folder }) as Worktree }
  const judgeCommand = (run: Command, more: Partial<Deploy> = {}) =>
    judge(deployCommand, { consumer: { consumer: runs(run, more) }, evidence })
  async function put(path: string, mode = 0o755) {
    await mkdir(join(folder, 'bin'), { recursive: true })
    await writeFile(join(folder, path), '#!/bin/sh\n')
    await chmod(join(folder, path), mode)
  }

  test('does not apply where nothing is deployed or configured', async () => {
    expect((await judge(deployCommand, { evidence })).verdict).toBe('not_applicable')
  })

  test('is green for a file at the frozen commit and for a program on PATH', async () => {
    await put('bin/deploy')

    expect((await judgeCommand({ argv: ['bin/deploy', '{sha}'] })).verdict).toBe('green')
    expect((await judgeCommand({ argv: ['git', 'push'] })).verdict).toBe('green')
  })

  test('is red for a file that is not there, and for a program that is not on PATH', async () => {
    expect(await judgeCommand({ argv: ['bin/deploy'] })).toMatchObject({
      verdict: 'red',
      detail: expect.stringContaining('deploy.run: bin/deploy does not exist at bbbbbbb') as string,
    })
    expect((await judgeCommand({ argv: ['no-such-program-anywhere'] })).verdict).toBe('red')
  })

  test('is red for a file that cannot be executed', async () => {
    await put('bin/deploy', 0o644)

    expect(await judgeCommand({ argv: ['bin/deploy'] })).toMatchObject({
      verdict: 'red',
      detail: expect.stringContaining('not executable') as string,
    })
  })

  test('looks at every command of the target and counts them', async () => {
    await put('bin/deploy')
    const missing = { argv: ['bin/missing'] }
    const setting: Configure = {
      name: 'flag',
      action: 'env_var',
      observe: missing,
      expect: [''],
      goal: 'on',
      apply: missing,
      undo: missing,
      secret: false,
    }
    const more = { previous: missing, rollback: missing, after: [missing, missing] }
    const consumer = { ...runs({ argv: ['bin/deploy'] }, more), configure: [setting] }

    const judged = await judge(deployCommand, { consumer: { consumer }, evidence })

    expect(judged).toMatchObject({ verdict: 'red', covered: '8 of 8 commands' })
    expect(judged.detail.match(/does not exist/g)).toHaveLength(7)
  })

  test('reads the first word of a shell line, and is unknown where it cannot', async () => {
    await put('bin/deploy')

    expect((await judgeCommand({ shell: 'bin/deploy {sha} && bin/warm' })).verdict).toBe('green')
    expect((await judgeCommand({ shell: 'test -f x && bin/deploy' })).verdict).toBe('green')
    expect((await judgeCommand({ shell: 'bin/missing {sha}' })).verdict).toBe('red')
    expect((await judgeCommand({ shell: 'FLAG=1 bin/deploy' })).verdict).toBe('unknown')
  })

  test('needs no worktree for a program on PATH, nor for a file that the list of the commit tells', async () => {
    const none = { worktree: () => Promise.reject(new Error('a worktree was made')) }
    const tree = {
      readFile: async () => null,
      listFiles: async () => ['bin/deploy'],
      isExecutable: async (path: string) => path === 'bin/deploy',
    }
    const commands = { previous: { argv: ['bin/deploy', 'current'] }, rollback: { argv: ['git', 'push'] } }
    const consumer = runs({ argv: ['./bin/deploy'] }, commands)

    expect(await judge(deployCommand, { consumer: { consumer, tree }, evidence: none })).toMatchObject({
      verdict: 'green',
      detail: expect.stringContaining('./bin/deploy exists at bbbbbbb') as string,
    })
  })

  test('is unknown for what setup makes', async () => {
    expect((await judgeCommand({ argv: ['node_modules/.bin/vercel'] })).verdict).toBe('unknown')
  })
})

describe('previous', () => {
  const asked = runs({ argv: ['x'] }, { previous: { argv: ['bin/current'] } })

  test('is green when it was read, and before the first deploy', async () => {
    expect(await judge(previous, { consumer: { consumer: asked, previous: '8f2c' } })).toMatchObject({
      verdict: 'green',
      detail: '8f2c runs now.',
    })
    expect((await judge(previous, { consumer: { consumer: asked } })).verdict).toBe('green')
  })

  test('is unknown when the command failed', async () => {
    const consumer = { consumer: asked, previousUnknown: 'bin/current: exit code 3' }

    expect((await judge(previous, { consumer })).verdict).toBe('unknown')
  })

  test('does not apply where none is declared or nothing is deployed', async () => {
    const undeclared = await judge(previous, { consumer: { consumer: runs({ argv: ['x'] }) } })

    expect(undeclared.verdict).toBe('not_applicable')
    expect((await judge(previous)).verdict).toBe('not_applicable')
  })
})

describe('verify_url', () => {
  let server: Server
  let url: string
  beforeEach(async () => {
    server = createServer((request, response) => {
      response.writeHead(request.url === '/version' ? 200 : 502)
      response.end('{}')
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterEach(() => {
    server.close()
  })

  const verifies = (path: string, more: Partial<Deploy> = {}) =>
    runs(
      { argv: ['x'] },
      { verify: { url: `${url}${path}`, expect: { text: '{sha}' }, reads: 1, withinMs: 1000 }, ...more },
    )
  const current = { previous: { argv: ['bin/current'] } }

  test('is green when it answers', async () => {
    const consumer = { consumer: verifies('/version', current), previous: 'old' }

    expect((await judge(verifyUrl, { consumer })).verdict).toBe('green')
  })

  test('is red when it answers with an error, or not at all', async () => {
    const failing = { consumer: verifies('/broken', current), previous: 'old' }
    expect(await judge(verifyUrl, { consumer: failing })).toMatchObject({
      verdict: 'red',
      detail: expect.stringContaining('status 502') as string,
    })

    await new Promise((resolve) => {
      server.close(resolve)
      server.closeAllConnections()
    })
    const gone = { consumer: verifies('/version', current), previous: 'old' }
    expect((await judge(verifyUrl, { consumer: gone })).verdict).toBe('red')
  })

  test('does not apply to a first deploy, and is unknown where nobody can tell whether it is one', async () => {
    const first = await judge(verifyUrl, { consumer: { consumer: verifies('/broken', current) } })

    expect(first.verdict).toBe('not_applicable')
    expect((await judge(verifyUrl, { consumer: { consumer: verifies('/broken') } })).verdict).toBe('unknown')
  })

  test('does not apply to an address that only the coming release has', async () => {
    const consumer = { consumer: verifies('/{sha}/version', current), previous: 'old' }

    expect((await judge(verifyUrl, { consumer })).verdict).toBe('not_applicable')
  })

  test('does not take a failed look at the target for a first deploy', async () => {
    const consumer = { consumer: verifies('/broken', current), previousUnknown: 'exit code 1' }

    expect((await judge(verifyUrl, { consumer })).verdict).toBe('red')
  })
})

describe('schema_changes', () => {
  const deploying = runs({ argv: ['x'] })
  const tree = { readFile: async () => null, listFiles: async () => ['db/migrate/1_add.rb', 'app.rb'] }
  const changed = (...paths: string[]) => ({ changedPaths: async () => paths }) as unknown as Mirror

  test('does not apply where nothing is deployed or nothing migrates', async () => {
    expect((await judge(schemaChanges)).verdict).toBe('not_applicable')
    expect((await judge(schemaChanges, { consumer: { consumer: deploying } })).verdict).toBe('not_applicable')
  })

  test('is green when no migration lies between what runs and what would', async () => {
    const consumer = { consumer: deploying, tree, previous: commitOf('c'), mirror: changed('app.rb') }

    expect((await judge(schemaChanges, { consumer })).verdict).toBe('green')
  })

  const migration = (body: string): string =>
    `class A < ActiveRecord::Migration[7.1]\n  def change\n    ${body}\n  end\nend\n`
  const travelling = (
    files: Readonly<Record<string, string>>,
    before: Readonly<Record<string, string>> = {},
  ) => ({
    consumer: {
      consumer: deploying,
      tree: {
        readFile: async (path: string) => files[path] ?? null,
        listFiles: async () => Object.keys(files),
      },
      previous: commitOf('c'),
      mirror: {
        changedPaths: async () => Object.keys(files),
        readFile: async (_commit: string, path: string) => before[path] ?? null,
      } as unknown as Mirror,
    },
  })

  test('is green for one that is brief, and red for one that rewrites or blocks a table', async () => {
    const brief = { 'db/migrate/1_a.rb': migration('add_column :orders, :x, :text') }
    const index = { 'db/migrate/1_a.rb': migration('add_index :orders, :x') }
    const rewrite = { 'sql/V2__x.sql': 'ALTER TABLE orders ALTER COLUMN id TYPE text;' }

    expect(await judge(schemaChanges, travelling(brief))).toMatchObject({
      verdict: 'green',
      covered: '1 of 1 files',
      detail: 'add column would travel with the deploy; none rewrites a table, or blocks a large one.',
    })
    expect(await judge(schemaChanges, travelling(index))).toMatchObject({
      verdict: 'red',
      detail: expect.stringMatching(
        /^create index \(db\/migrate\/1_a\.rb:3, fact create_index\) would travel with the deploy and blocks writes to orders, whose size is not known, while/,
      ) as string,
    })
    expect(await judge(schemaChanges, travelling(rewrite))).toMatchObject({
      verdict: 'red',
      detail: expect.stringContaining('rewrites orders') as string,
    })
  })

  test('is green for a scan of what the file of statistics says is small, and unknown when that file says nothing', async () => {
    const index = { 'db/migrate/1_a.rb': migration('add_index :orders, :x') }
    const lane = { batching: { statistics: 'db/rows.json' } }
    const config = { lanes: new Map([['migrations', lane]]) } as unknown as TrainContext['config']
    const judgeWith = async (rows: string) =>
      judge(schemaChanges, { ...travelling({ ...index, 'db/rows.json': rows }), context: { config } })

    expect(await judgeWith('{"orders": 400}')).toMatchObject({ verdict: 'green' })
    expect(await judgeWith('{"orders": 400000}')).toMatchObject({
      verdict: 'red',
      detail: expect.stringContaining('blocks writes to orders, of 400000 rows, while') as string,
    })
    expect(await judgeWith('{"orders": "few"}')).toMatchObject({ verdict: 'unknown' })
  })

  test('is unknown when one cannot be read, and when nobody can tell', async () => {
    const hidden = { 'db/migrate/1_a.rb': migration('Whatever.call') }
    const models = {
      'db/migrate/1_a.rb': migration('add_column :orders, :x, :text'),
      'schema.prisma': 'model A {}',
    }
    const dumped = { 'db/schema.rb': 'ActiveRecord::Schema[7.1].define(version: 2) do\nend\n' }
    const rewritten = travelling({ 'db/migrate/1_a.rb': migration('nil') }, { 'db/migrate/1_a.rb': '' })

    for (const given of [travelling(hidden), travelling(models), travelling(dumped), rewritten]) {
      expect((await judge(schemaChanges, given)).verdict).toBe('unknown')
    }
    expect((await judge(schemaChanges, { consumer: { consumer: deploying, tree } })).verdict).toBe('unknown')
  })
})
