import { invariant } from '@conduct/core'
import { trainDefaults } from './defaults.ts'
import type { Configure, Consumer, Deploy, DeployStrategy, Publish, Train, Verify } from './lanes-config.ts'
import type { RawTrain } from './schema/file.ts'
import { decodeCommand, decodeCommands, decodeDuration } from './value-wire.ts'

type RawConsumer = NonNullable<RawTrain['consumers']>[number]
type RawDeploy = NonNullable<RawConsumer['deploy']>
type RawPublishing = NonNullable<RawTrain['producer']['publish']>
type RawPublish = Exclude<RawPublishing, { workflow: string }>[number]
type RawCommand = Parameters<typeof decodeCommand>[0]

/** @param soleLane the only lane that carries a train's actions, for a train that names none. */
export function decodeTrain(raw: RawTrain, soleLane: string | undefined): Train {
  const lane = raw.lane ?? soleLane
  invariant(lane !== undefined, 'a train without a lane passed the check')
  return {
    lane,
    acceptUnknown: raw.accept_unknown ?? [],
    producer: { repo: raw.producer.repo, publish: decodePublishing(raw.producer.publish) },
    consumers: (raw.consumers ?? []).map(decodeConsumer),
    onConsumerFailure: raw.on_consumer_failure ?? trainDefaults.on_consumer_failure,
    blockingLabel: raw.blocking_label ?? null,
    forgeRelease: raw.forge_release ?? trainDefaults.forge_release,
  }
}

function decodePublishing(raw: RawPublishing | undefined): Train['producer']['publish'] {
  if (raw === undefined) return 'infer'
  return Array.isArray(raw) ? raw.map(decodePublish) : { workflow: raw.workflow }
}

function decodePublish(raw: RawPublish): Publish {
  return {
    package: raw.package ?? null,
    ecosystem: raw.ecosystem ?? null,
    registry: raw.registry ?? null,
    staged: raw.staged ?? trainDefaults.staged,
    tag: raw.tag ?? null,
    timeoutMs: raw.timeout === undefined ? trainDefaults.publishTimeoutMs : decodeDuration(raw.timeout),
    command: optionalCommand(raw.command),
    observe: optionalCommand(raw.observe),
  }
}

function decodeConsumer(raw: RawConsumer): Consumer {
  return {
    repo: raw.repo,
    after: raw.after ?? [],
    adopt: decodeAdopt(raw.adopt),
    configure: (raw.configure ?? []).map(decodeConfigure),
    onMove: raw.on_move ?? trainDefaults.on_move,
    deploy: decodeDeploy(raw.deploy),
  }
}

function decodeAdopt(raw: RawConsumer['adopt']): Consumer['adopt'] {
  if (raw === 'none') {
    const withinMs = trainDefaults.adoptWithinMs
    return { manager: null, via: 'none', withinMs, command: null, observe: null }
  }
  return {
    manager: raw?.manager ?? null,
    via: raw?.via ?? null,
    withinMs: raw?.within === undefined ? trainDefaults.adoptWithinMs : decodeDuration(raw.within),
    command: optionalCommand(raw?.command),
    observe: optionalCommand(raw?.observe),
  }
}

function decodeConfigure(raw: NonNullable<RawConsumer['configure']>[number]): Configure {
  return {
    name: raw.name,
    action: raw.action,
    observe: decodeCommand(raw.observe),
    expect: raw.expect,
    goal: raw.goal,
    apply: decodeCommand(raw.apply),
    undo: optionalCommand(raw.undo),
    secret: raw.secret ?? trainDefaults.secret,
  }
}

function decodeDeploy(raw: RawDeploy | undefined): Deploy {
  return {
    strategy: decodeStrategy(raw),
    previous: optionalCommand(raw?.previous),
    rollback: optionalCommand(raw?.rollback),
    onFailedVerify: raw?.on_failed_verify ?? trainDefaults.on_failed_verify,
    after: decodeCommands(raw?.after),
    verify: raw?.verify === undefined ? null : decodeVerify(raw.verify),
    timeoutMs: raw?.timeout === undefined ? trainDefaults.deployTimeoutMs : decodeDuration(raw.timeout),
  }
}

function decodeStrategy(raw: RawDeploy | undefined): DeployStrategy {
  if (raw === undefined || raw.strategy === 'none') return { kind: 'none' }
  if (raw.strategy === undefined || raw.strategy === 'command') {
    invariant(raw.run !== undefined, 'a deploy without run passed the check')
    return { kind: 'command', run: decodeCommand(raw.run) }
  }
  if ('git_push' in raw.strategy) {
    const { remote, branch } = raw.strategy.git_push
    return { kind: 'git_push', remote, branch: branch ?? trainDefaults.deployBranch }
  }
  const { file, inputs } = raw.strategy.github_workflow
  return { kind: 'github_workflow', file, inputs: inputs ?? {} }
}

function decodeVerify(raw: NonNullable<RawDeploy['verify']>): Verify {
  return {
    url: raw.url,
    expect: raw.expect,
    reads: raw.reads ?? trainDefaults.verifyReads,
    withinMs: raw.within === undefined ? trainDefaults.verifyWithinMs : decodeDuration(raw.within),
  }
}

function optionalCommand(raw: RawCommand | undefined) {
  return raw === undefined ? null : decodeCommand(raw)
}
