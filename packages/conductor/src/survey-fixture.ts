import { type Clock, toCommitId } from '@conduct/core'
import type { Consumer, Deploy, LaneConfig, Repo, Train } from '@conduct/config'
import type { Adopter, Publisher } from '@conduct/ecosystems'
import type { Mirror } from '@conduct/git'
import type { FrozenConsumer, FrozenRepo, PlannedArtifact, Survey } from './context.ts'

/** Plain data for tests of what is pure; whoever reaches for the outside through it fails loudly. */
export const noOutside = new Proxy(
  {},
  {
    get(_target, name) {
      throw new Error(`a pure test reached for ${String(name)} of the outside`)
    },
  },
) as Mirror & Publisher

/** Time that passes only by sleeping. */
export function aClock(): Clock {
  let nowMs = 0
  const now = (): number => nowMs
  return {
    wallMs: now,
    monotonicMs: now,
    bootMs: now,
    sleep: async (ms) => void (nowMs += ms),
    after: () => () => undefined,
  }
}

export const commitOf = (digit: string) => toCommitId(digit.repeat(40))

export function aRepo(fields: Partial<Repo> = {}): Repo {
  return {
    remote: 'file:///srv/git/engine.git',
    path: null,
    main: 'main',
    forge: null,
    setup: [],
    checks: [],
    env: [],
    ...fields,
  }
}

export function aDeploy(fields: Partial<Deploy> = {}): Deploy {
  return {
    strategy: { kind: 'none' },
    previous: null,
    rollback: null,
    onFailedVerify: 'offer',
    after: [],
    verify: null,
    timeoutMs: 60_000,
    ...fields,
  }
}

export function aConsumer(fields: Partial<Consumer> = {}): Consumer {
  return {
    repo: 'shop',
    after: [],
    adopt: { manager: null, via: null, withinMs: 1_800_000, command: null, observe: null },
    configure: [],
    onMove: 'retry',
    deploy: aDeploy(),
    ...fields,
  }
}

export function aTrain(fields: Partial<Train> = {}): Train {
  return {
    lane: 'release_train',
    acceptUnknown: [],
    producer: { repo: 'engine', publish: 'infer' },
    consumers: [aConsumer()],
    onConsumerFailure: 'stop_new',
    blockingLabel: null,
    forgeRelease: false,
    ...fields,
  }
}

export function aLane(fields: Partial<LaneConfig> = {}): LaneConfig {
  return {
    purpose: 'Shared releases must not overwrite each other.',
    scope: 'repo_set',
    limit: 1,
    order: 'strict',
    whenHeld: 'queue',
    lease: { ttlMs: 900_000, renewMs: 30_000, marginMs: 60_000 },
    waiting: { ttlMs: 86_400_000, max: 200, acceptMs: 900_000 },
    takeoverDelayMs: 120_000,
    captains: ['ana'],
    holders: null,
    triggers: { flags: [], paths: [], commands: [], actions: ['publish', 'adopt', 'deploy'], repos: null },
    approval: {
      actions: ['publish', 'adopt', 'deploy', 'provider_config', 'env_var'],
      by: ['ana'],
      signed: false,
      via: 'cli',
      issue: null,
      expiresMs: 7_200_000,
      requesterMayApprove: true,
      whileWaiting: 'park',
    },
    batching: null,
    justification: null,
    use: 'release_train',
    storePolicy: 'closed',
    ...fields,
  }
}

export function aFrozenRepo(fields: Partial<FrozenRepo> = {}): FrozenRepo {
  return {
    name: 'engine',
    repo: aRepo(),
    role: 'producer',
    mirror: noOutside,
    main: 'main',
    commit: commitOf('a'),
    tree: { readFile: async () => null, listFiles: async () => [] },
    ...fields,
  }
}

export function aFrozenConsumer(fields: Partial<FrozenConsumer> = {}): FrozenConsumer {
  return {
    ...aFrozenRepo(),
    name: 'shop',
    role: 'consumer',
    commit: commitOf('b'),
    consumer: aConsumer(),
    adopter: { manager: 'pnpm' } as Adopter,
    via: 'push',
    previous: null,
    previousUnknown: null,
    locked: [],
    ...fields,
  }
}

export function anArtifact(fields: Partial<PlannedArtifact> = {}): PlannedArtifact {
  const name = fields.name ?? '@acme/engine'
  const version = fields.version ?? '4.3.0'
  const registry = fields.registry ?? 'http://127.0.0.1:4873/'
  return {
    name,
    version,
    ecosystem: 'npm',
    directory: '.',
    registry,
    tag: `v${version}`,
    discovered: { name, version, directory: '.', isPrivate: false, registry, needs: [] },
    publisher: noOutside,
    command: null,
    isPacked: true,
    staged: false,
    timeoutMs: 600_000,
    distTag: { name: 'latest', before: '4.2.3' },
    ...fields,
  }
}

export function aSurvey(fields: Partial<Survey> = {}): Survey {
  return {
    producer: aFrozenRepo(),
    consumers: [aFrozenConsumer()],
    artifacts: [anArtifact()],
    catchUp: false,
    leftOut: [],
    ...fields,
  }
}
