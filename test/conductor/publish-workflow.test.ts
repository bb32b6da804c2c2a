import { execFile } from 'node:child_process'
import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type AskForge, openForge } from '@conduct/forge'
import { systemClock } from '@conduct/lanes/engine'
import { type Estate, keepProvenance } from '@conduct/rehearsal'
import { type GithubDouble, type RepositoryDouble, startGithub } from '@conduct/rehearsal/forge'
import { describe, expect, test } from 'vitest'
import { git, readWorld } from './estate-world.ts'
import { openConductor } from './open-conductor.ts'
import { quickLanesYaml } from './quick-estate.ts'
import { useEstates } from './use-estates.ts'

const execute = promisify(execFile)
const estates = useEstates()
const name = '@rehearsal/engine'
const token = 'ghp_0123456789abcdefghijABCDEFGHIJ012345'
const releaseYml = `name: release
run-name: release \${{ inputs.conduct_run }}
on:
  workflow_dispatch:
    inputs:
      conduct_run:
        required: true
jobs: {}
`

/** The producer at a double of GitHub whose CI does what the test says when its run is looked at first. */
interface World extends AsyncDisposable {
  readonly estate: Estate
  readonly github: GithubDouble
  readonly engine: RepositoryDouble
  readonly commit: string
  readonly opened: Awaited<ReturnType<typeof openConductor>>
}

async function openWorld(ci: (world: { estate: Estate; commit: string }) => Promise<string>): Promise<World> {
  const estate = await estates.fresh()
  const checkout = estate.checkouts[estate.producer] ?? ''
  const inCheckout = (...args: string[]) =>
    execute('git', ['-C', checkout, '-c', 'user.name=Ana', '-c', 'user.email=ana@acme.example', ...args])
  await execute('mkdir', ['-p', join(checkout, '.github/workflows')])
  await writeFile(join(checkout, '.github/workflows/release.yml'), releaseYml)
  await inCheckout('add', '--all')
  await inCheckout('commit', '--quiet', '-m', 'ci: release by workflow')
  await inCheckout('push', '--quiet')
  const commit = (await inCheckout('rev-parse', 'HEAD')).stdout.trim()

  const github = await startGithub()
  const engine = await github.createRepository('acme/engine')
  await inCheckout('push', '--quiet', engine.url, 'main')
  github.addToken(token, { login: 'ana', kind: 'user', scopes: ['repo', 'workflow'] })
  engine.records.access.set('ana', 'admin')
  engine.addWorkflow('release.yml', { runName: (inputs) => `release ${String(inputs['conduct_run'])}` })
  engine.report(commit, 'test', 'success')
  let job: Promise<void> | null = null
  github.misbehave(({ endpoint }) => {
    if (endpoint !== 'GET /repos/{owner}/{repo}/actions/runs/{run_id}') return null
    const [run] = engine.records.runs
    job ??= ci({ estate, commit }).then((conclusion) => engine.setRun(run?.id ?? 0, 'completed', conclusion))
    return { fault: 'delay', until: job }
  })
  const address = { kind: 'github' as const, host: new URL(github.url).host, apiUrl: github.apiUrl }
  const signal = new AbortController().signal
  const forge = await openForge({
    address,
    credentials: { kind: 'token', token },
    clock: systemClock,
    signal,
  })
  const askForge: AskForge = async ({ remote }) =>
    remote === estate.remotes[estate.producer]
      ? { forge, repository: forge.repository('acme', 'engine') }
      : null
  const opened = await openConductor({
    dir: estate.dir,
    storeUrl: estate.storeUrl,
    askForge,
    lanesYaml: await quickLanesYaml(estate, [
      [/publish:\n( +- \{ package: .*\n)+/, 'publish: { workflow: release.yml }\n'],
    ]),
  })
  return {
    estate,
    github,
    engine,
    commit,
    opened,
    [Symbol.asyncDispose]: async () => {
      await opened[Symbol.asyncDispose]()
      await github[Symbol.asyncDispose]()
    },
  }
}

/** What CI does: builds from a checkout, with a file of its own where asked, and publishes. */
async function ciPublishes(estate: Estate, extra: string | null): Promise<string> {
  const folder = join(estate.dir, 'ci')
  await rm(folder, { recursive: true, force: true })
  await cp(estate.checkouts[estate.producer] ?? '', folder, { recursive: true })
  if (extra !== null) await writeFile(join(folder, 'README.md'), extra)
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder }
  await execute('npm', ['publish', '--ignore-scripts'], { cwd: folder, env })
  return (await readWorld(estate)).live[name]?.['1.1.0'] ?? ''
}

const attest = (estate: Estate, integrity: string, commit: string) =>
  keepProvenance(join(estate.dir, 'attestations'), {
    name,
    version: '1.1.0',
    integrity,
    repository: 'https://github.com/acme/engine',
    commit,
  })

const run = { train: 'engine', approve: true, waitMsMax: 0 } as const

describe('a library that a workflow publishes', () => {
  test('is dispatched once, watched by our id, and proved by the commit of its provenance', async () => {
    await using world = await openWorld(async ({ estate, commit }) => {
      await attest(estate, await ciPublishes(estate, 'built by CI'), commit)
      return 'success'
    })

    const { exit, record } = await world.opened.conductor.runTrain(run)

    expect({ exit, stop: record.stop }).toEqual({ exit: 0, stop: null })
    const live = (await readWorld(world.estate)).live[name]?.['1.1.0']
    expect(record.published).toMatchObject([
      { package: name, version: '1.1.0', integrity: live, tag: 'v1.1.0' },
    ])
    expect(record.steps.find(({ kind }) => kind === 'publish')).toMatchObject({
      state: 'done',
      facts: { provenanceCommit: world.commit },
    })
    expect(world.engine.records.runs.map(({ title }) => title)).toEqual([`release ${record.run}-publish`])
    for (const lockfile of Object.values((await readWorld(world.estate)).lockfiles))
      expect(lockfile).toContain(live)
    expect(await git(world.estate, 'engine', 'rev-parse', 'v1.1.0^{commit}')).toBe(world.commit)
  })

  test('needs no provenance where CI made the very bytes that were packed here', async () => {
    await using world = await openWorld(async ({ estate }) => {
      await ciPublishes(estate, null)
      return 'success'
    })

    const { exit, record } = await world.opened.conductor.runTrain(run)

    expect({ exit, stop: record.stop }).toEqual({ exit: 0, stop: null })
  })

  test.each([
    ['from another commit', 'f'.repeat(40)],
    ['from a commit that nobody says', null],
  ])('is refused when it was built %s, before any consumer adopts it', async (_case, commit) => {
    await using world = await openWorld(async ({ estate }) => {
      const integrity = await ciPublishes(estate, 'built by CI')
      if (commit !== null) await attest(estate, integrity, commit)
      return 'success'
    })
    const before = (await readWorld(world.estate)).heads

    const { exit, record } = await world.opened.conductor.runTrain(run)

    expect({ exit, code: record.stop?.code }).toEqual({ exit: 7, code: 'PROVENANCE_MISMATCH' })
    expect(record.irreversibleDone).toBe(true)
    expect((await readWorld(world.estate)).heads).toEqual(before)
  })

  test('that failed is watched again after somebody ran it again, and never dispatched twice', async () => {
    await using world = await openWorld(async () => 'failure')
    const { conductor } = world.opened

    const failed = await conductor.runTrain(run)

    expect(failed).toMatchObject({ exit: 7, record: { stop: { code: 'PUBLISH_WORKFLOW_FAILED' } } })
    expect(failed.record.stop?.message).toMatch(/nothing of it is live.*actions\/runs\/\d+$/)
    await ciPublishes(world.estate, null)
    const finished = await conductor.resumeRun({ run: failed.record.run, waitMsMax: 0 })

    expect({ exit: finished.exit, stop: finished.record.stop }).toEqual({ exit: 0, stop: null })
    expect(world.engine.records.runs).toHaveLength(1)
  })
})
