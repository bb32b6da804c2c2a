import { isConductError } from '@conduct/core'
import type { CommitVerdict, RepoAtForge } from '@conduct/forge'
import { askUntil } from '../backoff.ts'
import type { FrozenConsumer } from '../context.ts'
import { type ConsumerJourney, travelOf } from '../journey.ts'

const firstWaitMs = 1_000
const longestWaitMs = 30_000

/** CI needs its time with a head that main has just got; what it says then, preflight judges. */
export async function awaitJudged(traveller: ConsumerJourney, fresh: FrozenConsumer): Promise<void> {
  const { journey, name } = traveller
  const { clock } = journey.context
  const at = await forgeOf(traveller)
  if (at === null) return
  const travel = travelOf(journey)
  const { withinMs } = fresh.consumer.adopt
  await askUntil(
    { clock, withinMs, firstMs: firstWaitMs, mostMs: longestWaitMs, signal: travel.signal },
    async () => {
      travel.throwIfStopped()
      const verdict = await at.repository.readVerdict({ commit: fresh.commit, branch: fresh.main })
      if (!isStillToCome(verdict)) return verdict
      journey.context.emit({ type: 'progress', message: `${name}: waits for checks of ${fresh.commit}` })
      return null
    },
  )
}

/** Without a way to ask there is nothing to wait for: preflight says so by its own row. */
async function forgeOf({ journey, name }: ConsumerJourney): Promise<RepoAtForge | null> {
  try {
    return await journey.context.forge(name)
  } catch (error) {
    if (isConductError(error, 'FORGE_CREDENTIALS')) return null
    throw error
  }
}

function isStillToCome(verdict: CommitVerdict): boolean {
  return verdict.verdict === 'pending' || (verdict.verdict === 'none' && verdict.judgeable.can === 'yes')
}
