import { readManifest } from '../manifests/manifest.ts'
import type { Env } from '../manifests/npmrc.ts'
import { pnpmWorkspaceFile } from '../manifests/workspace.ts'
import type { Publisher } from '../ports.ts'
import { readAuthorizations } from '../registry/authorization.ts'
import { readRefusedVariables } from '../registry/credentials.ts'
import { downloadTarball } from '../registry/tarball.ts'
import { observeVersion } from '../registry/observe.ts'
import { readPublishCredential } from '../registry/publish-credential.ts'
import { readPublishRight } from '../registry/publish-right.ts'
import { observeProvenance } from '../registry/provenance.ts'
import { toolVersion } from '../adopters/tool-version.ts'
import { discoverPackages } from './discover.ts'
import { readLeftOutSettings } from './left-out-settings.ts'
import { packWith } from './pack.ts'
import { tarballPublisher } from './publish-tarball.ts'
import { stagingWith } from './stage.ts'
import { whoAmIWith } from './who-am-i.ts'
import { npmWithdrawal } from './withdrawal.ts'

/** pnpm: its packing replaces `workspace:` and `catalog:` ranges by real ones. */
export function pnpmPublisher(env: Env): Publisher {
  const place = { scopedRegistryFlag: (scope: string) => `--config.${scope}:registry`, env }
  const publish = tarballPublisher({ argvOf: (tarball) => argvOf('publish', tarball), ...place })
  return {
    ecosystem: 'npm',
    tool: 'pnpm',
    version: toolVersion('pnpm'),
    withdrawal: npmWithdrawal(env),
    async matches(tree) {
      const manifest = await readManifest(tree, 'package.json')
      if (manifest === null) return false
      if (manifest.packageManager !== null) return manifest.packageManager.startsWith('pnpm@')
      const marks = await Promise.all(
        ['pnpm-lock.yaml', pnpmWorkspaceFile].map((file) => tree.readFile(file)),
      )
      return marks.some((mark) => mark !== null)
    },
    discover: (tree, passEnv) => discoverPackages({ tree, kind: 'pnpm', env, passEnv }),
    pack: (options) => packWith('pnpm', options),
    observe: async (options) =>
      observeVersion({ ...options, authorizationOf: await readAuthorizations(env) }),
    download: async (options) =>
      downloadTarball({ ...options, authorizationOf: await readAuthorizations(env) }),
    whoAmI: whoAmIWith('pnpm', env),
    publishRight: async (options) =>
      readPublishRight({ ...options, authorizationOf: await readAuthorizations(env, options) }),
    credential: (options) => readPublishCredential({ ...options, env }),
    refusedVariables: (tree, granted) =>
      readRefusedVariables((file) => tree.readFile(file), { env, granted }),
    leftOutSettings: (tree) => readLeftOutSettings(tree, env),
    provenance: async (options) =>
      observeProvenance({ ...options, authorizationOf: await readAuthorizations(env) }),
    publish: async (options) => void (await publish(options)),
    staging: stagingWith({ tool: 'pnpm', argvOf: (tarball) => argvOf('stage publish', tarball), ...place }),
  }
}

/** Branch and cleanliness were judged at preflight; the worktree is detached on purpose. */
function argvOf(command: 'publish' | 'stage publish', tarball: string): readonly string[] {
  return ['pnpm', ...command.split(' '), tarball, '--ignore-scripts', '--no-git-checks']
}
