import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { proposedLines } from './answer.ts'

// Not in the usual temporary folder: a lanes.yaml that somebody left there would be found from below.
const cwd = mkdtempSync('/var/tmp/conduct-completion-')
const empty = mkdtempSync('/var/tmp/conduct-completion-')
afterAll(() => [cwd, empty].forEach((folder) => rmSync(folder, { recursive: true })))

writeFileSync(
  join(cwd, 'lanes.yaml'),
  `version: 1
estate: acme
people: { ana: {} }
repos:
  engine: { remote: "git@forge.example:acme/engine.git" }
  shop: { remote: "git@forge.example:acme/shop.git" }
lanes:
  schema: { use: rails_migrations, captains: [ana] }
  docs:
    purpose: One at a time.
    captains: [ana]
    justification: { irreversible: true, signed_off_by: ana }
    triggers: { flags: [touches_docs] }
`,
)

async function proposed(line: string, from = cwd): Promise<string[]> {
  const lines = await proposedLines(line.split(' '), from)
  return lines.split('\n').flatMap((text) => (text === '' ? [] : (text.split('\t')[0] ?? [])))
}

test.each([
  ['la', ['lane']],
  ['lane re', ['renew', 'release', 'recover']],
  ['lane show ', ['schema', 'docs']],
  ['lane acquire schema --repo ', ['engine', 'shop']],
  ['lane acquire schema --repo e', ['engine']],
  ['lane acquire schema --until', ['--until-merged']],
  ['exec ', ['schema', 'docs']],
  ['--as cli:ana lane show d', ['docs']],
  ['report r-1 --format ma', ['markdown']],
  ['completion ', ['bash', 'zsh', 'fish']],
  ['explain STORE_BEH', ['STORE_BEHIND']],
  ['help fenc', ['fencing']],
  ['help STORE_BEH', ['STORE_BEHIND']],
  ['doctor reg', ['registry']],
  ['--no', ['--no-color']],
  ['task flag T-1 touches', ['touches_docs']],
])('after %j', async (line, expected) => {
  expect(await proposed(line)).toEqual(expected)
})

test('nothing is proposed for what nobody can know, so that the shell completes files', async () => {
  expect(await proposed('-c ')).toEqual([])
  expect(await proposed('nonsense ')).toEqual([])
  expect(await proposed('exec schema -- ')).toEqual([])
})

test('without a lanes.yaml, or with one that is wrong, commands and flags are still there', async () => {
  writeFileSync(join(empty, 'wrong.yaml'), 'lanes: [')

  expect(await proposed('lane show --js', empty)).toEqual(['--json'])
  expect(await proposed('-c wrong.yaml lane show s', empty)).toEqual([])
  expect(await proposed('-C /nowhere lane show s')).toEqual([])
})
