/**
 * The held state of a claim, in the hands of this process. Use it with `await using`: leaving the block hands the
 * lane back, unless `keep` was called.
 *
 * Promise: `token` exceeds every token that any of the lease's resources was ever granted with. Not promised:
 * stopping work that ignores its token; the target of an effect must refuse tokens older than it has seen.
 */
export interface Lease extends AsyncDisposable {
  readonly claim: string
  /** Proves the claim, to `lane.renew` and `lane.release` and to child processes (`CONDUCT_CLAIM`). Keep it private. */
  readonly secret: string
  readonly lane: string
  readonly resources: readonly string[]
  /** The fencing token: hand it to the target with every effect. */
  readonly token: number
  /** RFC 3339 UTC, by the store. */
  readonly grantedAt: string
  readonly waitedMs: number
  /** RFC 3339 UTC: until when an unattended lease lasts unless renewed; an attended one renews itself. */
  readonly expiresAt: string
  /** Aborts when the lease is lost; its reason is a ConductError LEASE_LOST. Pass it to everything that can stop. */
  readonly signal: AbortSignal
  /** Checked now, on this host's clocks: false from the deadline on, whatever timers did. */
  isHeld(): boolean
  /**
   * Runs one effect under the lease. The deadline is checked in the same turn of the event loop in which `run` is
   * called; an effect that could outlive the lease is not started unless the lease is being renewed.
   *
   * @param effect.timeoutMs how long it takes at most, in milliseconds. It is the caller's to enforce.
   * @param effect.renewFirst renew once more before the check: for what cannot be undone.
   * @param effect.beforeAct last words before the check, as an intent written into a journal.
   * @returns what `run` returns.
   * @throws ConductError LEASE_LOST, LEASE_TOO_SHORT  and `run` was not called.
   * @throws ConductError STORE_UNREACHABLE  `renewFirst` got no answer, and `run` was not called.
   * Source: fencing as in Kleppmann, "How to do distributed locking" (2016).
   */
  guard<Result>(effect: Effect, run: (context: EffectContext) => Promise<Result>): Promise<Result>
  /**
   * From now on the lease is never taken over as that of a dead process, and disposing does not release it: it ends
   * by `release`, or when it was not renewed for its ttl and margin.
   *
   * @throws ConductError LEASE_LOST, STORE_UNREACHABLE
   */
  keep(options: { readonly reason: string }): Promise<void>
  /**
   * Waits for running effects, then hands the lane back. Releasing what is not held changes nothing and says so.
   *
   * @param options.isUndone what triggered it (`key`) was not done, and may ask again.
   */
  release(options?: { readonly isUndone?: boolean }): Promise<'released' | 'not_held'>
}

export interface Effect {
  /** For messages. */
  readonly name: string
  readonly timeoutMs: number
  readonly renewFirst?: boolean
  readonly beforeAct?: () => Promise<void>
}

export interface EffectContext {
  readonly token: number
  /** Aborts while the effect runs, when the lease is lost. */
  readonly signal: AbortSignal
}
