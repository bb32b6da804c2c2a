import type { RefusalCause } from '../api.ts'
import type { Estimate, HeldBy, LaneView as EngineLaneView } from '../lane-views.ts'
import type { LaneStats } from '../core/lane-stats.ts'
import type { LaneDefinition } from '../document.ts'
import type { HistoryEffect } from '../history-record.ts'
import type { LaneOperation } from '../operation.ts'
import type { Lease } from './lease.ts'

/** A named right to change one class of shared state, with a limited number of holders and a line of waiters. */
export interface Lane {
  readonly name: string
  /**
   * Takes every resource together, or none. Held is an answer and no error.
   *
   * @throws ConductError LANE_REQUEST  the resources do not fit the scope of the lane; LANE_ORDER  a later lane is
   *   held; NOT_A_HOLDER  the lane names who may hold it; STORE_UNREACHABLE  the claim may or may not have been
   *   written: asking the same again settles it.
   */
  acquire(options?: AcquireOptions): Promise<AcquireResult>
  /**
   * Renews an unattended lease, or takes a turn that was offered to a queued claim.
   *
   * @throws ConductError LEASE_LOST, STORE_UNREACHABLE
   */
  renew(proof: ClaimProof): Promise<{ readonly expiresAt: string; readonly token: number }>
  release(proof: ClaimProof): Promise<'released' | 'not_held'>
  /** Gives up a place in line. */
  leave(proof: ClaimProof): Promise<'left' | 'not_waiting'>
  /**
   * Who holds the lane, the line with positions, who is in whose way, and estimates.
   *
   * @throws ConductError STORE_UNREACHABLE  nothing is known then: neither held nor free.
   */
  inspect(): Promise<LaneView>
  /** Decisions, oldest first; renewals are not among them. */
  history(options?: { readonly fromSeq?: number; readonly limit?: number }): Promise<readonly HistoryEntry[]>
  /** Replays the history and compares its hash chain, and what comes of it, with the lane as it is. */
  verifyHistory(): Promise<{
    readonly isIntact: boolean
    readonly problem: string | null
    readonly records: number
  }>
  /** @param options.windowMs how far to look back, in milliseconds; default: 30 days. */
  stats(options?: { readonly windowMs?: number }): Promise<LaneStats>

  // Captains. @throws ConductError NOT_CAPTAIN, CLAIM_UNKNOWN
  move(claim: string, to: { readonly before: string } | 'first'): Promise<void>
  /** A paused lane grants nothing; a paused claim keeps its place and is passed. */
  pause(options: {
    readonly claim?: string
    readonly reason: string
    /** For so many milliseconds; default: until `unpause`. */
    readonly forMs?: number
  }): Promise<void>
  unpause(options?: { readonly claim?: string }): Promise<void>
  assign(options: {
    readonly holder: string
    readonly resources?: readonly string[]
    readonly forMs: number
  }): Promise<{ readonly claim: string }>
  /** Makes what was given to `openLanes` the definition in the store, which is the one that decides. */
  apply(): Promise<'applied' | 'unchanged'>
  /** @throws ConductError TOKEN_STALE  the claim has moved on; nothing was released. */
  forceRelease(options: {
    readonly token: number
    /** Needed only where two claims carry that token. */
    readonly claim?: string
    readonly reason: string
  }): Promise<{ readonly claim: string }>
}

export interface AcquireOptions {
  /** What the claim covers. Default: the whole lane (`scope: 'global'`); every other scope needs names. */
  readonly resources?: readonly string[]
  /** `surface:name`, where it is not the holder that `openLanes` was given. */
  readonly holder?: string
  readonly task?: string
  readonly reason?: string
  /** A URL or an address: where people who wait can ask. */
  readonly contact?: string
  /** How long you will need, in milliseconds; it is shown to those who wait. */
  readonly etaMs?: number
  /**
   * `false` (default): ask once and leave no place in line. A number: wait in line for so many milliseconds; when
   * they are over the place stays, and asking again with its `secret` goes on with it. 0 just takes a place.
   */
  readonly wait?: number | false
  /** Default true: the lease renews itself while this process lives, and is taken over at once when it is dead. */
  readonly attended?: boolean
  /**
   * Durable key of what triggers this (`push:shop:4f2a91c`): whoever comes first gets the claim, everybody else with that key
   * is refused because `coalesced`. Hand it back with `isUndone` where the work was not done.
   */
  readonly key?: string
  /** The secret of a claim that was queued before. */
  readonly secret?: string
  /** Ends the waiting and leaves the line; `acquire` then rejects with its reason. */
  readonly signal?: AbortSignal
}

export type AcquireResult = Granted | Queued | Refused

export interface Granted {
  readonly outcome: 'granted'
  readonly lease: Lease
}

/** Not yet: the place in line stays, and is proved by its secret (`acquire`, `renew`, `leave`). */
export interface Queued extends ClaimProof, InTheWay {
  readonly outcome: 'queued'
  readonly resources: readonly string[]
  /** From 1. */
  readonly position: number
}

/** No place was taken. */
export interface Refused extends InTheWay {
  readonly outcome: 'refused'
  readonly because: RefusalCause
  /** One sentence for people. */
  readonly reason: string
  readonly resources: readonly string[]
  /** Where `because` is `coalesced`: who has the claim, or has done the work. */
  readonly coalescedWith?: { readonly claim: string; readonly holder: string; readonly isDone: boolean }
}

export interface InTheWay {
  /** Null when only waiters are ahead. */
  readonly holder: HeldBy | null
  /** Holders first, then those ahead in line. */
  readonly blockers: readonly HeldBy[]
  /** Null: unknown, since fewer than 5 holds have ended so far. */
  readonly estimate: Estimate | null
}

/** Proof that a claim is ours. */
export interface ClaimProof {
  readonly claim: string
  readonly secret: string
}

export type LaneView = Omit<EngineLaneView, 'document'> & { readonly definition: LaneDefinition }

export interface HistoryEntry {
  /** From 1, without gaps. */
  readonly seq: number
  /** RFC 3339 UTC. */
  readonly at: string
  readonly operation: LaneOperation['kind']
  /** The claim that it was about; null when it was about the lane. */
  readonly claim: string | null
  /** Who did it, where the operation says so. */
  readonly by: string | null
  /** What came of it, per claim that changed, in the order it happened. */
  readonly effects: readonly HistoryEffect[]
  /** SHA-256 of the record, hex, and of the one before it. */
  readonly hash: string
  readonly previous: string
}
