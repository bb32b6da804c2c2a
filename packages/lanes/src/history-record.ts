import type { ClaimId } from '@conduct/core'
import type { ClaimOutcome, EndedClaim, HeldClaim, LaneDocument, WaitingClaim } from './document.ts'
import type { LaneOperation } from './operation.ts'
import type { StoreTime } from './store.ts'

/** One decision with its inputs and what it changed. Renewals are not recorded. */
export interface HistoryRecord {
  readonly format: 1
  /** From 1, without gaps. */
  readonly seq: number
  readonly at: StoreTime
  readonly operation: LaneOperation
  /** What came of it, per claim that changed, in the order it happened. */
  readonly effects: readonly HistoryEffect[]
  /** What replay applies to the state before. */
  readonly delta: LaneDelta
  /**
   * The whole state after this record, on the first record, every 1,000th after it, and where a lane was recovered:
   * replay starts at one, and starts again after a recovery.
   */
  readonly checkpoint: LaneState | null
  /** Hash of the record before, hex; the first has 64 zeros. */
  readonly previous: string
  /** SHA-256 over the canonical JSON of this record without `hash`, hex. */
  readonly hash: string
}

export interface HistoryEffect {
  readonly claim: ClaimId
  readonly change: ClaimChange
  readonly token: number | null
  readonly resources: readonly string[]
  /** Slots taken or given back; empty for a claim that only waits. */
  readonly slots: readonly string[]
}

/** `granted`, `offered` and `taken_up` take slots; `parked` and the outcomes of a holder give them back. */
export type ClaimChange =
  | 'queued'
  | 'granted'
  | 'offered'
  | 'accepted'
  | 'taken_up'
  | 'parked'
  | 'kept'
  | 'stopped'
  | 'moved'
  | 'paused'
  | 'unpaused'
  | 'assigned'
  | 'acknowledged'
  | ClaimOutcome

/** A lane without its chain and what changes with every write: what replay rebuilds. */
export type LaneState = Omit<LaneDocument, 'history' | 'nonce' | 'writes'>

export interface LaneDelta {
  /** Parts of the lane that were replaced. */
  readonly lane?: Partial<
    Pick<
      LaneState,
      'definition' | 'epoch' | 'paused' | 'cooling' | 'notes' | 'moved' | 'triggers' | 'proceeded'
    >
  >
  readonly counters?: Readonly<Record<string, number>>
  /** Claims that are no longer among the holders or no longer in line. */
  readonly gone?: readonly ClaimId[]
  /** Holders that are new (at the end) or replaced (in place). */
  readonly holders?: readonly HeldClaim[]
  /** Waiting claims that are new, moved or replaced, each with its index in the line afterwards, ascending. */
  readonly waiting?: readonly { readonly index: number; readonly claim: WaitingClaim }[]
  readonly ended?: readonly EndedClaim[]
}
