import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { conduct, documentOf, type Ended, temporaryFolder } from './conduct-process.ts'
import { sarifProblems } from '../sarif-schema.ts'

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())
const dayMs = 24 * 3_600_000
let count = 0

const lanes = (store: string): string => `version: 1
estate: reviewed
store: ${store}
people: { ana: {}, carl: {} }
repos: { shop: { remote: "file:///srv/shop.git" } }
lanes:
  migration: { use: rails_migrations, captains: [carl] }
  site:
    purpose: The site is published by one at a time.
    captains: [ana]
    triggers: { paths: ["docs/**"] }
    justification: { irreversible: true, signed_off_by: ana }
`
const onlyMigrate: readonly [string, string] = [
  'captains: [carl] }',
  'captains: [carl], triggers: { paths: ["db/migrate/**"] } }',
]

interface Checkout {
  git(...args: readonly string[]): string
  commit(files: readonly string[], daysAgo: number): void
  edit(...edits: readonly (readonly [string, string])[]): void
  conduct(...args: readonly string[]): Promise<Ended>
}

/** A repository whose lanes.yaml is committed, as it stood long ago. */
function makeCheckout(store?: string): Checkout {
  count += 1
  const path = join(folder.path, `shop-${count}`)
  const text = lanes(store ?? `sqlite:${join(folder.path, `state-${count}.db`)}`)
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder.path,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    NO_COLOR: '1',
  }
  const run = (args: readonly string[], date = Date.now()): string => {
    const when = new Date(date).toISOString()
    const { status, stdout, stderr } = spawnSync(
      'git',
      ['-c', 'user.name=Ana', '-c', 'user.email=ana@x.example', ...args],
      {
        cwd: path,
        env: { ...env, GIT_AUTHOR_DATE: when, GIT_COMMITTER_DATE: when },
        encoding: 'utf8',
      },
    )
    if (status !== 0) throw new Error(stderr)
    return stdout
  }
  const write = (name: string, content: string): void => {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), content)
  }
  const commit = (files: readonly string[], daysAgo: number): void => {
    for (const file of files) write(file, `${file} ${daysAgo}\n`)
    run(['add', '.'])
    run(['commit', '--quiet', '-m', 'change'], Date.now() - daysAgo * dayMs)
  }
  mkdirSync(path)
  run(['init', '--quiet', '-b', 'main'])
  write('lanes.yaml', text)
  commit(['README.md', 'db/structure.sql'], 120)
  return {
    git: (...args) => run(args),
    commit,
    edit: (...edits) =>
      write(
        'lanes.yaml',
        edits.reduce((now, [from, to]) => now.replace(from, to), text),
      ),
    conduct: (...args) => conduct(args, { cwd: path, env }),
  }
}

function findingsOf(ended: Ended): readonly Record<string, unknown>[] {
  return documentOf(ended)['findings'] as readonly Record<string, unknown>[]
}

describe.concurrent('conduct review', () => {
  it('lists exactly the files of the last 90 days that would slip, and refuses; what still asks for them lets it pass', async () => {
    const shop = makeCheckout()
    shop.commit(['db/schema.rb', 'app/cart.rb'], 80)
    shop.commit(['db/migrate/1_add.rb'], 40)
    shop.git('switch', '--quiet', '-c', 'side')
    shop.commit(['db/structure.sql', 'docs/a.md'], 20)
    shop.git('switch', '--quiet', 'main')
    shop.commit(['app/other.rb'], 10)
    shop.git('merge', '--quiet', '--no-edit', 'side')
    shop.edit(onlyMigrate)

    const refused = await shop.conduct('review', '--json')
    shop.edit([onlyMigrate[0], onlyMigrate[1].replace('**"]', '**", db/schema.rb, db/structure.sql]')])
    const control = await shop.conduct('review', '--json')

    expect(refused.exit).toBe(12)
    expect(documentOf(refused)).toMatchObject({
      ok: false,
      verdict: 'danger',
      error: { code: 'REVIEW_REFUSED' },
    })
    expect(findingsOf(refused)).toEqual([
      expect.objectContaining({
        code: 'TRIGGER_NARROWED',
        severity: 'danger',
        before: { file: 'HEAD:lanes.yaml', line: 7, column: 21, end_line: 7, end_column: 37 },
        after: { file: 'lanes.yaml', line: 7, column: 76, end_line: 7, end_column: 93 },
        details: [],
        files: [
          { repo: 'shop', path: 'db/schema.rb', rule: 'db/schema.rb', other_lanes: [] },
          { repo: 'shop', path: 'db/structure.sql', rule: 'db/structure.sql', other_lanes: [] },
        ],
      }),
    ])
    expect(documentOf(control)).toMatchObject({ exit: 0, verdict: 'clear', findings: [] })
  })

  it('leaves out what changed before those 90 days, and says where a shallow clone ends', async () => {
    const shop = makeCheckout()
    shop.commit(['app/cart.rb'], 5)
    shop.edit(onlyMigrate)
    const old = await shop.conduct('review', '--json')
    writeFileSync(
      join(shop.git('rev-parse', '--absolute-git-dir').trim(), 'shallow'),
      shop.git('rev-parse', 'HEAD'),
    )

    const shallow = await shop.conduct('review', '--json')

    expect(findingsOf(old)).toMatchObject([{ severity: 'info', files: [], details: [] }])
    expect(findingsOf(shallow)[0]?.['details']).toEqual([
      expect.stringMatching(
        /^The history of shop is known only since \d{4}-\d\d-\d\d: the clone is shallow$/,
      ),
    ])
  })

  it('asks the store who holds a lane that goes, and says when it cannot be asked', async () => {
    const [shop, lost] = [makeCheckout(), makeCheckout('postgres://127.0.0.1:1/none')]
    const site: readonly [string, string] = [lanes('').slice(lanes('').indexOf('  site:')), '']
    await shop.conduct('--as', 'carl', 'lane', 'acquire', 'site')
    shop.edit(site)
    lost.edit(site)

    const held = await shop.conduct('review', '--json')
    const unknown = await lost.conduct('review', '--json')

    expect(held.exit).toBe(12)
    expect(findingsOf(held)).toMatchObject([{ code: 'LANE_REMOVED', severity: 'danger' }])
    expect(findingsOf(held)[0]?.['message']).toMatch(
      /lane "site" is gone: \w+:carl@.* holds it and nobody waits/,
    )
    expect(unknown.exit).toBe(12)
    expect(findingsOf(unknown)[0]?.['details']).toEqual([
      expect.stringMatching(/^The store could not be asked: /),
    ])
  })

  it('compares with where the branch left the base, and is a comment, a report for code review and a page to read', async ({
    expect: local,
  }) => {
    const shop = makeCheckout()
    shop.commit(['db/schema.rb'], 3)
    shop.git('switch', '--quiet', '-c', 'change')
    shop.edit(onlyMigrate)
    shop.commit([], 1)
    shop.git('switch', '--quiet', 'main')
    shop.edit(['ana: {}', 'ana: {}, dora: {}'])
    shop.commit([], 0)
    shop.git('switch', '--quiet', 'change')

    const [text, markdown, sarif] = await Promise.all([
      shop.conduct('review', '--base', 'main'),
      shop.conduct('review', '--base', 'main', '--format', 'markdown'),
      shop.conduct('review', '--base', 'main', '--format', 'sarif'),
    ])

    expect([text.exit, markdown.exit, sarif.exit]).toEqual([12, 12, 12])
    local(text.stdout.replaceAll(/Next: .*/g, 'Next: …')).toMatchInlineSnapshot(`
      "danger TRIGGER_NARROWED: lane "migration" no longer looks at "db/schema.rb" and "db/structure.sql": 1 file changed in the last 90 days needed it and would need no lane now
       --> lanes.yaml:7:76
        |
      7 |   migration: { use: rails_migrations, captains: [carl], triggers: { paths: ["db/migrate/**"] } }
        |                                                                            ^^^^^^^^^^^^^^^^^
       ::: main:lanes.yaml:7:21
        |
      7 |   migration: { use: rails_migrations, captains: [carl] }
        |                     ---------------- before
          shop: db/schema.rb (db/schema.rb)
        = Look at the files that are listed; keep what still changes shared state.

      ✖ main → lanes.yaml: 1 danger.
      Next: …
      "
    `)
    local(markdown.stdout).toMatchInlineSnapshot(`
      "## What this change to lanes.yaml means

      **1 danger** (\`main\` → \`lanes.yaml\`)

      > [!CAUTION]
      > What stands under danger takes away something that kept people apart, or that proved something. Whoever merges it decides.

      ### 🛑 Danger

      - **Lane "migration" no longer looks at "db/schema.rb" and "db/structure.sql": 1 file changed in the last 90 days needed it and would need no lane now.**
        \`TRIGGER_NARROWED\` at \`main:lanes.yaml:7\` → \`lanes.yaml:7\`. Look at the files that are listed; keep what still changes shared state.

      <details><summary>1 file</summary>

      | repo | file | pattern | on the other side |
      | --- | --- | --- | --- |
      | \`shop\` | \`db/schema.rb\` | \`db/schema.rb\` | no lane |

      </details>
      "
    `)
    expect(sarifProblems(JSON.parse(sarif.stdout))).toEqual([])
    expect(JSON.parse(sarif.stdout)).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          automationDetails: { id: 'conduct/review/' },
          results: [
            {
              ruleId: 'review/TRIGGER_NARROWED',
              level: 'error',
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: 'lanes.yaml' },
                    region: { startLine: 7, startColumn: 76, endLine: 7, endColumn: 93 },
                  },
                },
              ],
            },
          ],
        },
      ],
    })
  })

  it('reviews a first lanes.yaml, and two files outside of any repository', async () => {
    const shop = makeCheckout()
    shop.git('rm', '--quiet', 'lanes.yaml')
    shop.commit(['app/first.rb'], 2)
    shop.edit()
    folder.write('old.yaml', lanes('sqlite:/srv/none.db'))
    folder.write('new.yaml', lanes('sqlite:/srv/none.db').replace('{ paths', '{ flags: [site], paths'))

    const first = await shop.conduct('review', '--json')
    const files = await conduct(['review', 'old.yaml', 'new.yaml', '--json'], { cwd: folder.path })

    expect(findingsOf(first).map(({ code, severity, before }) => [severity, code, before])).toEqual([
      ['danger', 'LANE_NOT_SIGNED_OFF', null],
      ['caution', 'LANE_NOT_JUSTIFIED', null],
      ['info', 'LANE_ADDED', null],
      ['info', 'LANE_ADDED', null],
    ])
    expect(documentOf(files)).toMatchObject({
      exit: 0,
      before: 'old.yaml',
      after: 'new.yaml',
      findings: [{ code: 'TRIGGER_WIDENED', severity: 'info' }],
    })
  })

  it('believes a sign-off that the captain’s key signed, not one that another key did or that was changed since', async () => {
    const shop = makeCheckout()
    const [ana, other] = ['ana', 'other'].map((name) => {
      const file = join(folder.path, `key-${name}`)
      spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file])
      return { file, key: readFileSync(`${file}.pub`, 'utf8').trim() }
    })
    const known: readonly [string, string] = ['ana: {}', `ana: { signing_key: "${ana?.key ?? ''}" }`]
    const seeds: readonly [string, string] = [
      '  site:',
      '  seeds:\n    captains: [ana]\n    triggers: { paths: ["db/seeds/**"] }\n    justification: { irreversible: true, signed_off_by: ana }\n  site:',
    ]
    const commitSigned = (file = ''): void => {
      const settings = ['gpg.format=ssh', `user.signingKey=${file}`].flatMap((each) => ['-c', each])
      shop.git(...settings, 'commit', '--quiet', '--all', '-S', '-m', 'a lane')
    }
    shop.edit(known)
    shop.commit([], 1)
    shop.git('switch', '--quiet', '-c', 'wrong')
    shop.edit(known, seeds)
    commitSigned(other?.file)
    const wrong = await shop.conduct('review', '--base', 'main', '--json')
    shop.git('switch', '--quiet', '-c', 'right', 'main')
    shop.edit(known, seeds)
    commitSigned(ana?.file)
    const right = await shop.conduct('review', '--base', 'main', '--json')
    shop.edit(known, [seeds[0], seeds[1].replace('db/seeds/**', 'db/s*/**')])
    const changed = await shop.conduct('review', '--base', 'main', '--json')

    expect(findingsOf(wrong)).toMatchObject([
      {
        code: 'LANE_NOT_SIGNED_OFF',
        severity: 'danger',
        details: ['No pull request is named (--pull-request), so approvals at a forge were not looked at'],
      },
      { code: 'LANE_ADDED' },
    ])
    expect(right.exit).toBe(0)
    expect(findingsOf(right)).toMatchObject([{ code: 'LANE_ADDED' }, { code: 'LANE_SIGNED_OFF' }])
    expect(changed.exit).toBe(12)
    expect(findingsOf(changed)[0]?.['message']).toMatch(/^lane "seeds" is not what ana signed off: /)
  })

  it('refuses a revision that is not there, a file that is wrong, and arguments that fit nothing', async () => {
    const shop = makeCheckout()
    shop.edit(['captains: [carl]', 'captains: [crl]'])

    const [revision, wrong, one, both] = await Promise.all([
      shop.conduct('review', '--base', 'nowhere', '--json'),
      shop.conduct('review', '--json'),
      shop.conduct('review', 'lanes.yaml', '--json'),
      shop.conduct('review', 'lanes.yaml', 'lanes.yaml', '--base', 'main', '--json'),
    ])

    expect(documentOf(revision)).toMatchObject({ exit: 2, error: { code: 'REVIEW_REVISION_UNKNOWN' } })
    expect(documentOf(wrong)).toMatchObject({ exit: 2, error: { code: 'CONFIG_INVALID' } })
    expect(documentOf(one)).toMatchObject({ exit: 2, error: { code: 'USAGE' } })
    expect(documentOf(both)).toMatchObject({ exit: 2, error: { code: 'USAGE' } })
  })
})
