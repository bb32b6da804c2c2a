import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type GithubDouble, type RepositoryDouble, startGithub } from '@conduct/rehearsal/forge'
import { type DeployEstate, deployEstate } from './deploy-estate.ts'
import type { ForgeInTest } from './forge-in-test.ts'

const run = promisify(execFile)
const token = 'ghp_0123456789abcdefghijABCDEFGHIJ012345'
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
export interface DeployByWorkflow extends AsyncDisposable {
  readonly estate: DeployEstate
  readonly lanesYaml: string
  readonly forge: ForgeInTest
  readonly github: GithubDouble
  readonly shop: RepositoryDouble
  /** How often the platform was asked to deploy. */
  asked(): Promise<number>
}

/**
 * @param options.until the machine waits for it before it begins.
 * @param options.deploy more of `deploy:`.
 */
export async function deployByWorkflow(
  options: { readonly until?: () => Promise<unknown>; readonly deploy?: string } = {},
): Promise<DeployByWorkflow> {
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
      await options.until?.()
      await run(join(estate.dir, 'work', 'shop', 'bin', 'deploy'), ['--sha', String(inputs['sha'])])
      return 'success'
    },
  })
  return {
    estate,
    lanesYaml: estate
      .lanesYaml({ deploy: options.deploy ?? '' })
      .replace(
        /^ {10}run: bin\/deploy --sha \{sha\}\n/mu,
        '          strategy: { github_workflow: { file: deploy.yml, inputs: { sha: "{sha}" } } }\n',
      ),
    forge: {
      apiUrl: github.apiUrl,
      token,
      remote: `file://${join(estate.dir, 'shop.git')}`,
      repository: 'acme/shop',
    },
    github,
    shop,
    asked: () => Promise.resolve(shop.records.runs.length),
    [Symbol.asyncDispose]: async () => {
      await github[Symbol.asyncDispose]()
      await estate[Symbol.asyncDispose]()
    },
  }
}
