import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { buildMigrationEstate, type MigrationEstate } from '@conduct/rehearsal'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { conduct, documentOf, temporaryFolder } from '../e2e/conduct-process.ts'
import { type PostgresServer, startPostgres } from '../servers/postgres.ts'

/** Real Active Record runs a batch that was written, and the tickets one after another. */
const hasRails = spawnSync('ruby', ['-e', 'require "active_record"; require "pg"']).status === 0
const needsRails = hasRails ? '' : ' (skipped: needs ruby with activerecord and pg)'

describe.skipIf(!hasRails)(`a batch of Rails migrations${needsRails}`, () => {
  const folder = temporaryFolder()
  let server: PostgresServer
  let estate: MigrationEstate
  beforeAll(async () => {
    ;[server, estate] = await Promise.all([
      startPostgres(),
      buildMigrationEstate({ dir: folder.path, kind: 'rails' }),
    ])
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    folder[Symbol.dispose]()
  })
  const batch = async (...args: readonly string[]) =>
    documentOf(
      await conduct(['batch', ...args, '--json'], {
        cwd: estate.repository,
        env: { HOME: folder.path, CONDUCT_SCRATCH_SERVER: server.url('postgres') },
      }),
    )
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: estate.repository, encoding: 'utf8' })
  const show = (commit: string, file: string): string => git('show', `${commit}:${file}`)

  it('is planned as a captain would: small additions together, the duplicate dropped, the rest apart', async () => {
    const plan = await batch('plan', '--branch', 'feat/*')

    expect(plan).toMatchObject({
      base_problem: null,
      turns: [
        {
          category: 'expand',
          tickets: [
            'feat/audits',
            'feat/carts',
            'feat/colour',
            'feat/flag-orders',
            'feat/flag-users',
            'feat/long-note',
            'feat/nick',
          ],
        },
        { tickets: ['feat/big-quantity'] },
        { tickets: ['feat/nickname-index'] },
        { tickets: ['feat/upper-names'] },
        { category: 'contract', tickets: ['feat/drop-note'] },
      ],
      dropped: [{ ticket: 'feat/nickname', duplicate_of: 'feat/nick' }],
      gap: 0,
    })
  })

  it('is fused into one change of a table where that is asked for, and real Rails runs it', async () => {
    const some = ['--branch', 'feat/flag-orders', '--branch', 'feat/colour', '--branch', 'feat/audits']
    const written = await batch('write', 'turn-1', ...some, '--layout', 'fused')

    const branch = String(written['branch'])
    const files = (written['fused'] as readonly { readonly path: string }[]).map((each) => each.path)
    expect(files.map((file) => file.replace(/\d{14}/, '…'))).toEqual([
      'db/migrate/…_create_audits.rb',
      'db/migrate/…_fused_batch.rb',
    ])
    expect(show(branch, files[1] ?? '')).toContain('change_table "orders", bulk: true do |t|')
    expect(await batch('verify', branch)).toMatchObject({ exit: 0, ways: [{ outcome: 'equal' }] })
  })

  it('is written with names of its own, and real Rails reaches the schema of the tickets', async () => {
    const some = ['--branch', 'feat/flag-*', '--branch', 'feat/carts', '--branch', 'feat/colour']
    const written = await batch('write', 'turn-1', ...some, '--claim')

    expect(written).toMatchObject({
      exit: 0,
      lane: { name: 'backend_migration', resources: ['shop'] },
      notes: [{ ticket: 'feat/flag-users', text: 'AddFlag is called AddFlag2: the name is taken' }],
    })
    const branch = String(written['branch'])
    const files = (written['tickets'] as readonly { readonly files: readonly { readonly path: string }[] }[])
      .flatMap((each) => each.files.map((file) => file.path))
      .filter((file) => file !== 'db/schema.rb')
    expect(files.map((file) => file.replace(/\d{14}/, '…'))).toEqual([
      'db/migrate/…_create_carts.rb',
      'db/migrate/…_add_colour.rb',
      'db/migrate/…_add_flag.rb',
      'db/migrate/…_add_flag2.rb',
    ])
    expect(show(branch, files[3] ?? '')).toContain('class AddFlag2 < ActiveRecord::Migration[6.1]')

    expect(await batch('verify', branch)).toMatchObject({
      exit: 0,
      ways: [{ by: 'command', outcome: 'equal' }],
    })
    // The schema file of the batch is what Rails dumps after its migrations, but for comments and empty lines.
    git('worktree', 'add', '--quiet', '--detach', `${folder.path}/look`, branch)
    const env = { PATH: process.env['PATH'] ?? '', DATABASE_URL: await server.createDatabase() }
    execFileSync(`${folder.path}/look/bin/migrate`, { cwd: `${folder.path}/look`, env, stdio: 'pipe' })
    const bare = (text: string): readonly string[] =>
      text.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('#'))
    expect(bare(show(branch, 'db/schema.rb'))).toEqual(
      bare(readFileSync(`${folder.path}/look/db/schema.rb`, 'utf8')),
    )
    git('worktree', 'remove', '--force', `${folder.path}/look`)
    // The worktrees are gone, and the checkout never had any of it.
    expect([git('status', '--porcelain'), git('worktree', 'list').trim().split('\n').length]).toEqual(['', 1])
  })
})
