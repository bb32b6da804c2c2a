import type { PlannedStep } from '@conduct/core'
import type { Action } from '@conduct/config'
import type { PlannedArtifact } from '../context.ts'
import { stepId } from '../step-id.ts'
import { showCommand } from '../template.ts'
import type { PlanFacts } from './plan-facts.ts'
import { quiet } from './quiet-step.ts'

/** The dispatch of the workflow that publishes, where one is declared. */
export function dispatchSteps(
  { survey, train }: PlanFacts,
  approved: ReadonlySet<Action>,
): readonly PlannedStep[] {
  const workflow = workflowOf(train)
  if (workflow === null) return []
  return [
    {
      id: stepId.publishWorkflow(workflow),
      phase: 'publish',
      kind: 'publish_workflow',
      repo: survey.producer.name,
      action: `dispatch ${workflow} at ${survey.producer.commit.slice(0, 7)}`,
      irreversible: true,
      expect: `${survey.producer.main} at ${survey.producer.commit}`,
      goal: 'one run of it that shows the id of this run',
      needsApproval: approved.has('publish'),
    },
  ]
}

function workflowOf({ producer: { publish } }: PlanFacts['train']): string | null {
  return publish === 'infer' || !('workflow' in publish) ? null : publish.workflow
}

function publishAction(artifact: PlannedArtifact, train: PlanFacts['train']): string {
  const { name, version, registry, staged, command } = artifact
  const workflow = workflowOf(train)
  if (workflow !== null) return `${workflow} publishes ${name}@${version} to ${registry}`
  if (command !== null) return `publish ${name}@${version} by ${showCommand(command)}`
  if (staged) return `approval of ${name}@${version} at ${registry} by a person`
  return `publish ${name}@${version} to ${registry}`
}

export function publishSteps(
  artifact: PlannedArtifact,
  { survey, train }: PlanFacts,
  approved: ReadonlySet<Action>,
): readonly PlannedStep[] {
  const { name, version, tag } = artifact
  const common = {
    phase: 'publish',
    repo: survey.producer.name,
    irreversible: true,
    needsApproval: approved.has('publish'),
  } as const
  const publish: PlannedStep = {
    ...common,
    id: stepId.publish(name, version),
    kind: 'publish',
    action: publishAction(artifact, train),
    expect: `${name}@${version} is not live`,
    goal: !artifact.isPacked
      ? `${name}@${version} is live, as the declared command shows it`
      : workflowOf(train) === null
        ? `${name}@${version} is live with the integrity of what was packed`
        : `${name}@${version} is live with the integrity of what was packed, or proved to be built from ${survey.producer.commit}`,
  }
  const published = artifact.staged ? [stageStep(artifact, survey.producer.name), publish] : [publish]
  if (tag === null) return published
  const commit = survey.producer.commit
  return [
    ...published,
    {
      ...common,
      id: stepId.tag(tag),
      kind: 'tag',
      action: `tag ${commit.slice(0, 7)} as ${tag}`,
      expect: `no tag ${tag} at the remote`,
      goal: `${tag} stands for ${commit}`,
    },
    ...(train.forgeRelease
      ? [
          {
            ...common,
            id: stepId.forgeRelease(tag),
            kind: 'forge_release',
            action: `release ${tag} at the forge of ${survey.producer.name}`,
            expect: `${tag} has no release`,
            goal: `one release of ${tag}`,
          },
        ]
      : []),
  ]
}

function stageStep({ name, version, registry }: PlannedArtifact, repo: string): PlannedStep {
  return {
    ...quiet(
      'publish',
      'stage',
      stepId.stage(name, version),
      repo,
      `stage ${name}@${version} at ${registry}`,
    ),
    expect: `${name}@${version} is neither staged nor live`,
    goal: `${name}@${version} is staged with the integrity of what was packed`,
  }
}
