/**
 * What the guard adds to a commit: a cold process of the bundle in the pre-commit hook, a store in SQLite. The floor is the same
 * commit with a hook that starts an empty Node; beside it stands the commit without any hook.
 */
import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { bundledCli } from './bundled-cli.ts'
import type { MeasureOptions } from './measure-options.ts'
import { elapsedMs, quantile } from './samples.ts'
import { showMs, showRatio, toForm } from './table.ts'

const run = promisify(execFile)
const rounds = 20
const warmups = 3
/** Of a commit, with the lane held and needed: the contract's limit. */
const addedMsMax = 150

export async function measure({ form }: MeasureOptions): Promise<void> {
  const dir = await mkdtemp(path.join(tmpdir(), 'conduct-bench-guard-'))
  try {
    const conduct = await bundledCli(dir)
    const env = {
      ...process.env,
      XDG_STATE_HOME: path.join(dir, 'state'),
      GIT_CONFIG_NOSYSTEM: '1',
      HOME: dir,
    }
    const lanes = path.join(dir, 'lanes.yaml')
    await writeFile(lanes, lanesYaml(path.join(dir, 'state.db')))
    const inside = (name: string) => path.join(dir, name)
    const git = (name: string, ...args: readonly string[]) =>
      run('git', [...args], { cwd: inside(name), env })
    for (const name of ['none', 'empty', 'guarded']) {
      await mkdir(inside(name))
      await git(name, 'init', '--quiet')
      await git(name, 'config', 'user.name', 'bench')
      await git(name, 'config', 'user.email', 'bench@example.invalid')
    }
    const empty = path.join(inside('empty'), '.git/hooks/pre-commit')
    await mkdir(path.dirname(empty), { recursive: true })
    await writeFile(empty, `#!/bin/sh\nexec ${process.execPath} -e 0\n`)
    await chmod(empty, 0o755)
    const ask = (...args: readonly string[]) =>
      run(process.execPath, [conduct, ...args], { cwd: inside('guarded'), env })
    await ask('guard', 'install', '--repo', 'shop')
    await ask('lane', 'acquire', 'backend_migration', '--repo', 'shop')
    let count = 0
    const commit = async (name: string, filesOf: Kind['files']): Promise<number> => {
      count += 1
      for (const [file, text] of Object.entries(filesOf(count))) {
        await mkdir(path.dirname(path.join(inside(name), file)), { recursive: true })
        await writeFile(path.join(inside(name), file), text)
      }
      await git(name, 'add', '.')
      return elapsedMs(async () => void (await git(name, 'commit', '--quiet', '--message', 'x')))
    }
    const rows = []
    for (const { label, files } of kinds) {
      const ms = { none: [] as number[], empty: [] as number[], guarded: [] as number[] }
      for (let round = -warmups; round < rounds; round += 1) {
        for (const name of ['none', 'empty', 'guarded'] as const) {
          const taken = await commit(name, files)
          if (round >= 0) ms[name].push(taken)
        }
      }
      const [none, floor, guarded] = [ms.none, ms.empty, ms.guarded].map((each) => quantile(each, 0.5))
      const added = (guarded ?? 0) - (none ?? 0)
      const floorAdded = (floor ?? 0) - (none ?? 0)
      const verdict = added <= addedMsMax ? 'within' : 'over'
      rows.push([
        label,
        ...[none ?? 0, floor ?? 0, guarded ?? 0, added].map(showMs),
        showRatio(added / floorAdded),
        verdict,
      ])
    }
    const columns = [
      'a commit that',
      'no hook',
      'a hook of `node -e 0`',
      'guarded',
      'added',
      'added, over that hook',
      `${addedMsMax} ms`,
    ]
    const title = 'What the guard adds to a commit'
    const note = `medians of ${rounds} commits, the three taking turns`
    process.stdout.write(toForm({ title, note, columns, rows }, form))
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

interface Kind {
  readonly label: string
  /** Text by path, of a commit of this number. */
  readonly files: (count: number) => Readonly<Record<string, string>>
}

const migration = (count: number): Readonly<Record<string, string>> => ({
  [`db/migrate/${20260101000000 + count}_add_x${count}.rb`]: `class AddX${count} < ActiveRecord::Migration[7.1]\n  def change\n    add_column :orders, :x${count}, :string\n  end\nend\n`,
})

/** Columns as the migrations of all commits before and of this one leave them. */
const schema = (count: number): Readonly<Record<string, string>> => ({
  'db/schema.rb': [
    `ActiveRecord::Schema[7.1].define(version: ${20260101000000 + count}) do`,
    ...Array.from(
      { length: tables },
      (_, table) =>
        `  create_table "table${table}", force: :cascade do |t|\n    t.string "name", null: false\n  end`,
    ),
    '  create_table "orders", force: :cascade do |t|',
    ...Array.from({ length: count }, (_, at) => `    t.string "x${at + 1}"`),
    '  end',
    'end',
    '',
  ].join('\n'),
})

const tables = 100

const kinds: readonly Kind[] = [
  { label: 'needs no lane', files: (count) => ({ [`src/${count}.rb`]: `# ${count}\n` }) },
  { label: 'is a migration, its lane held', files: migration },
  {
    label: 'is a migration with its schema file, both read and compared',
    files: (count) => ({ ...migration(count), ...schema(count) }),
  },
]

const lanesYaml = (store: string): string => `version: 1
estate: bench
store: sqlite:${store}
people: { ana: {} }
repos: { shop: { remote: "file:///srv/shop.git" } }
lanes: { backend_migration: { use: rails_migrations, captains: [ana], scope: repo } }
`
