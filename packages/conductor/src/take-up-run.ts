import type { Clock } from '@conduct/core'
import type { AcquireOptions, AcquireResult, Lane } from '@conduct/lanes/engine'

/** A process that was killed needs a moment to be gone, and its commands with it. */
const endingMsMax = 5000
const askAgainMs = 200

/**
 * Takes whatever claim a run has: parked, in line, kept, or dead. It is refused while an older writer of the run
 * still holds the lane, even where waiting is allowed: that one may be about to end, or stand still until its lease
 * lapses, so that it is asked again for as long as the caller waits.
 */
export async function takeUpRun(
  lane: Lane,
  options: AcquireOptions & { readonly clock: Clock },
): Promise<AcquireResult> {
  const { clock, ...ask } = options
  const endsAtMs = clock.monotonicMs() + Math.max(ask.waitMsMax, endingMsMax)
  for (;;) {
    const result = await lane.acquire(ask)
    const isLive = result.outcome === 'refused' && result.because === 'run_is_live'
    if (!isLive || clock.monotonicMs() >= endsAtMs) return result
    await clock.sleep(askAgainMs, ask.signal)
  }
}
