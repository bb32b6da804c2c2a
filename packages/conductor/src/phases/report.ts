import { runEffect } from '../crash-points.ts'
import { type TrainPhase, noteLooked, travelOf } from '../journey.ts'
import { stepId } from '../step-id.ts'

/**
 * Writes down the end and hands the lane to the next in line. The lane goes first: a run that dies in between is
 * found running with everything at its goal, and its resume ends it.
 */
export const report: TrainPhase = {
  name: 'report',
  per: 'train',
  run: async (journey) => {
    const { context, journal, lane, run } = journey
    const { lease } = travelOf(journey)
    const startedAtMs = context.clock.wallMs()
    await noteLooked(
      journey,
      startedAtMs,
      [
        {
          id: stepId.report(),
          kind: 'report',
          action: 'write the report',
          evidence: 'everything is in the journal',
        },
        {
          id: stepId.release(lane.name),
          kind: 'release',
          action: `hand ${lane.name} to the next in line`,
          evidence: `token ${lease.token} is given back`,
        },
      ].map(({ evidence, ...step }) => ({
        step: { ...step, phase: 'report', repo: null, irreversible: false },
        state: 'done',
        evidence,
        facts: {},
      })),
    )
    await runEffect(context.hit, 'release', {
      act: async () => {
        await lane.clearNote(run)
        await lease.release()
      },
      prove: () => journal.append({ type: 'closed', forgeRequests: context.forgeRequests() }),
    })
    return { outcome: 'done', summary: `${lane.name} goes to the next in line` }
  },
}
