import {
  absent,
  duration,
  type Entries,
  type Entry,
  inferred,
  map,
  orAbsent,
  orInferred,
  value,
} from './effective-entry.ts'
import type { Command, Configure, Consumer, Deploy, Publish, Train } from './lanes-config.ts'

export function trainEntries(train: Train): Entries {
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
        ['within', duration(adopt.withinMs)],
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
