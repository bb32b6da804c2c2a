import { isConductError } from '@conduct/core'
import type { LaneCalls } from './lane-calls.ts'

/** So many looks in a row may fail to reach the store; what is waited for outlives them. */
export const unreachableMax = 5

/** Looks at a lane until there is an answer; `look` makes the pause between two of them. */
export async function lookUntil<Answer>(
  calls: LaneCalls,
  look: () => Promise<Answer | null>,
  signal?: AbortSignal,
): Promise<Answer> {
  let failures = 0
  for (;;) {
    signal?.throwIfAborted()
    try {
      const answer = await look()
      if (answer !== null) return answer
      failures = 0
    } catch (error) {
      failures += 1
      if (!isConductError(error, 'STORE_UNREACHABLE') || failures > unreachableMax) throw error
      await calls.clock.sleep(pollMs(calls), signal)
    }
  }
}

export function pollMs({ definition, store }: LaneCalls): number {
  return Math.min(store.pollMs, definition.renewMs / 2)
}
