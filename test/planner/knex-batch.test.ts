import { createRequire } from 'node:module'
import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { conduct, documentOf, temporaryFolder } from '../e2e/conduct-process.ts'
import { type PostgresServer, startPostgres } from '../servers/postgres.ts'
import { writeBranches } from './open-branches.ts'

const { resolve } = createRequire(import.meta.url)

/** How the app migrates: real Knex on the database of `DATABASE_URL`. */
const migrate = `const { knex } = require(${JSON.stringify(resolve('knex'))})
const Postgres = require(${JSON.stringify(resolve('knex/lib/dialects/postgres/index.js'))})
class Client extends Postgres {
  _driver() { return require(${JSON.stringify(resolve('pg'))}) }
}
const db = knex({ client: Client, connection: process.env.DATABASE_URL })
db.migrate.latest({ directory: './migrations', loadExtensions: ['.js', '.mjs'] }).then(
  () => db.destroy(),
  (error) => { console.error(error.message); process.exit(1) },
)
`

const estate = {
  main: {
    'migrate.cjs': migrate,
    'migrations/20260101000000_base.js':
      "exports.up = (knex) => knex.schema.createTable('orders', (t) => { t.increments(); t.text('state') })\nexports.down = () => {}\n",
  },
  branches: {
    'feat/notes': {
      'migrations/20260103000000_notes.js':
        "exports.up = async (knex) => {\n  await knex.schema.createTable('notes', (t) => { t.increments(); t.integer('order_id').references('id').inTable('orders'); t.timestamps(true, true) })\n}\nexports.down = () => {}\n",
    },
    'feat/size': {
      // The same time stamp as another branch has.
      'migrations/20260103000000_size.mjs':
        "export function up(knex) {\n  return knex.schema.alterTable('orders', (t) => { t.integer('size').notNullable().defaultTo(0); t.enu('kind', ['a', 'b']) })\n}\nexport function down() {}\n",
    },
    'feat/seen': {
      'migrations/20260102000000_seen.js':
        "exports.up = (knex) => knex.raw('ALTER TABLE orders ADD COLUMN seen timestamptz')\nexports.down = () => {}\n",
    },
  },
} as const

describe('a batch of Knex’s migrations', () => {
  const folder = temporaryFolder()
  let server: PostgresServer
  beforeAll(async () => {
    writeBranches(folder.path, estate)
    server = await startPostgres()
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    folder[Symbol.dispose]()
  })
  const batch = async (...args: readonly string[]) =>
    documentOf(
      await conduct(['batch', ...args, '--json'], {
        cwd: folder.path,
        env: { HOME: folder.path, CONDUCT_SCRATCH_SERVER: server.url('postgres') },
      }),
    )

  it('is written as it stands under time stamps of its own, and real Knex reaches what the tickets reach', async () => {
    const written = await batch('write', 'turn-1', '--branch', 'feat/*')

    const branch = String(written['branch'])
    const files = (
      written['tickets'] as readonly { files: readonly { path: string; from: string }[] }[]
    ).flatMap((each) => each.files)
    const bare = (file: string): string => file.replace(/\d{14}/, '')
    expect(files.map(({ path }) => bare(path))).toEqual([
      'migrations/_notes.js',
      'migrations/_size.mjs',
      'migrations/_seen.js',
    ])
    expect(new Set(files.map(({ path }) => /\d{14}/.exec(path)?.[0])).size).toBe(3)
    const contents = Object.assign({}, ...Object.values(estate.branches)) as Record<string, string>
    for (const { path, from } of files) {
      const text = execFileSync('git', ['show', `${branch}:${path}`], { cwd: folder.path, encoding: 'utf8' })
      expect(text).toBe(contents[from])
    }
    expect(await batch('verify', branch, '--run', 'node migrate.cjs')).toMatchObject({
      exit: 0,
      ways: [{ by: 'command', outcome: 'equal' }],
    })
  })

  it('is not called equal by a command that migrates another database', async () => {
    const branch = execFileSync('git', ['branch', '--list', 'conduct/*', '--format=%(refname:short)'], {
      cwd: folder.path,
      encoding: 'utf8',
    }).trim()

    expect(await batch('verify', branch, '--run', 'node --version')).toMatchObject({
      exit: 3,
      ways: [{ outcome: 'failed', problem: expect.stringContaining('nothing arrived') as string }],
    })
  })

  it('is not fused (BATCH_NOT_WRITABLE), and says which layout keeps it', async () => {
    expect(await batch('write', 'turn-1', '--branch', 'feat/*', '--layout', 'fused')).toMatchObject({
      error: {
        code: 'BATCH_NOT_WRITABLE',
        hint: expect.stringContaining('only SQL and Rails are fused; the layout train keeps it') as string,
      },
    })
  })
})
