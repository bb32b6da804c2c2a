import { runEffect } from '../crash-points.ts'
import { type TrainPhase, travelOf } from '../journey.ts'

/** Writes down that the run is undone and hands the lane to the next in line, its note with it. */
export const endWayBack: TrainPhase = {
  name: 'report',
  per: 'train',
  run: async (journey) => {
    const { context, journal, lane, run } = journey
    const { lease } = travelOf(journey)
    await runEffect(context.hit, 'release', {
      act: async () => {
        await lane.clearNote(run)
        await lease.release()
      },
      prove: () =>
        journal.append({
          type: 'compensated',
          by: context.identity.holder,
          forgeRequests: context.forgeRequests(),
        }),
    })
    return { outcome: 'done', summary: `${lane.name} goes to the next in line` }
  },
}
