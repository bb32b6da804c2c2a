import { execFile } from 'node:child_process'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Estate, keepProvenance } from '@conduct/rehearsal'
import { type GithubDouble, type RepositoryDouble, startGithub } from '@conduct/rehearsal/forge'
import { readWorld } from './estate-world.ts'
import { askForgeAt, type ForgeInTest } from './forge-in-test.ts'
import { hastyClock } from './hasty-clock.ts'
import { openConductor } from './open-conductor.ts'
import { quickLanesYaml } from './quick-estate.ts'

const execute = promisify(execFile)
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
export interface WorkflowWorld extends AsyncDisposable {
  readonly estate: Estate
  readonly forge: ForgeInTest
  readonly lanesYaml: string
  readonly github: GithubDouble
  readonly engine: RepositoryDouble
  readonly commit: string
  readonly opened: Awaited<ReturnType<typeof openConductor>>
}

export async function openWorld(
  estate: Estate,
  ci: (world: { estate: Estate; commit: string }) => Promise<string>,
): Promise<WorkflowWorld> {
  const checkout = estate.checkouts[estate.producer] ?? ''
  const inCheckout = (...args: string[]) =>
    execute('git', ['-C', checkout, '-c', 'user.name=Ana', '-c', 'user.email=ana@acme.example', ...args])
  await mkdir(join(checkout, '.github/workflows'), { recursive: true })
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
  const forge: ForgeInTest = {
    apiUrl: github.apiUrl,
    token,
    remote: estate.remotes[estate.producer] ?? '',
    repository: 'acme/engine',
  }
  const lanesYaml = await quickLanesYaml(estate, [
    [/publish:\n( +- \{ package: .*\n)+/, 'publish: { workflow: release.yml }\n'],
  ])
  const clock = hastyClock()
  const opened = await openConductor({
    dir: estate.dir,
    storeUrl: estate.storeUrl,
    askForge: await askForgeAt(forge, clock),
    lanesYaml,
    clock,
  })
  return {
    estate,
    forge,
    lanesYaml,
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
export async function ciPublishes(estate: Estate, extra: string | null): Promise<string> {
  const folder = join(estate.dir, 'ci')
  await rm(folder, { recursive: true, force: true })
  await cp(estate.checkouts[estate.producer] ?? '', folder, { recursive: true })
  if (extra !== null) await writeFile(join(folder, 'README.md'), extra)
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder }
  await execute('npm', ['publish', '--ignore-scripts'], { cwd: folder, env })
  return (await readWorld(estate)).live[name]?.['1.1.0'] ?? ''
}

export const attest = (estate: Estate, integrity: string, commit: string) =>
  keepProvenance(join(estate.dir, 'attestations'), {
    name,
    version: '1.1.0',
    integrity,
    repository: 'https://github.com/acme/engine',
    commit,
  })
