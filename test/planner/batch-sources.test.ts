import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { toCommitId } from '@conduct/core'
import { openForge } from '@conduct/forge'
import { systemClock } from '@conduct/lanes/engine'
import { type GithubDouble, startGithub } from '@conduct/rehearsal/forge'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { conduct, documentOf, temporaryFolder } from '../e2e/conduct-process.ts'
import { forgeToken } from '../conductor/forge-estate.ts'
import { type Captain, type Ledger, openLedger } from './ledger-captains.ts'

let ledger: Ledger
let one: Captain
let github: GithubDouble
let outside: ReturnType<typeof temporaryFolder>
beforeAll(async () => {
  ;[ledger, github] = await Promise.all([openLedger(), startGithub()])
  outside = temporaryFolder()
  one = ledger.captain('ledger', { dir: outside.path })
  github.addToken(forgeToken, { login: 'ana', kind: 'user', scopes: ['repo'] })
  outside.write(
    'lanes.yaml',
    `version: 1
estate: acme
store: ${JSON.stringify(`sqlite:${path.join(outside.path, 'state.db')}`)}
people: { ana: {}, carl: {} }
repos:
  ledger: { remote: ${JSON.stringify(`${github.url}/acme/ledger.git`)}, forge: { github: ${JSON.stringify(github.url)} } }
lanes:
  migrations: { use: sql_migrations, captains: [carl] }
`,
  )
})
afterAll(async () => {
  outside[Symbol.dispose]()
  ledger[Symbol.dispose]()
  await github[Symbol.asyncDispose]()
})

const plan = (args: readonly string[], token = forgeToken) =>
  conduct(['batch', 'plan', ...args, '--json'], {
    cwd: one.path,
    env: { HOME: outside.path, GH_ENTERPRISE_TOKEN: token },
  })
const ticketsIn = (document: Readonly<Record<string, unknown>>): readonly string[] =>
  (document['tickets'] as readonly { readonly id: string }[]).map((each) => each.id)

it('plans the branches of open pull requests against the base, and names those that are not here', async () => {
  const remote = path.join(outside.path, 'ledger.git')
  execFileSync('git', ['clone', '--quiet', '--bare', one.path, remote])
  const served = await github.serveRepository('acme/ledger', remote)
  served.records.access.set('ana', 'write')
  const forge = await openForge({
    address: { kind: 'github', host: new URL(github.url).host, apiUrl: github.apiUrl },
    credentials: { kind: 'token', token: forgeToken },
    clock: systemClock,
    signal: new AbortController().signal,
  })
  const repository = forge.repository('acme', 'ledger')
  const offer = async (headBranch: string, base = 'main'): Promise<void> => {
    const head = toCommitId(
      execFileSync('git', ['rev-parse', headBranch], { cwd: remote, encoding: 'utf8' }).trim(),
    )
    await repository.openPullRequest({
      base,
      headBranch,
      marker: headBranch,
      title: headBranch,
      body: '',
      head,
    })
  }
  execFileSync('git', ['branch', 'elsewhere', 'feat/nick'], { cwd: remote })
  execFileSync('git', ['branch', 'release', 'main'], { cwd: remote })
  for (const branch of ['feat/colour', 'feat/nick', 'elsewhere']) await offer(branch)
  await offer('feat/rewritten', 'release')

  const document = documentOf(await plan(['--pull-requests', 'ledger']))

  expect(ticketsIn(document)).toEqual(['feat/colour', 'feat/nick'])
  expect(document).toMatchObject({
    pull_requests: expect.arrayContaining([
      expect.objectContaining({ ticket: 'feat/colour', url: expect.stringContaining('/pull/') as string }),
    ]) as unknown[],
    not_read: [expect.stringMatching(/^pull request \d+: its branch elsewhere is not here/) as string],
  })
})

it('never takes a list of pull requests that was not read for an empty one', async () => {
  github.misbehave(() => ({ fault: 'status', status: 401 }))
  try {
    expect(documentOf(await plan(['--pull-requests', 'ledger']))).toMatchObject({
      exit: 30,
      error: { code: 'FORGE_UNREACHABLE' },
    })
  } finally {
    github.misbehave(null)
  }
  expect(documentOf(await plan(['--pull-requests', 'nobody']))).toMatchObject({ error: { code: 'USAGE' } })
})

it('plans the branches that name an open task, as a word of its own', async () => {
  const move = (task: string, to: string) =>
    conduct(['task', 'move', task, '--to', to], { cwd: one.path, env: { HOME: outside.path } })
  await move('nick', 'ready')
  await move('colour', 'done')
  await move('T-9', 'ready')

  const document = documentOf(await plan(['--tasks']))

  expect(ticketsIn(document)).toEqual(['feat/nick'])
  expect(document).toMatchObject({ not_read: ['task T-9: no branch here has it in its name'] })
})
