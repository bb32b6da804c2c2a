import type { SurveyOptions } from '../context.ts'
import { type Journey, type TrainPhase, noteLooked, travelOf } from '../journey.ts'
import { stepId } from '../step-id.ts'
import { surveyTrain } from '../survey/survey-train.ts'
import { hasBegunPublishing } from '../journal/begun.ts'

/** Fetches every affected repo and freezes one commit of each. */
export const survey: TrainPhase = {
  name: 'survey',
  per: 'train',
  run: async (journey) => {
    const startedAtMs = journey.context.clock.wallMs()
    travelOf(journey).throwIfStopped()

    const frozen = await surveyTrain(journey.context, surveyOptions(journey))

    journey.luggage.survey = frozen
    const repos = [frozen.producer, ...frozen.consumers]
    await noteLooked(
      journey,
      startedAtMs,
      repos.map(({ name, commit, main }) => ({
        step: {
          id: stepId.survey(name),
          phase: 'survey',
          kind: 'survey',
          repo: name,
          action: `freeze ${name}`,
          irreversible: false,
        },
        state: 'done',
        evidence: `${main} at ${commit}`,
        facts: { commit },
      })),
    )
    return { outcome: 'done', summary: `${repos.length} repos frozen` }
  },
}

/** A run that has begun goes on with the producer's commit and the targets' state it was approved for. */
function surveyOptions(journey: Journey): SurveyOptions {
  const { request, journal, ask } = journey
  const { begun } = journey.luggage
  const base = {
    ...(request.only === null ? {} : { only: request.only }),
    ...(request.version === null ? {} : { version: request.version }),
  }
  if (begun === null) return base
  const pinned = { ...base, producerCommit: begun.basis.producer.commit }
  if (!ask.replan) {
    const bound = begun.basis.consumers.map(
      ({ repo, adopt, deploy }) => [repo, { via: adopt.via, previous: deploy.previous }] as const,
    )
    return { ...pinned, bound: new Map(bound) }
  }
  return hasBegunPublishing(journal.records()) ? pinned : base
}
