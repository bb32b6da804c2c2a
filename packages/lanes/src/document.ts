import type { ClaimId, RunId } from '@conduct/core'
import type { StoreTime } from './store.ts'

/**
 * The one versioned document of a lane: its definition, holders, the line, a fencing counter per resource slot,
 * the last outcomes and the head of its history. Every decision reads it and writes it whole.
 */
export interface LaneDocument {
  readonly format: 1
  readonly lane: string
  readonly definition: LaneDefinition
  readonly epoch: number
  /** Highest token ever granted per slot (`resource` with limit 1, `resource#2` for further slots). */
  readonly counters: Readonly<Record<string, number>>
  readonly holders: readonly HeldClaim[]
  /** In line order. */
  readonly waiting: readonly WaitingClaim[]
  /** Latest outcomes, newest last, bounded. */
  readonly ended: readonly EndedClaim[]
  readonly paused: Pause | null
  /** Resources in quiet time after a force release. */
  readonly cooling: readonly Cooling[]
  /** Left by runs that stopped after something irreversible; a newcomer must acknowledge them by run id. */
  readonly notes: readonly LaneNote[]
  /** Absent in a lane that was never moved. */
  readonly moved?: LaneMove
  /** Keys whose work is done, the latest, oldest first. Absent: none ever was. */
  readonly triggers?: readonly DoneTrigger[]
  /** What went on without the store, the latest, oldest first. Absent: nothing ever did. */
  readonly proceeded?: readonly Proceeded[]
  readonly history: HistoryHead
  /**
   * How often it was written, renewals included. Together with `epoch` it says which of two states is the later one,
   * whatever a store counts by itself.
   */
  readonly writes?: number
  /** Fresh random text per write, so that no two writes are ever identical. */
  readonly nonce: string
}

/**
 * The last move of a lane between stores. `to`: a tombstone, nothing is decided here any more. `from`: it came with
 * that file, and goes on here.
 */
export type LaneMove =
  | { readonly kind: 'to'; readonly address: string; readonly by: string; readonly at: StoreTime }
  | {
      readonly kind: 'from'
      readonly address: string
      /** SHA-256 of the file it came with, hex. */
      readonly file: string
      readonly by: string
      readonly at: StoreTime
    }

/**
 * Somebody went on though the store could not be reached, as `store_policy: open` allows. It was noted where they work, and
 * brought in once the store was reached again.
 */
export interface Proceeded {
  /** Of the note: the same one, brought in twice, is one. */
  readonly id: string
  readonly by: string
  /** `guard`: a change was let pass. `exec`: a command ran without the lane. */
  readonly work: 'guard' | 'exec'
  /** Null: nobody said which. */
  readonly resources: readonly string[] | null
  /** What was let pass: paths, commands, flags. */
  readonly matches: readonly string[]
  /** How often; RFC 3339 of the first and the last time, by the clock of that machine. */
  readonly times: number
  readonly firstAt: string
  readonly lastAt: string
}

export interface LaneDefinition {
  readonly scope: 'global' | 'repo' | 'repo_set' | 'project'
  readonly limit: number
  readonly order: LaneOrder
  readonly whenHeld: WhenHeld
  readonly ttlMs: number
  readonly renewMs: number
  readonly marginMs: number
  readonly waitingTtlMs: number
  readonly waitingMax: number
  readonly acceptMs: number
  readonly takeoverDelayMs: number
  readonly captains: readonly string[]
  /** Who may hold; null: everybody. */
  readonly holders: readonly string[] | null
  readonly purpose: string
}

export type LaneOrder = 'strict' | 'eager' | { readonly bounded: number }
export type WhenHeld = 'queue' | 'skip' | 'fail'

/** Where a claim's process lives, so that its death can be proved on the same host. */
export interface ProcessIdentity {
  readonly pid: number
  /** Start time of the process in the units of its system: a reused pid differs here. */
  readonly startedAt: string
  readonly bootId: string
  readonly pidNamespace: string
  readonly host: string
  /** Process group that must be gone too, before its death is proved: that of a supervised command. */
  readonly group?: number
}

export interface ClaimBase {
  readonly claim: ClaimId
  /** SHA-256 of the claim's secret, hex. */
  readonly secretHash: string
  readonly holder: string
  readonly person: string | null
  readonly resources: readonly string[]
  readonly task: string | null
  readonly reason: string | null
  readonly contact: string | null
  /** The holder's own estimate of how long it needs, milliseconds. */
  readonly etaMs: number | null
  readonly session: string | null
  readonly attended: boolean
  readonly process: ProcessIdentity | null
  /** The run this claim belongs to, if any. */
  readonly run: RunId | null
  /**
   * The pull request (`repo#number`) it lives with: the lease does not lapse, and ends when somebody has seen that
   * merged or closed (`conclude`). Absent: it lives by its renewals.
   */
  readonly untilMerged?: string
  /** What triggered it, where that may come more than once; absent: nobody said. */
  readonly trigger?: Trigger
  /** When the claim was first made. */
  readonly since: StoreTime
}

/** The durable key of what triggers a claim: the same key is asked for once, from wherever it comes. */
export interface Trigger {
  readonly key: string
  /** Of the request: one whose answer got lost knows its own claim again. */
  readonly request: string
}

/** A key whose work is done: its lane was handed back. */
export interface DoneTrigger {
  readonly key: string
  readonly claim: ClaimId
  readonly holder: string
  readonly at: StoreTime
}

export interface HeldClaim extends ClaimBase {
  readonly state: 'held' | 'offered'
  readonly slots: readonly string[]
  readonly token: number
  readonly grantedAt: StoreTime
  /**
   * Frozen at the grant. A renewal takes over a definition that became longer, never one that became shorter: a
   * holder that missed the answer would count on the longer one.
   */
  readonly ttlMs: number
  readonly marginMs: number
  /** Time of the last accepted renewal (or grant), as the store counts. */
  readonly renewedAt: StoreTime
  /** Only while `offered`. */
  readonly offeredUntil: StoreTime | null
  /** Set by `lease.keep` and by a run that stops: never taken over as dead, only by its own run or by lapse. */
  readonly kept: { readonly reason: string; readonly stopped: boolean } | null
  readonly assigned: Assignment | null
}

/** A captain gave this claim to a holder by name; it has no secret until that holder asks for it. */
export interface Assignment {
  readonly by: string
  readonly forMs: number
  /** From then on it is not renewed any more; null while it waits for its turn. */
  readonly until: StoreTime | null
  /** True once the holder has asked for it and proves it with a secret of its own. */
  readonly isTaken: boolean
}

export interface WaitingClaim extends ClaimBase {
  readonly state: 'waiting' | 'parked'
  /** The line is sorted by it, highest first; 0 unless the claim was placed first. */
  readonly priority: number
  readonly lastSeen: StoreTime
  readonly paused: Pause | null
  /** How many later conflicting claims have passed this one. */
  readonly overtaken: number
  readonly movedByCaptain: boolean
  readonly assigned: Assignment | null
}

export type ClaimOutcome = 'released' | 'lapsed' | 'forced' | 'left' | 'expired' | 'refused'

export interface EndedClaim {
  readonly claim: ClaimId
  readonly holder: string
  readonly resources: readonly string[]
  readonly token: number | null
  readonly outcome: ClaimOutcome
  readonly reason: string | null
  readonly at: StoreTime
  readonly waitedMs: number
  readonly heldMs: number
}

export interface Pause {
  readonly by: string
  readonly reason: string
  readonly at: StoreTime
  readonly until: StoreTime | null
}

export interface Cooling {
  readonly resource: string
  readonly slot: string
  /** The claim that was forced out; its holder ends the quiet time by acknowledging. */
  readonly claim: ClaimId
  readonly secretHash: string
  readonly until: StoreTime
  /** The whole length of the quiet time. */
  readonly delayMs: number
}

export interface LaneNote {
  readonly run: RunId
  readonly text: string
  readonly by: string
  readonly at: StoreTime
}

export interface HistoryHead {
  /** Number of the latest record; 0 before the first. */
  readonly seq: number
  /** Hash of the latest record, hex; each record carries the hash of the one before it. */
  readonly hash: string
}
