import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { conduct, documentOf, temporaryFolder } from './conduct-process.ts'
import { type Checkout, initCheckout, makeWorld } from './guarded-repository.ts'

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())
const world = makeWorld(folder.path)
const dump = (columns: string): string =>
  `ActiveRecord::Schema[7.1].define(version: 1) do\n  create_table "orders", force: :cascade do |t|\n    t.string "state"\n${columns}  end\nend\n`
const migration =
  'class AddX < ActiveRecord::Migration[7.1]\n  def change\n    add_column :orders, :x, :text\n  end\nend\n'
const file = 'db/migrate/20260102000000_add_x.rb'

/** A branch of its own, on a base that has a schema. */
function branch(name: string, files: Readonly<Record<string, string>>): Checkout {
  const shop = initCheckout(join(folder.path, name), world)
  shop.write('db/schema.rb', dump(''))
  shop.git('add', '.')
  shop.git('commit', '--quiet', '--message', 'schema')
  shop.git('switch', '--quiet', '--create', name)
  for (const [path, text] of Object.entries(files)) shop.write(path, text)
  shop.git('add', '.')
  return shop
}

const kindsIn = (document: Readonly<Record<string, unknown>>): readonly string[] =>
  (document['smuggled'] as readonly { kind: string; file: string }[]).map(
    (each) => `${each.kind} ${each.file}`,
  )

describe.concurrent('conduct guard, of what is smuggled', () => {
  it('refuses statements of the schema in a task, where no path says so, and lets the holder of the lane pass', async () => {
    const rake =
      'task :x do\n  ActiveRecord::Base.connection.execute("ALTER TABLE orders ADD COLUMN y int")\nend\n'
    const shop = branch('hidden', {
      'lib/tasks/x.rake': rake,
      'Gemfile.lock': 'GEM\n  specs:\n    good_job (4.0.0)\n',
    })

    const refused = await shop.conduct('guard', '--staged', '--json')
    const said = await shop.conduct('guard', '--staged')
    await shop.conduct('lane', 'acquire', 'backend_migration', '--repo', 'shop')
    const passed = await shop.conduct('guard', '--staged', '--json')

    expect(refused.exit).toBe(12)
    expect(kindsIn(documentOf(refused))).toEqual([
      'dependency_migrations Gemfile.lock',
      'hidden_ddl lib/tasks/x.rake',
    ])
    expect(documentOf(refused)).toMatchObject({
      unknown: [],
      needs: [
        {
          lane: 'backend_migration',
          because: [
            { kind: 'smuggled', rule: 'dependency_migrations', match: 'Gemfile.lock:3' },
            { kind: 'smuggled', rule: 'hidden_ddl', match: 'lib/tasks/x.rake:2' },
          ],
        },
      ],
    })
    expect(said.stdout).toContain('lib/tasks/x.rake:2: ')
    expect(passed.exit).toBe(0)
    expect(kindsIn(documentOf(passed))).toHaveLength(2)
    await shop.conduct('lane', 'release', 'backend_migration')
  })

  it('finds a schema file that its migrations do not lead to, on the branch as in the index, and who has no flag', async () => {
    const shop = branch('differs', { [file]: migration, 'db/schema.rb': dump('    t.text "stray"\n') })
    const staged = await shop.conduct('guard', '--staged', '--flag', 'requires_other', '--json')
    shop.git('commit', '--quiet', '--message', 'm')
    const [since, flagged] = await Promise.all([
      shop.conduct('guard', '--base', 'main', '--json'),
      shop.conduct('guard', '--base', 'main', '--flag', 'requires_migration', '--json'),
    ])

    const differing = [`schema_differs ${file}`, 'schema_differs db/schema.rb']
    expect(kindsIn(documentOf(since))).toEqual(differing)
    expect(kindsIn(documentOf(flagged))).toEqual(differing)
    expect(kindsIn(documentOf(staged)).toSorted()).toEqual([
      ...differing,
      `unflagged ${file}`,
      'unflagged db/schema.rb',
    ])
  })

  it('is silent where both agree, names models without migration, and says what could not be compared', async () => {
    const model = 'model Order {\n  id Int @id\n}\n'
    const [agrees, models, opaque] = [
      branch('agrees', { [file]: migration, 'db/schema.rb': dump('    t.text "x"\n'), 'app.rb': 'puts 1\n' }),
      branch('models', { 'prisma/schema.prisma': model }),
      branch('opaque', {
        [file]: migration.replace('add_column :orders, :x, :text', 'send(name, :orders)'),
        'db/schema.rb': dump('    t.text "x"\n'),
      }),
    ]
    const asked = await Promise.all(
      [agrees, models, opaque].map((shop) => shop.conduct('guard', '--staged', '--json')),
    )
    const [agreed, modelled, unread] = asked.map(documentOf)

    expect(agreed).toMatchObject({ smuggled: [], unknown: [] })
    expect(kindsIn(modelled ?? {})).toEqual(['model_without_migration prisma/schema.prisma'])
    expect(unread).toMatchObject({
      smuggled: [],
      unknown: [`${file}:3: name, which is not in this file`, expect.any(String) as string],
    })
  })

  it('names a migration that a written batch has already, until its own branch lets go of it', async () => {
    const shop = branch('ticket', { [file]: migration, 'db/schema.rb': dump('    t.text "x"\n') })
    shop.git('commit', '--quiet', '--message', 'm')
    const written = await shop.conduct(
      'batch',
      'write',
      'turn-1',
      '--branch',
      'ticket',
      '--base',
      'main',
      '--json',
    )
    const duplicate = await shop.conduct('guard', '--base', 'main', '--json')
    const { batch } = documentOf(written) as { readonly batch?: string }
    shop.git('merge', '--quiet', '--ff-only', `refs/conduct/_offers/${batch ?? ''}/ticket`)
    const after = await shop.conduct('guard', '--base', 'main', '--json')

    expect(written.exit).toBe(0)
    expect(documentOf(duplicate)['smuggled']).toMatchObject([
      { kind: 'duplicate_of_batch', file, why: `It is a duplicate of ${batch}, which has it as ticket.` },
    ])
    expect(documentOf(after)).toMatchObject({ smuggled: [], needs: [] })
  })

  it('finds in what a push brings what it finds in the index, and nothing in what is at the remote already', async () => {
    const remote = join(folder.path, 'pushed.git')
    const shop = branch('pushed', { [file]: migration, 'db/schema.rb': dump('    t.text "stray"\n') })
    shop.git('init', '--quiet', '--bare', remote)
    shop.git('remote', 'add', 'origin', remote)
    shop.git('push', '--quiet', '--no-verify', 'origin', 'main')
    shop.git('commit', '--quiet', '--no-verify', '--message', 'm')
    const push = (local: string, sha: string) =>
      conduct(['guard', '--pushed', 'origin', '--json'], {
        cwd: shop.path,
        env: world.env,
        stdin: `refs/heads/${local} ${sha} refs/heads/${local} ${'0'.repeat(40)}\n`,
      })

    const brings = await push('pushed', shop.git('rev-parse', 'HEAD').stdout.trim())
    const nothing = await push('again', shop.git('rev-parse', 'main').stdout.trim())
    shop.git('remote', 'add', 'empty', `${remote}.empty`)
    const baseless = await conduct(['guard', '--pushed', 'empty', '--json'], {
      cwd: shop.path,
      env: world.env,
      stdin: `refs/heads/pushed ${shop.git('rev-parse', 'HEAD').stdout.trim()} refs/heads/pushed ${'0'.repeat(40)}\n`,
    })

    expect(brings.exit).toBe(12)
    expect(kindsIn(documentOf(brings))).toEqual([`schema_differs ${file}`, 'schema_differs db/schema.rb'])
    expect(nothing.exit).toBe(0)
    expect(documentOf(nothing)).toMatchObject({ smuggled: [], needs: [], store: 'not_asked' })
    expect(documentOf(baseless)['unknown']).toContain(
      'what the schema was before: no branch of the remote is known here (git fetch)',
    )
  })

  it('goes by the flags of the task that it is for; one that nobody wrote down is said, and no flag is no proof', async () => {
    const shop = branch('flagged', { [file]: migration, 'db/schema.rb': dump('    t.text "x"\n') })
    await shop.conduct('task', 'add', 'FLAGGED-1', '--flag', 'requires_migration')
    await shop.conduct('task', 'add', 'PLAIN-1')
    const ask = (...args: readonly string[]) => shop.conduct('guard', '--staged', ...args, '--json')

    const [flagged, plain, none, said] = await Promise.all([
      ask('--task', 'FLAGGED-1'),
      ask('--task', 'PLAIN-1'),
      ask('--task', 'NONE-1'),
      ask('--task', 'PLAIN-1', '--flag', 'requires_migration'),
    ])

    expect(kindsIn(documentOf(flagged))).toEqual([])
    expect(kindsIn(documentOf(plain)).toSorted()).toEqual([`unflagged ${file}`, 'unflagged db/schema.rb'])
    expect(documentOf(none)).toMatchObject({
      smuggled: [],
      unknown: ['the flags of NONE-1: there is no such task'],
    })
    expect(kindsIn(documentOf(said))).toEqual([])
    expect((documentOf(plain)['needs'] as readonly { take: string }[])[0]?.take).toContain('--task PLAIN-1')
  })
})
