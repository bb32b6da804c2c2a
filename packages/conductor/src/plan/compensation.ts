import type { CompensationStep } from '@conduct/core'
import { expandCommand, showCommand } from '../template.ts'
import type { FrozenConsumer, Survey } from '../context.ts'

/** The way back, in the order in which it would be gone: the last effect first. Nothing here is ever automatic. */
export function planCompensation(survey: Survey): readonly CompensationStep[] {
  return [
    ...survey.consumers.toReversed().flatMap((consumer) => consumerWayBack(consumer, survey)),
    ...(survey.catchUp ? [] : survey.artifacts.toReversed().flatMap(artifactWayBack)),
  ]
}

function consumerWayBack(frozen: FrozenConsumer, survey: Survey): readonly CompensationStep[] {
  const { consumer, name: repo } = frozen
  const steps: CompensationStep[] = []
  if (consumer.deploy.strategy.kind !== 'none') steps.push(redeploy(frozen))
  for (const setting of consumer.configure.toReversed()) {
    steps.push({
      repo,
      action:
        setting.undo === null
          ? `${setting.name} stays: no undo is declared`
          : `undo ${setting.name}: ${setting.secret ? '(secret)' : showCommand(setting.undo)}`,
      possible: setting.undo !== null,
    })
  }
  if (frozen.via !== 'none' && survey.artifacts.length > 0) {
    steps.push({ repo, action: `revert the adoption commit on ${frozen.main}`, possible: true })
  }
  return steps
}

function redeploy({ consumer, name: repo, previous }: FrozenConsumer): CompensationStep {
  const { rollback } = consumer.deploy
  if (previous === null) {
    return { repo, action: 'no rollback: what ran before this deploy is not known', possible: false }
  }
  if (rollback === null) {
    return { repo, action: `no rollback to ${previous}: none is declared`, possible: false }
  }
  const command = expandCommand(rollback, { previous_sha: previous, repo })
  return { repo, action: `deploy ${previous} again: ${showCommand(command)}`, possible: true }
}

function artifactWayBack(artifact: {
  name: string
  version: string
  tag: string | null
}): readonly CompensationStep[] {
  const { name, version, tag } = artifact
  return [
    { repo: null, action: `move the dist-tags of ${name} back from ${version}`, possible: true },
    { repo: null, action: `deprecate ${name}@${version}`, possible: true },
    { repo: null, action: `${name}@${version} stays published: nothing deletes it`, possible: false },
    ...(tag === null ? [] : [{ repo: null, action: `tag ${tag} stays: tags never move`, possible: false }]),
  ]
}
