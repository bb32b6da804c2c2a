import type { RunId } from '@conduct/core'
import { elapsedMs, type Watch } from '../core/time.ts'
import type { HeldClaim } from '../document.ts'
import { isProvedDead } from '../host/process-identity.ts'
import { documentId, type LaneCalls, readLane, withStored } from './lane-calls.ts'
import { watchOf } from './observation.ts'
import { lookUntil, pollMs } from './patient-looks.ts'
import { retrying } from './retrying.ts'

interface Wait {
  readonly run: RunId
  /** On the clock of the calls. */
  readonly endMs: number
  readonly signal?: AbortSignal
  /** The older writer stands in the way, for at most so long unless it renews. */
  readonly onHeld: (held: HeldClaim, leftMs: number) => void
}

/**
 * Waits while an older writer of a run may still be at work: until it has stopped, is proved dead, or has not renewed
 * for ttl + margin, as seen from here. Only looks: a run has one claim, and asking for a second one every time would
 * write down one refusal after the other.
 *
 * @returns `over`: asking again is worth it; `late`: time is up.
 */
export async function waitForFormer(declared: LaneCalls, wait: Wait): Promise<'over' | 'late'> {
  const { clock, store } = declared
  const seen = { renewal: '', looks: 0 }
  const look = async (): Promise<'over' | 'late' | null> => {
    const stored = await readLane(declared)
    const calls = withStored(declared, stored?.document ?? null)
    const now = await retrying(calls, () => store.register.now())
    const watch = watchOf(store, { lane: calls.lane, document: stored?.document ?? null, now })
    const held = stored?.document.holders.find((holder) => holder.run === wait.run)
    if (held === undefined || isFree(held, watch)) return 'over'
    // Of another boot, on a store whose times compare: the next write starts its time anew, so one has to be made.
    if (seen.looks > 0 && watch.firstSeenMs === undefined && held.renewedAt.era !== now.era) return 'over'
    seen.looks += 1
    const renewal = `${held.claim} ${held.renewedAt.era} ${held.renewedAt.ms}`
    if (renewal !== seen.renewal) {
      seen.renewal = renewal
      wait.onHeld(held, held.ttlMs + held.marginMs - elapsedMs(held.renewedAt, watch))
    }
    const leftMs = wait.endMs - clock.monotonicMs()
    if (leftMs <= 0) return 'late'
    const timeoutMs = Math.min(leftMs, pollMs(calls))
    const version = stored?.version ?? 0
    await retrying(calls, () =>
      store.register.changed(documentId(calls.lane), {
        version,
        timeoutMs,
        ...(wait.signal === undefined ? {} : { signal: wait.signal }),
      }),
    )
    return null
  }
  return lookUntil(declared, look, wait.signal)
}

/** Its own run may take it up now. */
function isFree(held: HeldClaim, watch: Watch): boolean {
  if (held.state === 'offered' || held.kept?.stopped === true) return true
  if (held.attended && held.process !== null && isProvedDead(held.process)) return true
  return elapsedMs(held.renewedAt, watch) >= held.ttlMs + held.marginMs
}
