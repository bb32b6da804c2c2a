/** Every default of lanes.yaml that is a fixed value. What depends on other values is computed in wire.ts. */
import type { Action } from './lanes-config.ts'
import type { RawLane } from './schema/file.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute

export const laneDefaults = {
  purpose: '',
  scope: 'global',
  limit: 1,
  order: 'strict',
  when_held: 'queue',
  ttlMs: 15 * minute,
  renewMs: 30 * second,
  renewMsGit: minute,
  marginMs: minute,
  waitingTtlMs: 24 * hour,
  waitingMax: 200,
  acceptMs: 15 * minute,
  store_policy: 'closed',
} as const

/** Which actions of a lane can be irreversible; configure steps without `undo` are. */
const irreversibleActions: readonly Action[] = ['publish', 'adopt', 'deploy', 'provider_config', 'env_var']

/** A lane that carries one of these is one a train can travel on. */
export const trainActions: readonly Action[] = ['publish', 'adopt', 'deploy']

export const approvalDefaults = {
  actions: irreversibleActions,
  signed: false,
  via: 'cli',
  expiresMs: 24 * hour,
  while_waiting: 'park',
} as const

export const batchingDefaults = { densityWarning: 0.3, maxChanges: 8, riskPerTurn: 12 } as const

export const trainDefaults = {
  on_consumer_failure: 'stop_new',
  forge_release: false,
  staged: false,
  publishTimeoutMs: 10 * minute,
  adoptWithinMs: 30 * minute,
  on_move: 'retry',
  on_failed_verify: 'offer',
  deployTimeoutMs: 30 * minute,
  verifyReads: 3,
  verifyWithinMs: 10 * minute,
  deployBranch: 'main',
  secret: false,
} as const

/** What `use:` fills in before the defaults do. */
export const presets = {
  rails_migrations: {
    purpose: 'One schema change at a time, so that the schema file never forks.',
    scope: 'repo',
    lease: { ttl: '4h', renew: '60s', margin: '12m' },
    triggers: {
      flags: ['requires_migration'],
      paths: ['db/migrate/**', 'db/schema.rb', 'db/structure.sql'],
      commands: ['bin/rails g migration *', 'bin/rails generate migration *'],
    },
    batching: { dialect: 'rails', density_warning: '30%', max_changes: 8, verify: 'bin/rails db:migrate' },
  },
  sql_migrations: {
    purpose: 'One schema change at a time, so that migrations never fork.',
    scope: 'repo',
    lease: { ttl: '4h', renew: '60s', margin: '12m' },
    triggers: {
      flags: ['requires_migration'],
      paths: ['**/migrations/**/*.sql', 'db/migration/**/*.sql', 'db/structure.sql'],
    },
    batching: { dialect: 'postgres', density_warning: '30%', max_changes: 8 },
  },
  release_train: {
    purpose: 'Shared releases must not overwrite or strand each other.',
    scope: 'repo_set',
    triggers: {
      flags: ['requires_release_conductor'],
      actions: ['publish', 'adopt', 'deploy', 'provider_config', 'env_var'],
    },
  },
} as const satisfies Record<string, RawLane>

export function isPreset(name: string | null): name is keyof typeof presets {
  return name !== null && Object.hasOwn(presets, name)
}
