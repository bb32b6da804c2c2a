import type { CommitId } from '@conduct/core'
import { askUntil } from '../backoff.ts'
import { type Proposer, travelOf } from '../journey.ts'
import { isAncestor } from './follow-main.ts'

/** What the forge has merged, git shows a moment later. */
const mergeShownMsMax = 60_000
const firstWaitMs = 250
const longestWaitMs = 5_000

/** Whether main at the remote has the commit that the forge says it made. */
export async function isShown(traveller: Proposer, merged: CommitId): Promise<boolean> {
  const { consumer, journey } = traveller
  const { clock } = journey.context
  const { signal } = travelOf(journey)
  const shown = await askUntil(
    { clock, withinMs: mergeShownMsMax, firstMs: firstWaitMs, mostMs: longestWaitMs, signal },
    async () => {
      const head = await consumer.mirror.remoteHead(consumer.main)
      if (head === null) return null
      await consumer.mirror.fetch()
      return (await isAncestor(consumer, merged, head)) ? true : null
    },
  )
  return shown === true
}
