import { readManifest } from '../manifests/manifest.ts'
import type { Env } from '../manifests/npmrc.ts'
import type { Publisher } from '../ports.ts'
import { readAuthorizations } from '../registry/authorization.ts'
import { observeVersion } from '../registry/observe.ts'
import { discoverPackages } from './discover.ts'
import { packWith } from './pack.ts'
import { pnpmPublisher } from './pnpm.ts'
import { tarballPublisher } from './publish-tarball.ts'
import { whoAmIWith } from './who-am-i.ts'

/** npm, for every package.json at the top that pnpm does not claim. */
export function npmPublisher(env: Env): Publisher {
  return {
    ecosystem: 'npm',
    tool: 'npm',
    matches: async (tree) =>
      (await readManifest(tree, 'package.json')) !== null && !(await pnpmPublisher(env).matches(tree)),
    discover: (tree) => discoverPackages({ tree, kind: 'npm', env }),
    pack: (options) => packWith('npm', options),
    observe: async (options) =>
      observeVersion({ ...options, authorizationOf: await readAuthorizations(env) }),
    whoAmI: whoAmIWith('npm', env),
    publish: tarballPublisher({
      argvOf: (tarball) => ['npm', 'publish', tarball, '--ignore-scripts', '--fetch-retries=0'],
      scopedRegistryFlag: (scope) => `--${scope}:registry`,
      env,
    }),
  }
}
