import { readManifest } from '../manifests/manifest.ts'
import type { Env } from '../manifests/npmrc.ts'
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
import { pnpmPublisher } from './pnpm.ts'
import { tarballPublisher } from './publish-tarball.ts'
import { stagingWith } from './stage.ts'
import { whoAmIWith } from './who-am-i.ts'
import { npmWithdrawal } from './withdrawal.ts'

/** npm, for every package.json at the top that pnpm does not claim. */
export function npmPublisher(env: Env): Publisher {
  const place = { scopedRegistryFlag: (scope: string) => `--${scope}:registry`, env }
  const publish = tarballPublisher({ argvOf: (tarball) => argvOf('publish', tarball), ...place })
  return {
    ecosystem: 'npm',
    tool: 'npm',
    version: toolVersion('npm'),
    withdrawal: npmWithdrawal(env),
    matches: async (tree) =>
      (await readManifest(tree, 'package.json')) !== null && !(await pnpmPublisher(env).matches(tree)),
    discover: (tree, passEnv) => discoverPackages({ tree, kind: 'npm', env, passEnv }),
    pack: (options) => packWith('npm', options),
    observe: async (options) =>
      observeVersion({ ...options, authorizationOf: await readAuthorizations(env) }),
    download: async (options) =>
      downloadTarball({ ...options, authorizationOf: await readAuthorizations(env) }),
    whoAmI: whoAmIWith('npm', env),
    publishRight: async (options) =>
      readPublishRight({ ...options, authorizationOf: await readAuthorizations(env, options) }),
    credential: (options) => readPublishCredential({ ...options, env }),
    refusedVariables: (tree, granted) =>
      readRefusedVariables((file) => tree.readFile(file), { env, granted }),
    leftOutSettings: (tree) => readLeftOutSettings(tree, env),
    provenance: async (options) =>
      observeProvenance({ ...options, authorizationOf: await readAuthorizations(env) }),
    publish: async (options) => void (await publish(options)),
    staging: stagingWith({ tool: 'npm', argvOf: (tarball) => argvOf('stage publish', tarball), ...place }),
  }
}

function argvOf(command: 'publish' | 'stage publish', tarball: string): readonly string[] {
  return ['npm', ...command.split(' '), tarball, '--ignore-scripts', '--fetch-retries=0']
}
