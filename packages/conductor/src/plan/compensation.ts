import type { CompensationStep } from '@conduct/core'
import type { Configure, Train } from '@conduct/config'
import type { FrozenConsumer, PlannedArtifact, Survey } from '../context.ts'
import { wayBackOf } from '../deploy/way-back.ts'
import { stepId } from '../step-id.ts'
import { showCommand } from '../template.ts'

/**
 * The way back, in the order in which it would be gone: the last effect first. Computed before the start, performed
 * only by `conduct compensate`; what nothing takes back stands in it by name.
 */
export function planCompensation(
  survey: Survey,
  train: Pick<Train, 'producer' | 'forgeRelease'>,
): readonly CompensationStep[] {
  const dispatched = dispatchOf(train)
  return [
    ...survey.consumers.toReversed().flatMap((consumer) => consumerWayBack(consumer, survey)),
    ...(survey.catchUp
      ? []
      : survey.artifacts
          .toReversed()
          .flatMap((artifact) => [
            ...(train.forgeRelease ? releaseWayBack(artifact, survey) : []),
            ...artifactWayBack(artifact, dispatched),
          ])),
  ]
}

function consumerWayBack(frozen: FrozenConsumer, survey: Survey): readonly CompensationStep[] {
  const { consumer, name: repo } = frozen
  const steps: CompensationStep[] = []
  if (consumer.deploy.strategy.kind !== 'none') {
    steps.push(redeploy(frozen))
    for (const [index, command] of consumer.deploy.after.entries()) {
      const undoes = stepId.postDeploy(repo, index + 1)
      steps.push(stays(undoes, { repo, action: `what ${showCommand(command)} did stays: nothing undoes it` }))
    }
  }
  for (const setting of consumer.configure.toReversed()) steps.push(unconfigure(repo, setting))
  if (frozen.via !== 'none' && survey.artifacts.length > 0) {
    steps.push({
      id: stepId.revert(repo),
      kind: 'revert',
      repo,
      action: `revert the adoption commit on ${frozen.main}${frozen.via === 'pull_request' ? ' by pull request' : ''}, unless something was built on it`,
      possible: true,
      undoes: stepId.adopt(repo),
      // What was proposed, anybody may have merged.
      begunBy: [stepId.propose(repo), stepId.adopt(repo), stepId.enqueue(repo)],
      to: null,
    })
    if (frozen.via === 'pull_request') {
      steps.push(
        stays(stepId.pullRequest(repo), {
          repo,
          action: `the pull request of ${repo} stays where it is merged; an open one is closed`,
        }),
      )
    }
  }
  return steps
}

function redeploy({ consumer, name: repo, previous }: FrozenConsumer): CompensationStep {
  const back = wayBackOf(consumer.deploy, { previous, repo })
  return {
    id: stepId.redeploy(repo),
    kind: back.command === null ? 'stays' : 'redeploy',
    repo,
    action: back.action,
    possible: back.command !== null,
    undoes: stepId.deploy(repo),
    begunBy: [stepId.deploy(repo)],
    to: previous,
  }
}

function unconfigure(repo: string, setting: Configure): CompensationStep {
  const { name, undo, secret } = setting
  return {
    id: stepId.unconfigure(repo, name),
    kind: undo === null ? 'stays' : 'unconfigure',
    repo,
    action:
      undo === null
        ? `${name} stays: no undo is declared`
        : `undo ${name}: ${secret ? '(secret)' : showCommand(undo)}`,
    possible: undo !== null,
    undoes: stepId.configure(repo, name),
    begunBy: [stepId.configure(repo, name)],
    to: null,
  }
}

/** The workflow that publishes, where one does. */
function dispatchOf({ producer }: Pick<Train, 'producer'>): readonly string[] {
  const { publish } = producer
  return typeof publish === 'object' && 'workflow' in publish
    ? [stepId.publishWorkflow(publish.workflow)]
    : []
}

function artifactWayBack(
  artifact: PlannedArtifact,
  dispatched: readonly string[],
): readonly CompensationStep[] {
  const { name, version, tag } = artifact
  const publish = stepId.publish(name, version)
  const stage = stepId.stage(name, version)
  const begunBy = [publish, stage, ...dispatched]
  return [
    ...withdrawn(artifact, begunBy),
    stays(publish, {
      repo: null,
      action: `${name}@${version} stays published: nothing deletes it`,
      begunBy,
    }),
    stays(stage, {
      repo: null,
      action: `what was staged of ${name}@${version} stays, unless it was approved: reject it at the registry`,
    }),
    ...(tag === null
      ? []
      : [stays(stepId.tag(tag), { repo: null, action: `tag ${tag} stays: tags never move` })]),
  ]
}

/** Nothing published is deleted: what a registry says of the version, the release says of itself. */
function releaseWayBack({ tag, distTag }: PlannedArtifact, survey: Survey): readonly CompensationStep[] {
  if (tag === null) return []
  const undoes = stepId.forgeRelease(tag)
  return [
    {
      id: stepId.withdrawRelease(tag),
      kind: 'withdraw_release',
      repo: survey.producer.name,
      action: `mark the release of ${tag} as withdrawn`,
      possible: true,
      undoes,
      begunBy: [undoes],
      to: distTag === null || distTag === 'unknown' ? null : distTag.before,
    },
  ]
}

function withdrawn(artifact: PlannedArtifact, begunBy: readonly string[]): readonly CompensationStep[] {
  const { name, version, distTag } = artifact
  if (distTag === null) return []
  return [
    moveDistTag(artifact, distTag, begunBy),
    {
      id: stepId.deprecate(name, version),
      kind: 'deprecate',
      repo: null,
      action: `deprecate ${name}@${version}`,
      possible: true,
      undoes: stepId.publish(name, version),
      begunBy,
      to: distTag === 'unknown' ? null : distTag.before,
    },
  ]
}

function moveDistTag(
  { name, version }: PlannedArtifact,
  distTag: NonNullable<PlannedArtifact['distTag']>,
  begunBy: readonly string[],
): CompensationStep {
  const undoes = stepId.publish(name, version)
  const staysAt = (action: string): CompensationStep => ({
    id: stepId.stays(`dist_tag:${name}`),
    kind: 'stays',
    repo: null,
    action,
    possible: false,
    undoes,
    begunBy,
    to: null,
  })
  if (distTag === 'unknown') return staysAt(`the dist-tags of ${name} stay: what they stood for is not known`)
  const { before } = distTag
  if (before === null || before === version) {
    const why = before === null ? 'it stood for nothing before' : 'what it stood for before is not known'
    return staysAt(`${distTag.name} of ${name} stays at ${version}: ${why}`)
  }
  return {
    id: stepId.distTag(name, distTag.name),
    kind: 'dist_tag',
    repo: null,
    action: `move ${distTag.name} of ${name} back from ${version} to ${before}`,
    possible: true,
    undoes,
    begunBy,
    to: before,
  }
}

function stays(
  undoes: string,
  said: Pick<CompensationStep, 'repo' | 'action'> & Partial<Pick<CompensationStep, 'begunBy'>>,
): CompensationStep {
  return {
    id: stepId.stays(undoes),
    kind: 'stays',
    begunBy: [undoes],
    ...said,
    possible: false,
    undoes,
    to: null,
  }
}
