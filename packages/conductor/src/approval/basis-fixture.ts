import { type PlanBasis, toCommitId } from '@conduct/core'

/** A basis in which nothing is empty, for tests that change each of its values. */
export const samplePlanBasis: PlanBasis = {
  train: 'engine',
  lane: 'release_train',
  configCommit: toCommitId('c'.repeat(40)),
  configHash: 'f'.repeat(64),
  producer: { repo: 'engine', commit: toCommitId('1'.repeat(40)) },
  packages: [
    {
      name: '@acme/engine',
      version: '4.3.0',
      ecosystem: 'npm',
      directory: 'packages/engine',
      registry: 'http://127.0.0.1:4873/',
      tag: 'engine-v4.3.0',
    },
  ],
  catchUp: false,
  consumers: [
    {
      repo: 'shop',
      after: ['admin'],
      adopt: { manager: 'pnpm', via: 'push' },
      configure: [{ name: 'engine-flag', action: 'env_var', goal: 'on' }],
      deploy: { strategy: 'command', previous: '7'.repeat(40) },
    },
  ],
  overrides: [{ check: 'checkout', repo: 'shop', reason: 'my sandbox', by: 'ana' }],
  leftOut: ['kiosk'],
}
