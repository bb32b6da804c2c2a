import type { Clock } from '@conduct/core'
import { systemClock } from '@conduct/lanes/engine'

/** What is waited for may come from another process, so that a rest is never none at all. */
const restMsMax = 20

/**
 * The host's time for somebody who does not rest between two looks: a rest is cut short and counts as if it had been
 * taken, so that whatever waits gives up after as many looks as ever. Timeouts and the time of day are the host's.
 */
export function hastyClock(): Clock {
  let skippedMs = 0
  return {
    ...systemClock,
    monotonicMs: () => systemClock.monotonicMs() + skippedMs,
    async sleep(ms, signal) {
      const restMs = Math.min(ms, restMsMax)
      await systemClock.sleep(restMs, signal)
      skippedMs += ms - restMs
    },
  }
}
