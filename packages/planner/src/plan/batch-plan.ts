import type { TableLock } from '../classify/classify.ts'
import type { Collision } from '../identity/collisions.ts'
import type { SourceLine } from '../model/operation.ts'
import type { TicketRelation } from '../relations/relation.ts'
import type { Proof } from '../schema/prove.ts'
import type { JudgedTicket } from './judge-ticket.ts'

export interface BatchPlan {
  readonly tickets: readonly JudgedTicket[]
  /** Of every pair that is not independent. */
  readonly relations: readonly TicketRelation[]
  readonly collisions: readonly Collision[]
  /** In the order of the run. */
  readonly turns: readonly Turn[]
  readonly solo: readonly { readonly ticket: string; readonly because: readonly string[] }[]
  /** What another ticket does already: it needs no turn. */
  readonly dropped: readonly { readonly ticket: string; readonly duplicateOf: string }[]
  /** What has no place in any order, and why. */
  readonly unplanned: readonly { readonly ticket: string; readonly because: string }[]
  readonly lowerBound: number
  /** Turns above the lower bound: 0 is proved to be the fewest. */
  readonly gap: number
  readonly serialTurns: number
  readonly saved: { readonly turns: number; readonly waitingHours: number }
  readonly density: {
    readonly migrations: number
    readonly inFlight: number
    readonly ratio: number
    readonly advice: string
    readonly isNow: boolean
    /** Each rule that says so, with its numbers; empty when none does. */
    readonly because: readonly string[]
  }
  readonly inputHash: string
}

/** What a turn is before it has been proved. */
export type LaidOutTurn = Omit<Turn, 'proof'>

export interface Turn {
  readonly id: string
  readonly category: 'expand' | 'contract' | 'solo'
  /** In the order in which they run: slow reading first, the hottest lock last. */
  readonly tickets: readonly string[]
  readonly risk: number
  readonly locks: readonly TableLock[]
  /** Something in it could not be read, and may lock more than `locks` says. */
  readonly mayLockMore: boolean
  readonly holdMinutes: number
  /** What it takes away: it waits until no code that is live uses that any more. */
  readonly waitsForCode: readonly string[]
  readonly layout: readonly PlannedFile[]
  /** That its tickets reach one schema in any order, on what the turns before it leave behind. */
  readonly proof: Proof
}

/** One file of the turn's pull request: one ticket's work, so that it can be dropped without touching another. */
export interface PlannedFile {
  readonly version: string
  readonly ticket: string
  readonly isTransactional: boolean
  readonly from: readonly SourceLine[]
}
