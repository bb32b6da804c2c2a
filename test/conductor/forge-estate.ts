import { join } from 'node:path'
import { type GithubDouble, type RepositoryDouble, startGithub } from '@conduct/rehearsal/forge'
import type { Estate } from '@conduct/rehearsal'

/** The token that everybody in these tests has; the conductor finds it in the environment, as on any machine. */
export const forgeToken = 'ghp_0123456789abcdefghijABCDEFGHIJ012345'

/** An estate whose remotes live at a forge: main of shop takes pull requests only, with one check that is required. */
export interface ForgeEstate extends AsyncDisposable {
  readonly estate: Estate
  readonly github: GithubDouble
  readonly shop: RepositoryDouble
  readonly engine: RepositoryDouble
  /** engine and shop; nothing is deployed unless asked for: what is tested is the way onto main. */
  readonly lanesYaml: string
}

export interface ForgeEstateOptions {
  readonly via?: 'pull_request' | 'push' | null
  readonly within?: string
  readonly deploys?: boolean
  /** Whether there is a consumer at all. */
  readonly adopts?: boolean
}

export async function forgeEstate(estate: Estate, options: ForgeEstateOptions = {}): Promise<ForgeEstate> {
  const github = await startGithub()
  github.addToken(forgeToken, { login: 'ana-acme', kind: 'user', scopes: ['repo', 'workflow'] })
  const serve = async (repo: string): Promise<RepositoryDouble> => {
    const served = await github.serveRepository(
      `remotes/${repo}`,
      (estate.remotes[repo] ?? '').replace('file://', ''),
    )
    served.records.access.set('ana-acme', 'admin')
    served.setCi({ check: 'test', conclusion: 'success', reportsAfter: 0 })
    return served
  }
  const [engine, shop] = await Promise.all([serve(estate.producer), serve('shop')])
  await shop.protect('main', { checks: [{ context: 'test', appId: null }], reviews: 0, enforceAdmins: true })
  const { via = 'pull_request', within = '20s', deploys = false, adopts = true } = options
  const deploy = deploys
    ? '{ run: "bin/deploy --sha {sha}", previous: "bin/deploy --current" }'
    : '{ strategy: none }'
  const shopLine = `    consumers: [{ repo: shop, adopt: { within: ${within}${via === null ? '' : `, via: ${via}`} }, deploy: ${deploy} }]`
  const lanesYaml = [
    'version: 1',
    `estate: ${estate.estateName}`,
    `store: ${JSON.stringify(estate.storeUrl)}`,
    'people: { ana: {} }',
    'repos:',
    ...[estate.producer, 'shop'].map(
      (repo) =>
        `  ${repo}: { remote: ${JSON.stringify(estate.remotes[repo] ?? '')}, main: main, forge: { github: ${JSON.stringify(github.url)} } }`,
    ),
    'lanes:',
    '  release_train: { use: release_train, captains: [ana] }',
    'trains:',
    '  engine:',
    `    producer: { repo: ${estate.producer} }`,
    ...(adopts ? [shopLine] : []),
    '',
  ].join('\n')
  return {
    estate,
    github,
    shop,
    engine,
    lanesYaml,
    [Symbol.asyncDispose]: () => github[Symbol.asyncDispose](),
  }
}

/** Where `conduct-child` and `openConductor` look for the estate. */
export const childOf = ({ estate, lanesYaml }: ForgeEstate) => ({
  dir: estate.dir,
  storeUrl: `sqlite:${join(estate.dir, 'forge-state.db')}`,
  lanesYaml,
})
