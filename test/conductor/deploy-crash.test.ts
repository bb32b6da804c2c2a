import { execFile } from 'node:child_process'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { crashPositions } from '@conduct/conductor'
import { startGithub } from '@conduct/rehearsal/forge'
import { describe, expect, it } from 'vitest'
import { type DeployEstate, deployEstate } from './deploy-estate.ts'
import type { ForgeInTest } from './forge-in-test.ts'
import { openConductor } from './open-conductor.ts'
import { runChild } from './run-child.ts'

const run = promisify(execFile)
const token = 'ghp_0123456789abcdefghijABCDEFGHIJ012345'
const declaredRun = /^ {10}run: bin\/deploy --sha \{sha\}\n/mu
const waysOfCommands = /^ {10}(?:previous|rollback): bin\/deploy.*\n/gmu

interface Strategy extends AsyncDisposable {
  readonly estate: DeployEstate
  readonly lanesYaml: string
  readonly forge?: ForgeInTest
  /** How often the platform was asked to deploy. */
  asked(): Promise<number>
}

/** A platform that deploys what its branch is sent: a hook of it puts that to work. */
async function byPush(): Promise<Strategy> {
  const estate = await deployEstate(['shop'])
  const platform = join(estate.dir, 'platform.git')
  const state = join(estate.dir, 'state')
  await run('git', ['init', '--quiet', '--bare', platform])
  const hook = join(platform, 'hooks', 'post-receive')
  await writeFile(
    hook,
    `#!/bin/sh\nread -r _ sha _\necho "$sha" >> "${state}/shop.sent"\necho "$sha" > "${state}/shop.sha"\n`,
  )
  await chmod(hook, 0o755)
  const strategy = `          strategy: { git_push: { remote: "file://${platform}", branch: production } }\n`
  return {
    estate,
    lanesYaml: estate.lanesYaml().replace(declaredRun, strategy).replaceAll(waysOfCommands, ''),
    asked: async () => (await estate.sent('shop')).length,
    [Symbol.asyncDispose]: () => estate[Symbol.asyncDispose](),
  }
}

const deployYml = `name: deploy
run-name: deploy \${{ inputs.conduct_run }}
on:
  workflow_dispatch:
    inputs:
      conduct_run: { required: true }
      sha: { required: true }
jobs: {}
`

/** A double of GitHub whose machine runs the deploy command of the commit it was dispatched on. */
async function byWorkflow(): Promise<Strategy> {
  const estate = await deployEstate(['shop'])
  const github = await startGithub()
  const shop = await github.serveRepository('acme/shop', join(estate.dir, 'shop.git'))
  github.addToken(token, { login: 'ana', kind: 'user', scopes: ['repo', 'workflow'] })
  shop.records.access.set('ana', 'admin')
  const head = await shop.commit('main', { '.github/workflows/deploy.yml': deployYml })
  shop.report(head, 'test', 'success')
  shop.addWorkflow('deploy.yml', {
    inputs: ['conduct_run', 'sha'],
    job: async ({ inputs }) => {
      await run(join(estate.dir, 'work', 'shop', 'bin', 'deploy'), ['--sha', String(inputs['sha'])])
      return 'success'
    },
  })
  const strategy = '          strategy: { github_workflow: { file: deploy.yml, inputs: { sha: "{sha}" } } }\n'
  return {
    estate,
    lanesYaml: estate.lanesYaml().replace(declaredRun, strategy),
    forge: {
      apiUrl: github.apiUrl,
      token,
      remote: `file://${join(estate.dir, 'shop.git')}`,
      repository: 'acme/shop',
    },
    asked: () => Promise.resolve(shop.records.runs.length),
    [Symbol.asyncDispose]: async () => {
      await github[Symbol.asyncDispose]()
      await estate[Symbol.asyncDispose]()
    },
  }
}

/** `kill -9` around a deploy that somebody else's machine makes: resume finishes the run, and it was made once. */
describe.each([
  ['a push', byPush],
  ['a workflow', byWorkflow],
] as const)('a deploy by %s whose conductor is killed', (_by, open) => {
  it.each(crashPositions.map((position) => `deploy:${position}`))(
    'at %s is made once, and the app answers as the commit that was meant',
    async (point) => {
      await using strategy = await open()
      const { estate, lanesYaml, forge } = strategy
      const base = {
        dir: estate.dir,
        storeUrl: estate.storeUrl,
        lanesYaml,
        ...(forge === undefined ? {} : { forge }),
      }

      const killed = await runChild({ ...base, at: { point, signal: 'SIGKILL' } })
      const before = killed.result?.record.stop ?? killed.stderr
      expect({ signal: killed.signal, before }).toMatchObject({ signal: 'SIGKILL' })
      const resumed = await runChild({ ...base, resume: await onlyRun(base) })

      expect({ exit: resumed.exitCode, stop: resumed.result?.record.stop }).toEqual({ exit: 0, stop: null })
      const sha = await estate.head('shop')
      expect(resumed.result?.record.deployed).toMatchObject([{ sha, verified: 'yes' }])
      expect(await estate.running('shop')).toBe(sha)
      expect(await strategy.asked()).toBe(1)
    },
  )
})

async function onlyRun(base: Parameters<typeof openConductor>[0]): Promise<string> {
  await using opened = await openConductor(base)
  const [only] = await opened.conductor.listRuns()
  if (only === undefined) throw new Error('the run that was killed is not known')
  return only.run
}
