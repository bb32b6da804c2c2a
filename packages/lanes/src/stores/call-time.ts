import { setTimeout as delay } from 'node:timers/promises'
import { ConductError } from '@conduct/core'

/**
 * The time one call of a store has. Each request in it gets half of what is left, so that after one that hangs there
 * is time to find out what became of it.
 */
export interface CallTime {
  /** @throws ConductError STORE_UNREACHABLE  nothing is left. */
  requestMs(): number
  /** Waits between half of it and the whole, never longer than is left. */
  pause(ms: number): Promise<void>
}

/** Of what is left, for one request; but so much at least, while there is any. */
const shareOfRequest = 0.5
const requestMsMin = 200

export function startCallTime(options: { readonly callMsMax: number; readonly shown: string }): CallTime {
  const { callMsMax, shown } = options
  const endMs = performance.now() + callMsMax
  return {
    requestMs: () => {
      const leftMs = endMs - performance.now()
      if (leftMs <= 0) {
        throw new ConductError(
          'STORE_UNREACHABLE',
          `The store ${shown} did not answer within ${callMsMax} ms.`,
        )
      }
      return Math.min(leftMs, Math.max(requestMsMin, leftMs * shareOfRequest))
    },
    pause: async (ms) => {
      const leftMs = Math.max(0, endMs - performance.now())
      await delay(Math.min(leftMs, ms * (0.5 + Math.random() / 2)))
    },
  }
}
