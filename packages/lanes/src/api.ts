import type { ClaimId, Clock, EmitEvent, Identity, RunId } from '@conduct/core'
import type { LaneDefinition, ProcessIdentity, Proceeded, WhenHeld } from './document.ts'
import type { LaneStats } from './core/lane-stats.ts'
import type { HistoryRecord } from './history-record.ts'
import type { Estimate, HeldBy, LaneView } from './lane-views.ts'
import type { CoalescedWith, Conclusion, RefusalReason } from './operation.ts'
import type { Store } from './store.ts'

/**
 * Lane engine: gives a limited number of holders the right to change a resource.
 *
 * Promise: every grant of a resource has a greater fencing token than all grants before it, on any store.
 * Not promised: stopping a process that ignores its token; the target must refuse old tokens.
 */
export interface OpenLanesOptions {
  readonly store: Store
  /** Of no use here: the store knows its estate. */
  readonly estate?: string
  /** In the order of lanes.yaml: several lanes are taken in this order only. */
  readonly definitions: ReadonlyMap<string, LaneDefinition>
  readonly identity: Identity
  readonly clock: Clock
  readonly emit?: EmitEvent
  /** Secret of the parent claim (`CONDUCT_CLAIM`), where this process is a child of a holder. */
  readonly parentClaim?: string
  /**
   * Where attended leases are renewed: in a worker thread that opens the store from its address (default), or on
   * the main loop, for clocks and stores that exist in this process only.
   */
  readonly renewal?: 'worker' | 'inline'
}

export interface Lanes {
  lane(name: string): Lane
  names(): readonly string[]
}

export interface AcquireOptions {
  readonly resources: readonly string[]
  /** Who asks, where it is not who opened the lanes: a server asks for many. */
  readonly identity?: Identity
  readonly task?: string
  readonly reason?: string
  readonly contact?: string
  readonly etaMs?: number
  readonly session?: string
  /** Overrides the lane's own `when_held` for this call. */
  readonly whenHeld?: WhenHeld
  /** 0 asks once and keeps the place in line; more waits that long for the turn. */
  readonly waitMsMax: number
  /** Attended: the lease renews itself in a worker while this process is alive. */
  readonly attended: boolean
  /** The process whose death ends an attended claim; default: this one. */
  readonly process?: ProcessIdentity
  readonly run?: RunId
  /**
   * The pull request (`repo#number`) that an unattended claim lives with; a claim one has already is bound to it from
   * now on.
   */
  readonly untilMerged?: string
  /**
   * Durable key of what triggers this: the same key gets one claim, however often and from wherever it comes; all others are
   * `skipped` because `coalesced`, also after the lane was handed back. A claim that ended otherwise makes it free again.
   * Whoever has the claim goes on with its secret, without the key.
   */
  readonly key?: string
  /**
   * Take the claim of this run, wherever it is: a parked place, a place in line, a kept lease of a stopped or
   * provably dead run. It stands first in line. While that run's own lease may be live elsewhere it is waited for,
   * then refused (`run_is_live`).
   */
  readonly resumes?: RunId
  /** How long a live lease of the run that is resumed is waited for; default `waitMsMax`. */
  readonly formerMsMax?: number
  /** Proves an existing claim: asking again with it returns the claim one has. */
  readonly secret?: string
  readonly signal?: AbortSignal
}

export type AcquireResult =
  | { readonly outcome: 'granted'; readonly lease: Lease }
  | {
      readonly outcome: 'queued'
      readonly claim: ClaimId
      /** Secret that proves the place in line; an unattended caller stores it. */
      readonly secret: string
      readonly resources: readonly string[]
      readonly position: number
      readonly holder: HeldBy | null
      readonly blockers: readonly HeldBy[]
      readonly estimate: Estimate | null
    }
  | {
      readonly outcome: 'skipped' | 'refused'
      readonly because: RefusalCause
      /** For people, one sentence. */
      readonly reason: string
      readonly resources: readonly string[]
      readonly holder: HeldBy | null
      readonly blockers: readonly HeldBy[]
      readonly estimate: Estimate | null
      /** Where `because` is `coalesced`. */
      readonly coalescedWith?: CoalescedWith
    }

/**
 * Why there is no place: `beyond_parent` asks for more than the parent's claim covers, `claim_ended` lost its place
 * while it waited.
 */
export type RefusalCause = RefusalReason | 'beyond_parent' | 'claim_ended'

/** Proof that a claim is ours. */
export interface ClaimProof {
  readonly claim: ClaimId
  readonly secret: string
}

export interface Lane {
  readonly name: string
  /**
   * Held is an answer: `queued`, `skipped` and `refused` are outcomes.
   *
   * @throws ConductError LANE_REQUEST, LANE_ORDER (2), NOT_A_HOLDER (6), STORE_UNREACHABLE (30): the claim may or may
   *   not have been written; asking again, with the same secret where one was given, settles it.
   */
  acquire(options: AcquireOptions): Promise<AcquireResult>
  /** Renews an unattended lease; @throws ConductError LEASE_LOST (11) when it is no longer ours. */
  renew(proof: ClaimProof): Promise<{ readonly expiresAt: string; readonly token: number }>
  /** Releasing what is not held changes nothing and says so. */
  release(proof: ClaimProof): Promise<'released' | 'not_held'>
  leave(proof: ClaimProof): Promise<'left' | 'not_waiting'>
  /**
   * Ends an unattended claim whose task or pull request is over, as the caller has just seen. Whatever is not exactly
   * that claim, or has a process behind it, stays.
   */
  conclude(options: {
    readonly claim: ClaimId
    /** Null for a place in line. */
    readonly token: number | null
    readonly because: Conclusion
  }): Promise<'concluded' | 'unchanged'>
  /** Says what went on while the store was away; the same note is written down once. */
  recordProceeded(note: Proceeded): Promise<'recorded' | 'known'>
  inspect(): Promise<LaneView>
  history(options?: { readonly fromSeq?: number; readonly limit?: number }): Promise<readonly HistoryRecord[]>
  /** How the lane was used in the last `windowMs` milliseconds (default: 30 days), from its history. */
  stats(options?: { readonly windowMs?: number }): Promise<LaneStats>
  /** Replays the log and compares its chain and its result with the document. */
  verifyHistory(): Promise<{
    readonly isIntact: boolean
    readonly problem: string | null
    readonly records: number
  }>
  // Captains. @throws ConductError NOT_CAPTAIN (6).
  move(claim: ClaimId, to: { readonly before: ClaimId } | 'first'): Promise<void>
  pause(options: {
    readonly claim?: ClaimId
    readonly reason: string
    readonly untilMs?: number
  }): Promise<void>
  unpause(options: { readonly claim?: ClaimId }): Promise<void>
  assign(options: {
    readonly holder: string
    readonly resources: readonly string[]
    readonly forMs: number
  }): Promise<{ readonly claim: ClaimId }>
  apply(definition: LaneDefinition): Promise<'applied' | 'unchanged'>
  forceRelease(options: {
    readonly token: number
    /** Needed only where two claims carry that token. */
    readonly claim?: ClaimId
    readonly reason: string
  }): Promise<{ readonly claim: ClaimId }>
  /**
   * After its store went back (STORE_BEHIND): ends whatever is held, keeps the line, and goes on under tokens above
   * all that were ever granted. Where nothing known here shows that it went back, only with `force`.
   */
  recover(options: { readonly reason: string; readonly force?: boolean }): Promise<Recovery>
  // Runs.
  /** Gives the lane back and keeps a place that blocks nobody until `acquire({resumes})`. */
  park(lease: Lease): Promise<void>
  note(options: { readonly run: RunId; readonly text: string }): Promise<void>
  clearNote(run: RunId): Promise<void>
}

export interface Recovery {
  readonly outcome: 'recovered' | 'unchanged'
  /** What shows that the store went back, the rest of a sentence; null: nothing does. */
  readonly because: string | null
  readonly epoch: number
  /** What was held or offered until now. */
  readonly ended: readonly {
    readonly claim: ClaimId
    readonly holder: string
    readonly resources: readonly string[]
    readonly token: number
  }[]
  /** How many kept their place in line. */
  readonly waiting: number
  /** So long nothing is granted: whom the store forgot finds out meanwhile. */
  readonly quietMs: number
}

export interface Lease extends AsyncDisposable {
  readonly claim: ClaimId
  readonly secret: string
  readonly lane: string
  readonly resources: readonly string[]
  readonly token: number
  readonly grantedAt: string
  readonly waitedMs: number
  /** For unattended leases, when it ends unless renewed. */
  readonly expiresAt: string
  /** Aborts when the lease is lost, with a ConductError LEASE_LOST as reason. */
  readonly signal: AbortSignal
  isHeld(): boolean
  /** Until when the lease is surely ours, as of now; renewals move it. */
  deadline(): LeaseDeadline
  /**
   * Runs one effect under the lease: checks the deadline synchronously right before `run`, with nothing awaited
   * in between; refuses an effect that could outlive the deadline unless renewal is running.
   *
   * @param effect.renewFirst renew once more before the check (irreversible effects).
   * @param effect.beforeAct last words before the synchronous check: the intent goes into the journal here.
   * @throws ConductError LEASE_LOST (11) and `run` was not called.
   */
  guard<Result>(
    effect: {
      readonly name: string
      readonly timeoutMs: number
      readonly renewFirst?: boolean
      readonly beforeAct?: () => Promise<void>
    },
    run: (context: { readonly token: number; readonly signal: AbortSignal }) => Promise<Result>,
  ): Promise<Result>
  /** From now on never taken over as dead; disposing no longer releases. */
  keep(options: { readonly reason: string }): Promise<void>
  /** The run stops but keeps the lane: renewal ends, `acquire({resumes})` takes it at once. */
  stop(options: { readonly reason: string }): Promise<void>
  /** @param options.isUndone what triggered it (`key`) was not done, and may ask again. */
  release(options?: { readonly isUndone?: boolean }): Promise<'released' | 'not_held'>
}

/** On the host's clocks, the same in all its processes (`systemClock`). */
export interface LeaseDeadline {
  readonly monotonicMs: number
  readonly bootMs: number
  /** Whatever runs under the lease is stopped from so long before the deadline. */
  readonly stopMs: number
}
