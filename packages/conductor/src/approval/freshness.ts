import type { Approval } from '@conduct/core'

/** Clocks of two machines may be this far apart before an approval counts as one from the future. */
const skewMsMax = 5 * 60_000

export type Freshness =
  | { readonly isFresh: true; readonly untilMs: number }
  | { readonly isFresh: false; readonly because: string }

/**
 * Whether an approval is still good. It expires when it says so, and at the latest when lanes.yaml says so: nobody
 * gives one that lasts for ever. Pure.
 *
 * @param nowMs time of day of the store, which is one clock for all who approve and run where the store has one.
 */
export function freshnessOf(
  approval: Pick<Approval, 'at' | 'expiresAt'>,
  options: { readonly expiresMs: number; readonly nowMs: number },
): Freshness {
  const atMs = Date.parse(approval.at)
  const untilMs = Math.min(Date.parse(approval.expiresAt), atMs + options.expiresMs)
  if (!Number.isFinite(atMs) || !Number.isFinite(untilMs)) {
    return { isFresh: false, because: 'it does not say when it was given and how long it is good' }
  }
  if (atMs > options.nowMs + skewMsMax) {
    return { isFresh: false, because: `by the store's clock ${approval.at} is still to come` }
  }
  if (options.nowMs >= untilMs) {
    return { isFresh: false, because: `it expired at ${new Date(untilMs).toISOString()}` }
  }
  return { isFresh: true, untilMs }
}
