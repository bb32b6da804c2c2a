import { execFile, execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { conduct, documentOf, program, temporaryFolder } from '../e2e/conduct-process.ts'
import { writeBranches } from './open-branches.ts'

const schema = (version: string, columns: string, more = ''): string =>
  `ActiveRecord::Schema[7.1].define(version: ${version}) do
  create_table "orders", force: :cascade do |t|
    t.string "state"
${columns}  end
${more}end
`

/** Both add at the same line, so that git alone has a conflict, in the version and in the table. */
const branches = {
  main: {
    'db/schema.rb': schema('2026_01_01_000000', ''),
    'db/queue_schema.rb': schema('2026_01_01_000000', ''),
  },
  branches: {
    note: { 'db/schema.rb': schema('2026_02_01_000000', '    t.text "note"\n') },
    size: { 'db/schema.rb': schema('2026_03_01_000000', '    t.integer "size"\n') },
    gone: { 'db/schema.rb': schema('2026_04_01_000000', '').replace(/ {2}create_table[^]* {2}end\n/, '') },
    ruby: { 'db/schema.rb': schema('2026_05_01_000000', '    t.text "x" if ENV["X"]\n') },
  },
} as const

const folder = temporaryFolder()
const file = join(folder.path, 'db', 'schema.rb')
const git = async (
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly output: string }> => {
  const env = {
    PATH: process.env['PATH'],
    HOME: folder.path,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_COMMITTER_NAME: 'ana',
    GIT_COMMITTER_EMAIL: 'ana@acme.example',
    GIT_AUTHOR_NAME: 'ana',
    GIT_AUTHOR_EMAIL: 'ana@acme.example',
  }
  try {
    const { stdout, stderr } = await promisify(execFile)('git', [...args], { cwd: folder.path, env })
    return { code: 0, output: stdout + stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, output: stdout + stderr }
  }
}

beforeAll(() => writeBranches(folder.path, branches))
afterAll(() => folder[Symbol.dispose]())

describe('git, with conduct as its merge driver', () => {
  it('is told about it once, by two lines', async () => {
    execFileSync('git', ['checkout', '--quiet', 'note'], { cwd: folder.path })
    writeFileSync(join(folder.path, '.gitattributes'), '*.png binary')
    const install = [
      'batch',
      'schema-merge',
      '--install',
      '--pattern',
      'db/schema.rb',
      '--pattern',
      'db/*_schema.rb',
    ]

    const [first, second] = [
      await conduct([...install, '--json'], { cwd: join(folder.path, 'db') }),
      await conduct([...install, '--json'], { cwd: folder.path }),
    ]

    expect(documentOf(first)).toMatchObject({
      added: ['db/schema.rb merge=conduct-schema', 'db/*_schema.rb merge=conduct-schema'],
      driver: expect.stringMatching(/ batch schema-merge --marker-size %L -- %O %A %B %P$/) as string,
    })
    expect(documentOf(second)).toMatchObject({ added: [] })
    expect(readFileSync(join(folder.path, '.gitattributes'), 'utf8')).toBe(
      '*.png binary\ndb/schema.rb merge=conduct-schema\ndb/*_schema.rb merge=conduct-schema\n',
    )
    expect(documentOf(first)['driver']).toContain(program)
  })

  it('merges what it would call a conflict', async () => {
    const merged = await git('merge', '--no-edit', 'size')

    expect(merged.output).toContain('db/schema.rb: merged, version 2026_03_01_000000')
    expect(merged.code).toBe(0)
    expect(readFileSync(file, 'utf8')).toBe(
      schema('2026_03_01_000000', '    t.text "note"\n    t.integer "size"\n'),
    )
  })

  it('has its conflict where the merge is refused, markers and all', async () => {
    const merged = await git('merge', '--no-edit', 'gone')

    expect(merged.code).toBe(1)
    expect(merged.output).toContain('one side removes table orders, and the other changes it')
    expect(merged.output).toContain('CONFLICT (content): Merge conflict in db/schema.rb')
    const text = readFileSync(file, 'utf8')
    expect(text).toMatch(/^<{7} ours\n[^]*^={7}\n[^]*^>{7} theirs\n/m)
    expect(text).toContain('t.text "note"')
    await git('merge', '--abort')
  })

  it('leaves what is not spelled out to a person (SCHEMA_MERGE_REFUSED)', async () => {
    const sides = ['main', 'note', 'ruby'].map((name) => {
      const text = execFileSync('git', ['show', `${name}:db/schema.rb`], { cwd: folder.path })
      return folder.write(`${name}.rb`, text.toString('utf8'))
    })

    const refused = await conduct(['batch', 'schema-merge', ...sides, '--marker-size', '9', '--json'], {
      cwd: folder.path,
    })

    expect(documentOf(refused)).toMatchObject({
      exit: 3,
      ok: false,
      outcome: 'refused',
      problems: [{ side: 'theirs', line: 4, problem: 'Rails dumps no such thing: t.text "x" if ENV["X"]' }],
      error: { code: 'SCHEMA_MERGE_REFUSED' },
    })
    expect(readFileSync(sides[1] ?? '', 'utf8')).toMatch(/^<{9} ours$/m)
  })

  it('needs three files (SCHEMA_MERGE_FILES)', async () => {
    const [two, none] = await Promise.all([
      conduct(['batch', 'schema-merge', 'a', 'b', '--json'], { cwd: folder.path }),
      conduct(['batch', 'schema-merge', 'a', 'b', 'c', '--json'], { cwd: folder.path }),
    ])

    expect(documentOf(two)).toMatchObject({ exit: 2, error: { code: 'SCHEMA_MERGE_FILES' } })
    expect(documentOf(none)).toMatchObject({ exit: 2, error: { code: 'SCHEMA_MERGE_FILES' } })
  })
})
