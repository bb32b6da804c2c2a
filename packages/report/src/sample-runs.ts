/** Realistic records for the tests: a run that was killed and resumed, one stopped part-way, one that waits. */
import {
  type CommitId,
  phaseNames,
  type PhaseName,
  type Plan,
  type PlanId,
  type PreflightRow,
  type RunId,
  type RunRecord,
  type StepRecord,
  toCommitId,
} from '@conduct/core'

const commitOf = (digit: string): CommitId => toCommitId(digit.repeat(40))
const engine = commitOf('1')
const shop = commitOf('2')
const admin = commitOf('3')
const shopMoved = commitOf('4')
const shopAdopted = commitOf('5')
const adminAdopted = commitOf('6')
const shopBefore = commitOf('7')
const hash = '5d0e1a7c44b2f1d09a6c83b5e7f2041d6b9a3c5e8f7d2014a6b3c9d8e5f10273'
const integrity =
  'sha512-9Zt0bXq3mC1o8pV7sL2nD4kR6yU5wA1eG3hJ7fK9xQ0zB2vN4mT6cY8iO1pS3dF5gH7jK9lZ1xC3vB5nM7qW=='
const registry = 'http://127.0.0.1:4873/'

const green = (check: string, detail: string, covered = '1 of 1'): PreflightRow => ({
  check,
  verdict: 'green',
  covered,
  detail,
})

export const samplePlan: Plan = {
  format: 1,
  id: 'plan-5d0e1a' as PlanId,
  hash,
  basis: {
    train: 'engine',
    lane: 'release_train',
    configCommit: commitOf('a'),
    configHash: 'c'.repeat(64),
    producer: { repo: 'engine', commit: engine },
    packages: [
      {
        name: '@acme/engine',
        version: '4.3.0',
        ecosystem: 'npm',
        directory: '.',
        registry,
        tag: 'engine-v4.3.0',
      },
    ],
    catchUp: false,
    consumers: [
      {
        repo: 'shop',
        after: [],
        adopt: { manager: 'pnpm', via: 'push' },
        configure: [{ name: 'engine-flag', action: 'env_var', goal: 'on' }],
        deploy: { strategy: 'command', previous: shopBefore },
      },
      {
        repo: 'admin',
        after: ['shop'],
        adopt: { manager: 'npm', via: 'push' },
        configure: [],
        deploy: { strategy: 'none', previous: null },
      },
    ],
    overrides: [{ check: 'stash', repo: 'shop', reason: 'an old experiment of mine, unrelated', by: 'ana' }],
    leftOut: ['kiosk'],
  },
  resources: ['engine', 'shop', 'admin'],
  repos: [
    {
      repo: 'engine',
      commit: engine,
      preflight: [
        green('remote', 'answers'),
        green('main_head', 'main is at the frozen commit'),
        green('version_free', '@acme/engine 4.3.0 is free at the registry'),
        green('tag_free', 'engine-v4.3.0 does not exist'),
        { check: 'ci', verdict: 'not_applicable', covered: '0 of 0', detail: 'no forge is declared' },
      ],
    },
    {
      repo: 'shop',
      commit: shop,
      preflight: [
        green('remote', 'answers'),
        green(
          'unpublished_references',
          'no branch relies on a path or a branch of @acme/engine',
          '3 of 3 branches',
        ),
        {
          check: 'stash',
          verdict: 'red',
          covered: '1 of 1',
          detail: 'a stash on main in ../shop; drop it, or override stash:shop',
          overridden: true,
        },
      ],
    },
    {
      repo: 'admin',
      commit: admin,
      preflight: [
        green('remote', 'answers'),
        {
          check: 'release_age',
          verdict: 'unknown',
          covered: '0 of 1',
          detail: 'the .npmrc of admin could not be read',
        },
      ],
    },
  ],
  steps: [
    {
      id: 'publish:@acme/engine',
      phase: 'publish',
      kind: 'publish',
      repo: 'engine',
      action: 'publish @acme/engine 4.3.0',
      irreversible: true,
      expect: 'absent',
      goal: 'present with our integrity',
      needsApproval: true,
    },
    {
      id: 'adopt:shop',
      phase: 'adopt',
      kind: 'adopt',
      repo: 'shop',
      action: 'adopt @acme/engine 4.3.0 with pnpm, push to main',
      irreversible: true,
      expect: 'main at 222222222222',
      goal: 'lockfile holds 4.3.0',
      needsApproval: true,
    },
    {
      id: 'deploy:shop',
      phase: 'deploy',
      kind: 'deploy',
      repo: 'shop',
      action: 'deploy shop with bin/deploy',
      irreversible: true,
      expect: '777777777777 runs',
      goal: 'the adoption commit runs',
      needsApproval: true,
    },
  ],
  compensation: [
    { repo: 'shop', action: 'deploy 777777777777 again', possible: true },
    { repo: 'shop', action: 'revert the adoption commit', possible: true },
    { repo: 'engine', action: 'take @acme/engine 4.3.0 back', possible: false },
  ],
  unknowns: ['release_age:admin'],
  requestedBy: 'cli:ana@desk',
  createdAt: '2026-03-02T09:12:02.000Z',
  expiresAt: '2026-03-03T09:12:02.000Z',
}

interface StepInput {
  readonly id: string
  readonly phase: PhaseName
  readonly repo?: string
  readonly action: string
  readonly state?: StepRecord['state']
  readonly evidence?: string | null
  readonly from?: string | null
  readonly to?: string | null
  readonly attempts?: number
  readonly irreversible?: boolean
}

function step(input: StepInput): StepRecord {
  const day = '2026-03-02T'
  return {
    id: input.id,
    phase: input.phase,
    kind: input.id.split(':')[0] ?? input.id,
    repo: input.repo ?? null,
    action: input.action,
    irreversible: input.irreversible ?? false,
    state: input.state ?? 'done',
    evidence: input.evidence === undefined ? input.action : input.evidence,
    facts: {},
    startedAt: input.from === undefined || input.from === null ? null : `${day}${input.from}Z`,
    endedAt: input.to === undefined || input.to === null ? null : `${day}${input.to}Z`,
    attempts: input.attempts ?? 1,
  }
}

const beforeEffects = [
  step({
    id: 'claim',
    phase: 'claim',
    action: 'take release_train',
    evidence: 'release_train {engine, shop, admin}, token 42',
    from: '09:12:00.000',
    to: '09:12:00.100',
  }),
  step({
    id: 'survey:engine',
    phase: 'survey',
    repo: 'engine',
    action: 'fetch and freeze',
    evidence: 'main at 111111111111',
    from: '09:12:00.100',
    to: '09:12:00.700',
  }),
  step({
    id: 'survey:shop',
    phase: 'survey',
    repo: 'shop',
    action: 'fetch and freeze',
    evidence: 'main at 222222222222',
    from: '09:12:00.100',
    to: '09:12:01.000',
  }),
  step({
    id: 'survey:admin',
    phase: 'survey',
    repo: 'admin',
    action: 'fetch and freeze',
    evidence: 'main at 333333333333',
    from: '09:12:00.100',
    to: '09:12:00.900',
  }),
  step({
    id: 'preflight',
    phase: 'preflight',
    action: 'check every repo',
    evidence: '8 of 9 checks green, 1 overridden',
    from: '09:12:01.000',
    to: '09:12:02.400',
  }),
  step({
    id: 'check:engine',
    phase: 'check',
    repo: 'engine',
    action: "engine's own checks, then pack",
    evidence: 'checks passed; packed 48 kB',
    from: '09:12:02.400',
    to: '09:12:33.000',
  }),
  step({
    id: 'check:shop',
    phase: 'check',
    repo: 'shop',
    action: 'try the packed artifact in shop',
    evidence: 'checks passed with the packed artifact',
    from: '09:12:33.000',
    to: '09:12:50.000',
  }),
  step({
    id: 'check:admin',
    phase: 'check',
    repo: 'admin',
    action: 'try the packed artifact in admin',
    evidence: 'checks passed with the packed artifact',
    from: '09:12:33.000',
    to: '09:12:47.000',
  }),
]

const laneHeld = {
  name: 'release_train',
  resources: ['engine', 'shop', 'admin'],
  token: 42,
  heldMs: 95_300,
  waitedMs: 240_000,
  released: false,
}

const approval = {
  format: 1,
  planHash: hash,
  by: 'carl',
  proof: 'attributed',
  at: '2026-03-02T09:13:10.000Z',
  expiresAt: '2026-03-02T11:13:10.000Z',
  note: 'looked at the diff',
  verdict: 'approved',
} as const

const base: RunRecord = {
  run: '8f2c' as RunId,
  train: 'engine',
  estate: 'acme',
  state: 'done',
  plan: samplePlan,
  planId: samplePlan.id,
  startedAt: '2026-03-02T09:12:00.000Z',
  endedAt: null,
  steps: beforeEffects,
  published: [],
  adopted: [],
  deployed: [],
  leftOut: ['kiosk'],
  lane: laneHeld,
  approvals: [],
  overrides: samplePlan.basis.overrides,
  unknowns: samplePlan.unknowns,
  irreversibleDone: false,
  stop: null,
  configCommit: commitOf('a'),
  openings: [{ holder: 'cli:ana@desk', token: 42, at: '2026-03-02T09:12:00.000Z', kind: 'run' }],
  next: null,
}

const published = [{ package: '@acme/engine', version: '4.3.0', integrity, registry, tag: 'engine-v4.3.0' }]

/** Killed while publishing, resumed two and a half hours later by somebody else, finished once. */
export const doneRun: RunRecord = {
  ...base,
  endedAt: '2026-03-02T11:41:40.000Z',
  steps: [
    ...beforeEffects,
    step({
      id: 'approve',
      phase: 'approve',
      action: 'an approval of the plan',
      evidence: 'approved by carl (attributed)',
      from: '09:12:50.000',
      to: '09:13:10.000',
    }),
    step({
      id: 'publish:@acme/engine',
      phase: 'publish',
      repo: 'engine',
      action: 'publish @acme/engine 4.3.0',
      state: 'already',
      evidence: 'live with the integrity that was packed: published before the crash',
      from: '11:40:01.000',
      to: '11:40:02.000',
      attempts: 2,
      irreversible: true,
    }),
    step({
      id: 'tag:engine-v4.3.0',
      phase: 'publish',
      repo: 'engine',
      action: 'tag engine-v4.3.0',
      evidence: 'engine-v4.3.0 stands at 111111111111',
      from: '11:40:02.000',
      to: '11:40:03.000',
      irreversible: true,
    }),
    step({
      id: 'await:@acme/engine',
      phase: 'await',
      repo: 'engine',
      action: 'the registry to serve @acme/engine 4.3.0',
      evidence: 'packument and tarball served, 2 reads',
      from: '11:40:03.000',
      to: '11:40:09.000',
    }),
    step({
      id: 'adopt:shop',
      phase: 'adopt',
      repo: 'shop',
      action: 'adopt 4.3.0 with pnpm',
      evidence: 'pnpm-lock.yaml holds 4.3.0; pushed 555555555555',
      from: '11:40:09.000',
      to: '11:40:34.000',
      attempts: 2,
      irreversible: true,
    }),
    step({
      id: 'adopt:admin',
      phase: 'adopt',
      repo: 'admin',
      action: 'adopt 4.3.0 with npm',
      evidence: 'package-lock.json holds 4.3.0; pushed 666666666666',
      from: '11:41:12.000',
      to: '11:41:31.000',
      irreversible: true,
    }),
    step({
      id: 'configure:shop:engine-flag',
      phase: 'configure',
      repo: 'shop',
      action: 'engine-flag',
      state: 'already',
      evidence: 'was on already',
      from: '11:40:34.000',
      to: '11:40:34.400',
    }),
    step({
      id: 'deploy:shop',
      phase: 'deploy',
      repo: 'shop',
      action: 'bin/deploy',
      evidence: 'bin/deploy ended with 0',
      from: '11:40:35.000',
      to: '11:41:02.000',
      irreversible: true,
    }),
    step({
      id: 'deploy:admin',
      phase: 'deploy',
      repo: 'admin',
      action: 'nothing to dispatch',
      state: 'skipped',
      evidence: 'strategy none: nothing was dispatched',
      from: '11:41:31.000',
      to: '11:41:31.000',
    }),
    step({
      id: 'verify:shop',
      phase: 'verify',
      repo: 'shop',
      action: 'read /version',
      evidence: '3 of 3 reads say 555555555555',
      from: '11:41:02.000',
      to: '11:41:12.000',
    }),
    step({
      id: 'report',
      phase: 'report',
      action: 'write the report, hand the lane back',
      evidence: 'lane handed to the next in line',
      from: '11:41:31.000',
      to: '11:41:40.000',
    }),
  ],
  published,
  adopted: [
    {
      repo: 'shop',
      package: '@acme/engine',
      from: '4.2.3',
      to: '4.3.0',
      commit: shopAdopted,
      pullRequest: null,
      surveyed: [shop, shopMoved],
    },
    {
      repo: 'admin',
      package: '@acme/engine',
      from: '4.2.3',
      to: '4.3.0',
      commit: adminAdopted,
      pullRequest: 'https://forge.acme.example/admin/pull/7',
      surveyed: [admin],
    },
  ],
  deployed: [
    { repo: 'shop', sha: shopAdopted, previousSha: shopBefore, target: 'bin/deploy', verified: 'yes' },
    { repo: 'admin', sha: adminAdopted, previousSha: null, target: 'none', verified: 'nothing_dispatched' },
  ],
  lane: { ...laneHeld, token: 43, heldMs: 199_000, released: true },
  approvals: [approval],
  irreversibleDone: true,
  openings: [
    ...base.openings,
    { holder: 'cli:carl@laptop', token: 43, at: '2026-03-02T11:40:00.000Z', kind: 'resume' },
  ],
}

/** The library is live; the first consumer would not stand still. */
export const stoppedRun: RunRecord = {
  ...base,
  state: 'stopped',
  endedAt: '2026-03-02T09:15:02.000Z',
  steps: [
    ...beforeEffects,
    step({
      id: 'approve',
      phase: 'approve',
      action: 'an approval of the plan',
      evidence: 'approved by carl (attributed)',
      from: '09:12:50.000',
      to: '09:13:10.000',
    }),
    step({
      id: 'publish:@acme/engine',
      phase: 'publish',
      repo: 'engine',
      action: 'publish @acme/engine 4.3.0',
      evidence: 'live with the integrity that was packed',
      from: '09:13:10.000',
      to: '09:13:16.000',
      irreversible: true,
    }),
    step({
      id: 'await:@acme/engine',
      phase: 'await',
      repo: 'engine',
      action: 'the registry to serve @acme/engine 4.3.0',
      evidence: 'packument and tarball served',
      from: '09:13:16.000',
      to: '09:13:20.000',
    }),
    step({
      id: 'adopt:shop',
      phase: 'adopt',
      repo: 'shop',
      action: 'adopt 4.3.0 with pnpm',
      state: 'failed',
      evidence: 'main moved 3 times while we worked, last to 77d0e21',
      from: '09:13:20.000',
      to: '09:15:02.000',
      attempts: 3,
      irreversible: true,
    }),
    step({
      id: 'adopt:admin',
      phase: 'adopt',
      repo: 'admin',
      action: 'adopt 4.3.0 with npm',
      state: 'pending',
      evidence: null,
      attempts: 0,
      irreversible: true,
    }),
    step({
      id: 'deploy:shop',
      phase: 'deploy',
      repo: 'shop',
      action: 'bin/deploy',
      state: 'pending',
      evidence: null,
      attempts: 0,
      irreversible: true,
    }),
  ],
  published,
  approvals: [approval],
  irreversibleDone: true,
  stop: {
    code: 'EXPECTED_STATE',
    exit: 7,
    message: 'shop: main moved 3 times while we worked, last to 77d0e21.',
    hint: 'Wait until shop is quiet, then resume.',
    phase: 'adopt',
  },
  next: 'pnpm conduct -c /srv/acme/lanes.yaml resume 8f2c',
}

/** Everything is checked; nobody has approved, somebody has said no to an older plan. */
export const waitingRun: RunRecord = {
  ...base,
  state: 'waiting_approval',
  steps: [
    ...beforeEffects,
    step({
      id: 'approve',
      phase: 'approve',
      action: 'an approval of the plan',
      state: 'running',
      evidence: null,
      from: '09:12:50.000',
      to: null,
    }),
  ],
  lane: { ...laneHeld, released: true },
  approvals: [{ ...approval, planHash: 'f'.repeat(64), verdict: 'denied', note: 'not on a Monday morning' }],
  stop: {
    code: 'APPROVAL_MISSING',
    exit: 6,
    message: 'Nobody who may has approved plan 5d0e1a yet.',
    hint: 'Ask carl: conduct approve plan-5d0e1a.',
    phase: 'approve',
  },
  next: 'pnpm conduct -c /srv/acme/lanes.yaml resume 8f2c',
}

const nasty =
  '<script>alert(1)</script>"\'`|*_[x](javascript:alert(1)) @everyone #1 \u001b[31mred\u001b[0m \u202egnp.exe\n# not a heading & &amp;'

/** Every text that comes from outside tries to be something else. */
export const hostileRun: RunRecord = {
  ...stoppedRun,
  train: nasty,
  estate: nasty,
  run: nasty as RunId,
  steps: phaseNames.map((phase) => ({
    ...step({
      id: nasty,
      phase,
      repo: nasty,
      action: nasty,
      evidence: nasty,
      from: '09:12:00.000',
      to: '09:12:01.000',
    }),
  })),
  published: [
    { package: nasty, version: nasty, integrity: nasty, registry: `https://x.example/${nasty}`, tag: nasty },
  ],
  adopted: [
    {
      repo: nasty,
      package: nasty,
      from: nasty,
      to: nasty,
      commit: shop,
      pullRequest: 'javascript:alert(1)',
      surveyed: [shop],
    },
    {
      repo: nasty,
      package: nasty,
      from: nasty,
      to: nasty,
      commit: shop,
      pullRequest: `https://x.example/"onmouseover="alert(1)|${nasty}`,
      surveyed: [shop],
    },
  ],
  deployed: [{ repo: nasty, sha: shop, previousSha: nasty, target: nasty, verified: 'inconclusive' }],
  leftOut: [nasty],
  overrides: [{ check: nasty, repo: nasty, reason: nasty, by: nasty }],
  unknowns: [nasty],
  approvals: [{ ...approval, by: nasty, note: nasty }],
  stop: { code: 'EXPECTED_STATE', exit: 7, message: nasty, hint: nasty, phase: 'adopt' },
  openings: [{ holder: nasty, token: 1, at: nasty, kind: 'resume' }],
  next: nasty,
}
