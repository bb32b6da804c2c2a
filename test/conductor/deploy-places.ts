import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type DeployPlace, type DeployTarget, openTarget } from '@conduct/conductor'
import { type CommitId, type RunId, toCommitId } from '@conduct/core'
import { openForge } from '@conduct/forge'
import { openMirror } from '@conduct/git'
import { systemClock } from '@conduct/lanes/engine'
import { startGithub } from '@conduct/rehearsal/forge'
import { runCommand } from '@conduct/subprocess'

const run = promisify(execFile)

/** A target of one strategy over something real, with what a test does to it behind the conductor's back. */
export interface TargetBench extends AsyncDisposable {
  /** Commits of the consumer, each on top of the one before. */
  readonly commits: readonly [old: CommitId, wanted: CommitId, other: CommitId]
  open(options: { readonly sha: CommitId; readonly previous: CommitId | null }): DeployTarget
  /** What the target really runs. */
  really(): Promise<string>
  /** Somebody else deploys. */
  put(commit: CommitId): Promise<void>
  /** How often anything was sent to it. */
  sent(): Promise<number>
  /** From now on its deploys fail before they act, or after; null: they work. */
  fail(how: 'before' | 'after' | null): Promise<void>
}

interface Repo {
  readonly folder: string
  readonly bare: string
  readonly commits: TargetBench['commits']
  readonly place: (options: { sha: CommitId; previous: CommitId | null }) => Omit<DeployPlace, 'deploy'>
}

async function openRepo(): Promise<Repo> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'deploy-target-')))
  const bare = join(folder, 'shop.git')
  const git = async (cwd: string, ...args: string[]) =>
    (
      await run('git', ['-c', 'user.name=Ana', '-c', 'user.email=ana@acme.example', ...args], { cwd })
    ).stdout.trim()
  await git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', bare)
  await git(folder, 'clone', '--quiet', bare, 'work')
  const work = join(folder, 'work')
  const commits: CommitId[] = []
  for (const text of ['old', 'wanted', 'other']) {
    await writeFile(join(work, 'app.txt'), text)
    await git(work, 'add', '--all')
    await git(work, 'commit', '--quiet', '--message', text)
    commits.push(toCommitId(await git(work, 'rev-parse', 'HEAD')))
  }
  await git(work, 'push', '--quiet', 'origin', 'HEAD:main')
  const mirror = await openMirror({
    cacheDir: join(folder, 'cache'),
    remote: `file://${bare}`,
    timeoutMs: 30_000,
  })
  await mirror.fetch()
  const signal = new AbortController().signal
  const [old, wanted, other] = commits
  if (old === undefined || wanted === undefined || other === undefined) throw new Error('three commits')
  return {
    folder,
    bare,
    commits: [old, wanted, other],
    place: ({ sha, previous }) => ({
      context: {
        runCommand,
        emit: () => undefined,
        clock: systemClock,
        forge: () => Promise.resolve(null),
      } as unknown as DeployPlace['context'],
      run: '8f2c' as RunId,
      name: 'shop',
      repo: {
        remote: `file://${bare}`,
        path: null,
        main: 'main',
        forge: null,
        setup: [],
        checks: [],
        env: [],
      },
      mirror,
      main: 'main',
      sha,
      previous,
      values: { sha, previous_sha: previous, version: '1.1.0', run: '8f2c', repo: 'shop' },
      workplace: { path: () => Promise.resolve(folder), [Symbol.asyncDispose]: () => Promise.resolve() },
      records: () => [],
      signal,
    }),
  }
}

const common = { onFailedVerify: 'offer', after: [], verify: null, timeoutMs: 60_000 } as const

/** A script that writes what runs into a file; told to, it fails before or after. */
export async function commandBench(): Promise<TargetBench> {
  const repo = await openRepo()
  const file = (name: string) => join(repo.folder, name)
  const script = file('deploy.sh')
  await writeFile(
    script,
    `#!/bin/sh
[ "$1" = --current ] && { cat "${file('running')}" 2>/dev/null; exit 0; }
echo sent >> "${file('sent')}"
grep -q before "${file('fail')}" 2>/dev/null && exit 3
echo "$2" > "${file('running')}"
grep -q after "${file('fail')}" 2>/dev/null && exit 4
exit 0
`,
  )
  await chmod(script, 0o755)
  return {
    commits: repo.commits,
    open: (options) =>
      target({
        ...repo.place(options),
        deploy: {
          ...common,
          strategy: { kind: 'command', run: { argv: [script, '--sha', '{sha}'] } },
          previous: { argv: [script, '--current'] },
          rollback: { argv: [script, '--sha', '{previous_sha}'] },
        },
      }),
    really: async () => (await readFile(file('running'), 'utf8').catch(() => '')).trim(),
    put: (commit) => writeFile(file('running'), commit),
    sent: async () => (await readFile(file('sent'), 'utf8').catch(() => '')).split('\n').length - 1,
    fail: (how) => writeFile(file('fail'), how ?? ''),
    [Symbol.asyncDispose]: () => rm(repo.folder, { recursive: true, force: true, maxRetries: 3 }),
  }
}

/** A bare repository whose branch `production` is what runs. */
export async function gitPushBench(): Promise<TargetBench> {
  const repo = await openRepo()
  const platform = join(repo.folder, 'platform.git')
  await run('git', ['init', '--quiet', '--bare', platform])
  const git = async (...args: string[]) => (await run('git', ['--git-dir', platform, ...args])).stdout.trim()
  const hook = async (name: string, text: string) => {
    await writeFile(join(platform, 'hooks', name), `#!/bin/sh\n${text}\n`)
    await chmod(join(platform, 'hooks', name), 0o755)
  }
  const counted = `echo sent >> "${join(platform, 'sent')}"`
  await hook('pre-receive', counted)
  return {
    commits: repo.commits,
    open: (options) =>
      target({
        ...repo.place(options),
        deploy: {
          ...common,
          strategy: { kind: 'git_push', remote: `file://${platform}`, branch: 'production' },
          previous: null,
          rollback: null,
        },
      }),
    really: async () => git('rev-parse', '--verify', '--quiet', 'production').catch(() => ''),
    async put(commit) {
      await git('fetch', '--quiet', repo.bare, commit)
      await git('update-ref', 'refs/heads/production', commit)
    },
    sent: async () => (await readFile(join(platform, 'sent'), 'utf8').catch(() => '')).split('\n').length - 1,
    fail: (how) => hook('pre-receive', how === null ? counted : `${counted}\necho "house rules" >&2; exit 1`),
    [Symbol.asyncDispose]: () => rm(repo.folder, { recursive: true, force: true, maxRetries: 3 }),
  }
}

/** The double of GitHub: a dispatched run sets what runs, and is ended as the test wants. */
export async function workflowBench(): Promise<TargetBench> {
  const repo = await openRepo()
  const token = 'ghp_0123456789abcdefghijABCDEFGHIJ012345'
  const github = await startGithub({})
  const shop = await github.createRepository('acme/shop')
  await shop.commit('main', { 'README.md': 'shop\n' })
  shop.records.access.set('ana', 'write')
  shop.addWorkflow('deploy.yml', { inputs: ['conduct_run', 'commit'] })
  github.addToken(token, { login: 'ana', kind: 'user', scopes: ['repo', 'workflow'] })
  const forge = await openForge({
    address: { kind: 'github', host: new URL(github.url).host, apiUrl: github.apiUrl },
    credentials: { kind: 'token', token },
    clock: { ...systemClock, sleep: () => systemClock.sleep(1) },
    signal: new AbortController().signal,
  })
  const running = join(repo.folder, 'running')
  let failing: 'before' | 'after' | null = null
  /** The workflow itself: what it was dispatched with runs, unless it fails before. */
  github.misbehave(({ method, endpoint }) => {
    if (method !== 'GET' || !endpoint.includes('runs')) return null
    for (const one of shop.records.runs.filter(({ status }) => status === 'queued')) {
      if (failing !== 'before') void writeFile(running, String(one.inputs['commit']))
      shop.setRun(one.id, 'completed', failing === null ? 'success' : 'failure')
    }
    return null
  })
  return {
    commits: repo.commits,
    open: (options) => {
      const place = repo.place(options)
      return target({
        ...place,
        context: {
          ...place.context,
          forge: () => Promise.resolve({ forge, repository: forge.repository('acme', 'shop') }),
        },
        deploy: {
          ...common,
          timeoutMs: 10 * 60_000,
          strategy: { kind: 'github_workflow', file: 'deploy.yml', inputs: { commit: '{sha}' } },
          previous: { shell: `cat ${running} 2>/dev/null || true` },
          rollback: { shell: `echo {previous_sha} > ${running}` },
        },
      })
    },
    really: async () => (await readFile(running, 'utf8').catch(() => '')).trim(),
    put: (commit) => writeFile(running, commit),
    sent: () => Promise.resolve(shop.records.runs.length),
    fail: (how) => {
      failing = how
      return Promise.resolve()
    },
    [Symbol.asyncDispose]: async () => {
      await github[Symbol.asyncDispose]()
      await rm(repo.folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

function target(place: DeployPlace): DeployTarget {
  const opened = openTarget(place)
  if (opened === null) throw new Error('a target that deploys')
  return opened
}
