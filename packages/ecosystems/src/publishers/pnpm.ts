import { readManifest } from '../manifests/manifest.ts'
import type { Env } from '../manifests/npmrc.ts'
import { pnpmWorkspaceFile } from '../manifests/workspace.ts'
import type { Publisher } from '../ports.ts'
import { readAuthorizations } from '../registry/authorization.ts'
import { observeVersion } from '../registry/observe.ts'
import { discoverPackages } from './discover.ts'
import { packWith } from './pack.ts'
import { tarballPublisher } from './publish-tarball.ts'
import { whoAmIWith } from './who-am-i.ts'

/** pnpm: its packing replaces `workspace:` and `catalog:` ranges by real ones. */
export function pnpmPublisher(env: Env): Publisher {
  return {
    ecosystem: 'npm',
    tool: 'pnpm',
    async matches(tree) {
      const manifest = await readManifest(tree, 'package.json')
      if (manifest === null) return false
      if (manifest.packageManager !== null) return manifest.packageManager.startsWith('pnpm@')
      const marks = await Promise.all(
        ['pnpm-lock.yaml', pnpmWorkspaceFile].map((file) => tree.readFile(file)),
      )
      return marks.some((mark) => mark !== null)
    },
    discover: (tree) => discoverPackages({ tree, kind: 'pnpm', env }),
    pack: (options) => packWith('pnpm', options),
    observe: async (options) =>
      observeVersion({ ...options, authorizationOf: await readAuthorizations(env) }),
    whoAmI: whoAmIWith('pnpm', env),
    publish: tarballPublisher({
      // Branch and cleanliness were judged at preflight; the worktree is detached on purpose.
      argvOf: (tarball) => ['pnpm', 'publish', tarball, '--ignore-scripts', '--no-git-checks'],
      scopedRegistryFlag: (scope) => `--config.${scope}:registry`,
      env,
    }),
  }
}
