/** LanesConfig → the keys of lanes.yaml, in the order of the contract, for `explainEffective`. */
import type {
  Command,
  Configure,
  Consumer,
  Deploy,
  LaneConfig,
  LanesConfig,
  Person,
  Publish,
  Repo,
  Train,
} from './lanes-config.ts'

export type Entry =
  | { readonly kind: 'value'; readonly value: unknown; readonly origin?: string }
  /** No value to write; what that means stands in a comment. */
  | { readonly kind: 'absent'; readonly meaning: string; readonly origin: string }
  | { readonly kind: 'map'; readonly entries: Entries }
  | { readonly kind: 'list'; readonly items: readonly Entries[] }

export type Entries = readonly (readonly [string, Entry])[]

export function entriesOfFile(config: LanesConfig): Entries {
  const { notify } = config
  return [
    ['version', value(1)],
    ['estate', value(config.estate)],
    ['store', value(config.store)],
    ['projects', value(config.projects, 'default: one, named like the estate')],
    ['people', mapOf(config.people, personEntries)],
    ['repos', mapOf(config.repos, repoEntries)],
    ['lanes', mapOf(config.lanes, laneEntries)],
    [
      'candidates',
      mapOf(config.candidates, ({ paths, incidents }) => [
        ['paths', value(paths)],
        ['incidents', value(incidents)],
      ]),
    ],
    ['trains', mapOf(config.trains, trainEntries)],
    [
      'notify',
      notify === null
        ? absent('nobody')
        : value('url' in notify ? { url: notify.url } : { command: notify.command }),
    ],
  ]
}

function personEntries(person: Person): Entries {
  return [
    ['kind', value(person.kind)],
    ['signing_key', orAbsent(person.signingKey, 'none')],
    ['forge', orAbsent(person.forge, 'none')],
  ]
}

function repoEntries(repo: Repo): Entries {
  const forge =
    repo.forge?.kind === 'github' && repo.forge.url !== null ? { github: repo.forge.url } : repo.forge?.kind
  return [
    ['remote', value(repo.remote)],
    ['path', orAbsent(repo.path, 'no local checkout is looked at')],
    ['main', orInferred(repo.main, "the remote's default branch")],
    ['forge', orInferred(forge ?? null, 'told from the remote')],
    ['setup', value(repo.setup)],
    ['checks', value(repo.checks)],
    ['env', value(repo.env)],
  ]
}

function laneEntries(lane: LaneConfig): Entries {
  const { approval, batching, justification } = lane
  return [
    ...(lane.use === null ? [] : [['use', value(lane.use)] as const]),
    ['purpose', lane.purpose === '' ? absent('not said') : value(lane.purpose)],
    ['scope', value(lane.scope)],
    ['limit', value(lane.limit)],
    ['order', value(lane.order)],
    ['when_held', value(lane.whenHeld)],
    [
      'lease',
      map([
        ['ttl', duration(lane.lease.ttlMs)],
        ['renew', duration(lane.lease.renewMs)],
        ['margin', duration(lane.lease.marginMs)],
      ]),
    ],
    [
      'waiting',
      map([
        ['ttl', duration(lane.waiting.ttlMs)],
        ['max', value(lane.waiting.max)],
        ['accept', duration(lane.waiting.acceptMs)],
      ]),
    ],
    ['takeover_delay', duration(lane.takeoverDelayMs, 'default: 2 × renew + margin')],
    ['captains', value(lane.captains)],
    ['holders', orAbsent(lane.holders, 'everybody')],
    [
      'triggers',
      map([
        ['flags', value(lane.triggers.flags)],
        ['paths', value(lane.triggers.paths)],
        ['commands', value(lane.triggers.commands)],
        ['actions', value(lane.triggers.actions)],
        ['repos', orAbsent(lane.triggers.repos, 'every repo')],
      ]),
    ],
    [
      'approval',
      approval === null
        ? value('none')
        : map([
            ['actions', value(approval.actions, 'default: every irreversible action')],
            [
              'by',
              approval.by.length === 0
                ? absent('the captains; there are none')
                : value(approval.by, 'default: the captains'),
            ],
            ['signed', value(approval.signed)],
            ['via', value(approval.via)],
            ['expires', duration(approval.expiresMs)],
            [
              'requester_may_approve',
              value(approval.requesterMayApprove, 'default: only who is alone in people'),
            ],
            ['while_waiting', value(approval.whileWaiting)],
          ]),
    ],
    [
      'batching',
      batching === null
        ? absent('none')
        : map([
            ['dialect', value(batching.dialect)],
            ['density_warning', value(`${Number((batching.densityWarning * 100).toFixed(6))}%`)],
            ['max_changes', value(batching.maxChanges)],
            ['verify', orAbsent(batching.verify, 'none')],
          ]),
    ],
    [
      'justification',
      justification === null
        ? absent(lane.use === null ? 'none' : 'not needed with a preset')
        : map([
            ['incidents', value(justification.incidents)],
            ['irreversible', value(justification.irreversible)],
            ['signed_off_by', value(justification.signedOffBy)],
          ]),
    ],
    ['store_policy', value(lane.storePolicy)],
  ]
}

function trainEntries(train: Train): Entries {
  const { publish } = train.producer
  return [
    ['lane', value(train.lane, 'default: the only lane that carries publish, adopt or deploy')],
    ['accept_unknown', value(train.acceptUnknown)],
    [
      'producer',
      map([
        ['repo', value(train.producer.repo)],
        ['publish', publishing(publish)],
      ]),
    ],
    [
      'consumers',
      train.consumers.length === 0
        ? value([])
        : { kind: 'list', items: train.consumers.map(consumerEntries) },
    ],
    ['on_consumer_failure', value(train.onConsumerFailure)],
    ['blocking_label', orAbsent(train.blockingLabel, 'no label blocks')],
    ['forge_release', value(train.forgeRelease)],
  ]
}

function publishing(publish: Train['producer']['publish']): Entry {
  if (publish === 'infer') return inferred('the publishable packages of the manifests')
  if ('workflow' in publish) return value(publish)
  return publish.length === 0 ? value([]) : { kind: 'list', items: publish.map(publishEntries) }
}

function publishEntries(publish: Publish): Entries {
  return [
    ['staged', value(publish.staged)],
    ['timeout', duration(publish.timeoutMs)],
    ['package', orInferred(publish.package, 'the name in the manifest')],
    ['ecosystem', orInferred(publish.ecosystem, 'told from the manifest')],
    ['registry', orInferred(publish.registry, 'as configured in the producer')],
    ['tag', orInferred(publish.tag, 'v{version}, or <package>-v{version} for several')],
    ...optionalCommands({ command: publish.command, observe: publish.observe }),
  ]
}

function consumerEntries(consumer: Consumer): Entries {
  const { adopt, configure } = consumer
  return [
    ['repo', value(consumer.repo)],
    ['after', value(consumer.after)],
    [
      'adopt',
      map([
        ['manager', orInferred(adopt.manager, 'told from the lockfile')],
        ['via', orInferred(adopt.via, 'pull_request where main is protected, else push')],
        ...optionalCommands({ command: adopt.command, observe: adopt.observe }),
      ]),
    ],
    ['on_move', value(consumer.onMove)],
    [
      'configure',
      configure.length === 0 ? value([]) : { kind: 'list', items: configure.map(configureEntries) },
    ],
    ['deploy', map(deployEntries(consumer.deploy))],
  ]
}

function configureEntries(step: Configure): Entries {
  return [
    ['name', value(step.name)],
    ['action', value(step.action)],
    ['observe', value(step.observe)],
    ['expect', value(step.expect)],
    ['goal', value(step.goal)],
    ['apply', value(step.apply)],
    ['undo', orAbsent(step.undo, 'none: the change counts as irreversible')],
    ['secret', value(step.secret)],
  ]
}

function deployEntries(deploy: Deploy): Entries {
  const { strategy, verify } = deploy
  return [
    ['strategy', value(rawStrategy(strategy))],
    ...(strategy.kind === 'command' ? [['run', value(strategy.run)] as const] : []),
    ['previous', orAbsent(deploy.previous, 'nobody can see what runs before')],
    ['rollback', orAbsent(deploy.rollback, 'none')],
    ['on_failed_verify', value(deploy.onFailedVerify)],
    ['after', value(deploy.after)],
    ['timeout', duration(deploy.timeoutMs)],
    [
      'verify',
      verify === null
        ? absent('nothing is verified')
        : map([
            ['url', value(verify.url)],
            ['expect', value(verify.expect)],
            ['reads', value(verify.reads)],
            ['within', duration(verify.withinMs)],
          ]),
    ],
  ]
}

function rawStrategy(strategy: Deploy['strategy']): unknown {
  switch (strategy.kind) {
    case 'command':
    case 'none':
      return strategy.kind
    case 'git_push':
      return { git_push: { remote: strategy.remote, branch: strategy.branch } }
    case 'github_workflow':
      return { github_workflow: { file: strategy.file, inputs: strategy.inputs } }
    default:
      return strategy satisfies never
  }
}

function optionalCommands(commands: Readonly<Record<string, Command | null>>): Entries {
  return Object.entries(commands).flatMap(([key, command]) =>
    command === null ? [] : [[key, value(command)] as const],
  )
}

function mapOf<Value>(values: ReadonlyMap<string, Value>, entriesOf: (value: Value) => Entries): Entry {
  return map([...values].map(([name, inner]) => [name, map(entriesOf(inner))] as const))
}

function map(entries: Entries): Entry {
  return { kind: 'map', entries }
}

function value(plain: unknown, origin?: string): Entry {
  return origin === undefined ? { kind: 'value', value: plain } : { kind: 'value', value: plain, origin }
}

function absent(meaning: string): Entry {
  return { kind: 'absent', meaning, origin: 'default' }
}

function inferred(meaning: string): Entry {
  return { kind: 'absent', meaning, origin: 'inferred when a run looks' }
}

function orAbsent(plain: unknown, meaning: string): Entry {
  return plain === null ? absent(meaning) : value(plain)
}

function orInferred(plain: unknown, meaning: string): Entry {
  return plain === null ? inferred(meaning) : value(plain)
}

/** The largest unit that says it exactly. */
function duration(ms: number, origin?: string): Entry {
  const units = [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const
  const unit = units.find(([, size]) => ms % size === 0 && ms > 0)
  return value(unit === undefined ? `${ms}ms` : `${ms / unit[1]}${unit[0]}`, origin)
}
