import type { CheckedArtifact } from '../context.ts'
import {
  type Journey,
  type PhaseOutcome,
  type TrainPhase,
  artifactsOf,
  surveyOf,
  travelOf,
} from '../journey.ts'
import { maybeStaged, stagedBefore } from '../journal/begun.ts'
import { publishByWorkflow } from '../publish/by-workflow.ts'
import { commandStep, commandWorkplace } from '../publish/command-step.ts'
import { type Waiting, handOver } from '../publish/hand-over.ts'
import { nextToPublish } from '../publish/order.ts'
import { publishStep, surveyed } from '../publish/publish-step.ts'
import { releaseStep } from '../publish/release-step.ts'
import { stageStep } from '../publish/stage-step.ts'
import { tagStep } from '../publish/tag-step.ts'
import { takeStep } from '../step.ts'
import { stepId } from '../step-id.ts'
import { openWorkplace } from '../workplace.ts'

/**
 * To the registry in dependency order, exactly the bytes that were checked; each tag after its proof. What is staged
 * waits, all of it at once, for one person.
 */
export const publish: TrainPhase = {
  name: 'publish',
  per: 'train',
  run: async (journey) => {
    if (surveyOf(journey).catchUp) {
      return { outcome: 'skipped', summary: 'a catch-up train publishes nothing' }
    }
    const artifacts = artifactsOf(journey)
    if (artifacts.length === 0) return { outcome: 'skipped', summary: 'the train has no library' }
    const { publish: how } = journey.context.train.producer
    if (typeof how === 'object' && 'workflow' in how) {
      const proved = await publishByWorkflow(journey, artifacts, how.workflow)
      journey.luggage.artifacts = proved
      await tagAll(journey, proved)
    } else {
      const waits = await publishAll(journey, artifacts)
      if (waits !== null) return waits
    }
    const names = artifacts.map(({ name, version }) => `${name} ${version}`)
    return { outcome: 'done', summary: names.join(', ') }
  },
}

/** @returns null when everything is live. */
async function publishAll(
  journey: Journey,
  artifacts: readonly CheckedArtifact[],
): Promise<PhaseOutcome | null> {
  const live = new Set<string>()
  const waiting = new Map<string, Waiting>()
  for (;;) {
    const artifact = nextToPublish(artifacts, { live, waiting: new Set(waiting.keys()) })
    if (artifact === null) {
      if (waiting.size === 0) return null
      const ordered = artifacts.flatMap(({ name }) => waiting.get(name) ?? [])
      const handed = await handOver(journey, ordered)
      if (handed.outcome === 'waiting') return handed
      for (const { name } of handed.artifacts) waiting.delete(name)
      await tagAll(journey, handed.artifacts)
      for (const { name } of handed.artifacts) live.add(name)
      continue
    }
    const staged = artifact.staged ? await stage(journey, artifact) : null
    if (staged !== null) {
      waiting.set(artifact.name, staged)
      continue
    }
    await publishOne(journey, artifact)
    live.add(artifact.name)
  }
}

/** @returns null when somebody else made it live: then it is only looked at, as any other. */
async function stage(journey: Journey, artifact: CheckedArtifact): Promise<Waiting | null> {
  const { name, version } = artifact
  const before = stagedBefore(journey.journal.records(), stepId.stage(name, version))
  // What was staged once is never staged again by itself: whoever threw it away meant it.
  if (before !== null) return { artifact, stageId: before.stageId }
  await using workplace = openWorkplace(surveyed(journey))
  const { facts } = await takeStep(travelOf(journey), stageStep(journey, artifact, workplace))
  const stageId = typeof facts['stageId'] === 'string' ? facts['stageId'] : null
  const isOurs = maybeStaged(journey.journal.records(), stepId.stage(name, version))
  return stageId !== null || isOurs ? { artifact, stageId } : null
}

async function publishOne(journey: Journey, artifact: CheckedArtifact): Promise<void> {
  const { command } = artifact
  await using workplace = command === null ? openWorkplace(surveyed(journey)) : commandWorkplace(journey)
  const step =
    command === null
      ? publishStep(journey, artifact, workplace)
      : commandStep(journey, { ...artifact, command }, workplace)
  await takeStep(travelOf(journey), step)
  await tagAll(journey, [artifact])
}

async function tagAll(journey: Journey, artifacts: readonly CheckedArtifact[]): Promise<void> {
  for (const artifact of artifacts) {
    const { tag } = artifact
    if (tag === null) continue
    await takeStep(travelOf(journey), tagStep(journey, artifact, tag))
    if (!journey.context.train.forgeRelease) continue
    await takeStep(travelOf(journey), releaseStep(journey, artifact, tag))
  }
}
