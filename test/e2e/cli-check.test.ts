import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { mkdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { conduct, documentOf, normalise, smallestLanesYaml, temporaryFolder } from './conduct-process.ts'

const wrong = smallestLanesYaml.replace('STORE', '/srv/state.db').replace('- repo: shop', '- repo: shpo')

describe('conduct check', () => {
  test('shows each finding where it stands and ends with the next command', async () => {
    using folder = temporaryFolder()
    folder.write('lanes.yaml', wrong)

    const ended = await conduct(['check'], { cwd: folder.path })

    expect(ended).toMatchObject({ exit: 2, stderr: '' })
    expect(normalise(ended.stdout, folder.path)).toMatchInlineSnapshot(`
      "warning APPROVER_SOLE_HOLDER: "ana" is the only approver of lane "release_train" and may also hold it
       --> lanes.yaml:9:51
        |
      9 |   release_train: { use: release_train, captains: [ana] }
        |                                                   ^^^
        = Name a second approver, or leave the approver out of holders.

      error LANE_UNKNOWN_REPO: train "engine" names a repo that is not declared: "shpo"
        --> lanes.yaml:22:15
         |
      22 |       - repo: shpo
         |               ^^^^
         = did you mean "shop"? Declared repos: engine, shop

      1 error, 1 warning in <folder>/lanes.yaml.
      Next: node <conduct.js> -c <folder>/lanes.yaml explain LANE_UNKNOWN_REPO
      "
    `)
  })

  test('is one JSON document with the places of the findings', async () => {
    using folder = temporaryFolder()
    folder.write('lanes.yaml', wrong)

    const ended = await conduct(['check', '--json'], { cwd: folder.path })
    const document = documentOf(ended)

    expect(ended).toMatchObject({ exit: 2, stderr: '' })
    expect(document).toMatchObject({
      format: 1,
      command: 'check',
      ok: false,
      exit: 2,
      lanes: [],
      error: { code: 'CONFIG_INVALID' },
    })
    expect(document['findings']).toContainEqual({
      code: 'LANE_UNKNOWN_REPO',
      severity: 'error',
      message: 'train "engine" names a repo that is not declared: "shpo"',
      hint: expect.stringContaining('did you mean "shop"?') as string,
      file: 'lanes.yaml',
      line: 22,
      column: 15,
      end_line: 22,
      end_column: 19,
      related: [],
    })
  })

  test('accepts a right file, also from a folder below it and through a relative -C', async () => {
    using folder = temporaryFolder()
    folder.write('lanes.yaml', smallestLanesYaml.replace('STORE', '/srv/state.db'))
    mkdirSync(join(folder.path, 'a', 'b'), { recursive: true })

    const ended = await conduct(['-C', 'a/b', 'check', '--json'], { cwd: folder.path })

    expect(ended.exit).toBe(0)
    expect(documentOf(ended)).toMatchObject({
      ok: true,
      lanes: [{ lane: 'release_train' }, { lane: 'backend_migration' }, { lane: 'docs' }],
    })
  })

  test('--effective prints a file that is right itself', async () => {
    using folder = temporaryFolder()
    folder.write('lanes.yaml', smallestLanesYaml.replace('STORE', '/srv/state.db'))

    const effective = await conduct(['check', '--effective'], { cwd: folder.path })
    folder.write('effective.yaml', effective.stdout)
    const again = await conduct(['-c', 'effective.yaml', 'check', '--json'], { cwd: folder.path })

    expect(effective.stdout).toContain('ttl: 15m')
    expect(again.exit).toBe(0)
  })

  test('every other command refuses a wrong file with its findings (CONFIG_INVALID)', async () => {
    using folder = temporaryFolder()
    folder.write('lanes.yaml', wrong)

    const text = await conduct(['lane', 'list'], { cwd: folder.path })
    const json = await conduct(['lane', 'list', '--json'], { cwd: folder.path })

    expect(text).toMatchObject({ exit: 2, stdout: '' })
    expect(text.stderr).toContain('error LANE_UNKNOWN_REPO')
    expect(text.stderr).toContain('error CONFIG_INVALID')
    expect(documentOf(json)).toMatchObject({ exit: 2, error: { code: 'CONFIG_INVALID' } })
    expect(documentOf(json)['findings']).toHaveLength(2)
  })

  test('says when there is no lanes.yaml, two of them, or one that cannot be read', async () => {
    using folder = temporaryFolder()
    const missing = await conduct(['check', '--json'], { cwd: folder.path })
    mkdirSync(join(folder.path, 'c.yaml'))
    const folderNamed = await conduct(['-c', 'c.yaml', 'check', '--json'], { cwd: folder.path })
    folder.write('lanes.yaml', '')
    folder.write('lanes.yml', '')
    const two = await conduct(['check', '--json'], { cwd: folder.path })

    expect(documentOf(missing)).toMatchObject({ exit: 2, error: { code: 'CONFIG_NOT_FOUND' } })
    expect(documentOf(folderNamed)).toMatchObject({ exit: 2, error: { code: 'CONFIG_NOT_FOUND' } })
    expect(documentOf(two)).toMatchObject({ exit: 2, error: { code: 'CONFIG_AMBIGUOUS' } })
  })
})

describe('a lanes.yaml in another repository', () => {
  test('is read from the branch that git config conduct.config names', async () => {
    using folder = temporaryFolder()
    const git = (...args: readonly string[]) =>
      execFileSync('git', [...args], { cwd: folder.path, stdio: 'pipe' })
    const rules = join(folder.path, 'rules')
    git('init', '-q', '-b', 'main', rules)
    folder.write('rules/lanes.yaml', smallestLanesYaml.replace('STORE', join(folder.path, 'state.db')))
    git('-C', rules, 'add', '.')
    git('-C', rules, '-c', 'user.name=ana', '-c', 'user.email=ana@x.example', 'commit', '-qm', 'rules')
    git('init', '-q', join(folder.path, 'shop'))
    git('-C', 'shop', 'config', 'conduct.config', `git+file://${rules}#main`)
    const cwd = join(folder.path, 'shop')

    const listed = await conduct(['lane', 'list', '--json'], { cwd })
    const status = await conduct(['lane', 'acquire', 'docs'], { cwd })
    const missing = await conduct(['-c', `git+file://${rules}#nowhere`, 'check', '--json'], { cwd })

    expect(documentOf(listed)).toMatchObject({
      exit: 0,
      lanes: [{ lane: 'release_train' }, { lane: 'backend_migration' }, { lane: 'docs' }],
    })
    expect(status.stdout).toContain(`-c 'git+file://${rules}#main'`)
    expect(documentOf(missing)).toMatchObject({ exit: 2, error: { code: 'CONFIG_UNREADABLE' } })
  })
})

describe('conduct schema', () => {
  test('--write puts the schema beside lanes.yaml, and says where', async () => {
    using folder = temporaryFolder()
    folder.write('lanes.yaml', smallestLanesYaml.replace('STORE', '/srv/state.db'))
    const path = join(folder.path, '.conduct', 'lanes.schema.json')

    const ended = await conduct(['schema', '--write', '--json'], { cwd: folder.path })
    const printed = await conduct(['schema'], { cwd: folder.path })

    expect(documentOf(ended)).toMatchObject({ exit: 0, written: path })
    expect(readFileSync(path, 'utf8')).toBe(printed.stdout)
  })

  test('says when it cannot be written (OUTPUT_UNWRITABLE)', async () => {
    using folder = temporaryFolder()
    folder.write('lanes.yaml', smallestLanesYaml.replace('STORE', '/srv/state.db'))
    folder.write('.conduct', 'a file where the folder should be')

    const ended = await conduct(['schema', '--write', '--json'], { cwd: folder.path })

    expect(documentOf(ended)).toMatchObject({ exit: 2, error: { code: 'OUTPUT_UNWRITABLE' } })
  })
})

describe('conduct explain', () => {
  test('says what a code means and what to do', async () => {
    using folder = temporaryFolder()

    const ended = await conduct(['explain', 'STORE_UNREACHABLE'], { cwd: folder.path })

    expect(ended).toMatchObject({ exit: 0, stderr: '' })
    expect(ended.stdout).toContain('STORE_UNREACHABLE (error, exit 30)')
    expect(ended.stdout).toMatch(/\n  By then +Nothing irreversible was done in this run\./)
    expect(ended.stdout).toMatch(/\n  What to do +Check the store address/)
  })

  test('exits 4 for a code that does not exist and names the nearest (CODE_UNKNOWN)', async () => {
    using folder = temporaryFolder()

    const ended = await conduct(['explain', 'STORE_UNREACHABEL', '--json'], { cwd: folder.path })

    expect(documentOf(ended)).toMatchObject({
      exit: 4,
      error: { code: 'CODE_UNKNOWN', hint: expect.stringContaining('STORE_UNREACHABLE') as string },
    })
  })
})

describe('conduct help', () => {
  const help = (...words: readonly string[]) => conduct(words, { cwd: '/var/tmp' })

  test('is the help of a command, of a noun, of conduct, and what explain says of a code', async () => {
    const pairs = [
      [
        ['help', 'lane', 'acquire'],
        ['lane', 'acquire', '--help'],
      ],
      [
        ['help', 'lane'],
        ['lane', '--help'],
      ],
      [['help'], ['--help']],
      [
        ['help', 'store_lies'],
        ['explain', 'STORE_LIES'],
      ],
    ] as const
    const shown = await Promise.all(pairs.flat().map((words) => help(...words)))

    for (const [index, { exit, stdout }] of shown.entries()) {
      expect({ exit, stdout }).toEqual({ exit: 0, stdout: shown[index - (index % 2)]?.stdout })
      expect(stdout.length).toBeGreaterThan(100)
    }
    expect(shown[4]?.stdout).toMatch(
      /Pages: conduct help <page>\n +lanes +what may happen only one at a time/,
    )
  })

  test('shows a page, for people and for programs', async () => {
    const [shown, read, list] = await Promise.all([
      help('help', 'guarding'),
      help('help', 'agents', '--json'),
      help('help', '--json'),
    ])

    expect(shown).toMatchObject({ exit: 0, stderr: '' })
    expect(shown.stdout).toContain('smuggled  it changes the schema past its migrations')
    expect(documentOf(read)).toMatchObject({ command: 'help', page: { name: 'agents' } })
    const { commands, pages } = documentOf(list) as Record<string, readonly { readonly name: string }[]>
    expect(commands?.map(({ name }) => name)).toContain('lane acquire')
    expect(pages?.map(({ name }) => name)).toContain('exit-codes')
  })

  test.each([
    ['lnaes', 'Did you mean lanes'],
    ['exit', 'Did you mean exit-codes'],
    ['STORE_LIE', 'Did you mean STORE_LIES'],
    ['zebra', 'Pages: lanes, lanes.yaml'],
  ])('does not know %s, and names what is near, with exit 2', async (word, said) => {
    const ended = await help('help', word)

    expect(ended.exit).toBe(2)
    expect(ended.stderr).toContain(said)
  })
})
