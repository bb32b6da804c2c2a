import type { ClaimId, RunId } from '@conduct/core'
import type {
  ClaimBase,
  ClaimOutcome,
  HeldClaim,
  HistoryHead,
  LaneDefinition,
  Proceeded,
  WaitingClaim,
  WhenHeld,
} from './document.ts'
import type { FirstSeen } from './core/time.ts'
import type { StoreTime } from './store.ts'

/**
 * Every input of the pure core. Random values (ids, nonces) come in from outside.
 *
 * `by` is the acting person, or the holder's full name where it stands for nobody in `people`: captains are
 * compared with it. An answer `held` always means that this very write renewed the lease (or began it).
 */
export type LaneOperation =
  | {
      readonly kind: 'acquire'
      readonly base: Omit<ClaimBase, 'since'>
      readonly whenHeld: WhenHeld
      readonly place: 'last' | 'first'
      readonly resumes: RunId | null
      /** Claims whose processes the asker has proved dead on its own host. */
      readonly provedDead: readonly ClaimId[]
    }
  | { readonly kind: 'accept'; readonly claim: ClaimId; readonly secretHash: string; readonly token: number }
  | { readonly kind: 'renew'; readonly claim: ClaimId; readonly secretHash: string; readonly token: number }
  | {
      readonly kind: 'release'
      readonly claim: ClaimId
      readonly secretHash: string
      readonly token: number
      /** What triggered it was not done: the same trigger may ask again. */
      readonly isUndone?: true
    }
  | { readonly kind: 'leave'; readonly claim: ClaimId; readonly secretHash: string }
  /** A waiter says it is still there; also sweeps what has lapsed or expired. */
  | {
      readonly kind: 'seen'
      readonly claim: ClaimId | null
      readonly secretHash: string | null
      readonly provedDead: readonly ClaimId[]
    }
  | {
      readonly kind: 'keep'
      readonly claim: ClaimId
      readonly secretHash: string
      readonly reason: string
      readonly stopped: boolean
    }
  /**
   * What an unattended claim was for is over, as anybody has seen: its task has ended, or the pull request it lives
   * with. Needs no secret; a claim that is for something else, that moved on (its token), or behind which a process
   * works, stays. `token`: null for a place in line.
   */
  | {
      readonly kind: 'conclude'
      readonly claim: ClaimId
      readonly token: number | null
      readonly because: Conclusion
      readonly by: string
    }
  | { readonly kind: 'park'; readonly claim: ClaimId; readonly secretHash: string; readonly token: number }
  | { readonly kind: 'acknowledge_forced'; readonly claim: ClaimId; readonly secretHash: string }
  | { readonly kind: 'move'; readonly claim: ClaimId; readonly before: ClaimId | null; readonly by: string }
  | {
      readonly kind: 'pause'
      readonly claim: ClaimId | null
      readonly by: string
      readonly reason: string
      readonly forMs: number | null
    }
  | { readonly kind: 'unpause'; readonly claim: ClaimId | null; readonly by: string }
  /**
   * The first acquire by that holder (or person) for these resources takes the assigned claim over and proves it
   * with its own secret from then on. Until then `base.secretHash` proves it: hash something that nobody keeps.
   */
  | {
      readonly kind: 'assign'
      readonly base: Omit<ClaimBase, 'since'>
      readonly forMs: number
      readonly by: string
    }
  | { readonly kind: 'apply'; readonly definition: LaneDefinition; readonly by: string }
  | {
      readonly kind: 'force_release'
      readonly token: number
      /** Needed only where two claims on disjoint resources carry the same token. */
      readonly claim?: ClaimId
      readonly by: string
      readonly reason: string
    }
  | { readonly kind: 'note'; readonly run: RunId; readonly text: string; readonly by: string }
  | { readonly kind: 'clear_note'; readonly run: RunId; readonly by: string }
  /** What went on while the store was away, said afterwards. */
  | { readonly kind: 'proceeded'; readonly note: Proceeded; readonly by: string }
  /** The store went back: whoever held may hold no more, and every later token exceeds every earlier one. */
  | {
      readonly kind: 'recover'
      readonly by: string
      readonly reason: string
      /** Above every epoch that is known from anywhere. */
      readonly epoch: number
      /** The last record of the log, which this one follows, whatever the document knows. */
      readonly after: HistoryHead
    }
  /** The lane goes to the store of that address; only while nobody holds it. */
  | { readonly kind: 'seal'; readonly to: string; readonly by: string }
  /** It did not go there after all. `epochs`: by how many to raise the epoch, where it may have been granted there. */
  | { readonly kind: 'unseal'; readonly to: string; readonly by: string; readonly epochs: number }
  /** Goes on here with what the sealed document of another store says. */
  | {
      readonly kind: 'import'
      readonly from: string
      readonly file: string
      readonly by: string
      readonly epoch: number
    }

export type Conclusion =
  | { readonly kind: 'task'; readonly task: string; readonly state: string }
  | { readonly kind: 'pull_request'; readonly pullRequest: string; readonly state: 'merged' | 'closed' }

/** What a decision needs beside the document and the operation. */
export interface DecisionContext {
  readonly lane: string
  /** Used when the document does not exist yet; afterwards the document's own definition decides. */
  readonly definition: LaneDefinition
  readonly now: StoreTime
  /** Only where hosts stamp with clocks of their own; see `Watch`. */
  readonly firstSeenMs?: FirstSeen | undefined
  readonly nonce: string
}

export type RefusalReason =
  | 'held'
  | 'line_full'
  | 'paused'
  | 'not_a_holder'
  | 'scope_mismatch'
  | 'run_is_live'
  | 'bad_request'
  /** The same trigger has a claim already, or its work is done. */
  | 'coalesced'

/** The claim that a trigger that came again stands behind. */
export interface CoalescedWith {
  readonly key: string
  readonly claim: ClaimId
  readonly holder: string
  readonly state: HeldClaim['state'] | WaitingClaim['state'] | 'done'
  /** When it was asked for; `done`: when it was handed back. */
  readonly at: StoreTime
}

export type DenialReason =
  | 'not_captain'
  | 'wrong_secret'
  | 'stale_token'
  | 'not_found'
  /** Two claims carry that token: name the claim too. */
  | 'ambiguous_token'
  /** An assigned claim is not renewed beyond its time. */
  | 'assignment_over'
  | 'bad_definition'
  /** The lane was moved to another store, whose address is the message. */
  | 'moved'
  /** Somebody holds it, or is offered it. */
  | 'held'

/** The answer to one operation. */
export type LaneResult =
  /** acquire, accept, renew, keep: the claim is held. */
  | { readonly kind: 'held'; readonly claim: HeldClaim }
  /** acquire, seen: the turn has come; it must be accepted. */
  | { readonly kind: 'offered'; readonly claim: HeldClaim }
  | {
      readonly kind: 'waiting'
      readonly claim: WaitingClaim
      readonly position: number
      readonly blockers: readonly ClaimId[]
    }
  | {
      readonly kind: 'refused' | 'skipped'
      readonly reason: RefusalReason
      readonly message: string
      readonly blockers: readonly ClaimId[]
      readonly coalescedWith?: CoalescedWith
    }
  /** The claim has ended; renew and seen of an ended claim say how. */
  | {
      readonly kind: 'ended'
      readonly claim: ClaimId
      readonly outcome: ClaimOutcome
      readonly reason: string | null
    }
  | { readonly kind: 'denied'; readonly reason: DenialReason; readonly message: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'unchanged' }
