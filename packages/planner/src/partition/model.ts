/** What partitioning needs of a ticket, and nothing more: it knows no SQL. */

export interface Item {
  readonly id: string
  /** Turns hold one category; a `solo` item has a turn to itself. */
  readonly category: 'expand' | 'contract' | 'solo'
  /** What waiting costs, a whole number of at least 1: higher goes first among equals. */
  readonly weight: number
  /** How long the lane is held for it, in whole minutes. */
  readonly minutes: number
  /** Counted against the budget of a turn; a whole number. */
  readonly risk: number
  /** The hot tables that it locks against everybody (ACCESS EXCLUSIVE). */
  readonly hotTables: readonly string[]
}

export interface Constraints {
  /** These never share a turn: conflicts, and what is not proved. */
  readonly apart: readonly (readonly [string, string])[]
  /** The first comes before the second. */
  readonly before: readonly (readonly [string, string])[]
}

export interface PartitionPolicy {
  readonly ticketsPerTurnMax: number
  readonly riskPerTurnMax: number
  /** What a turn costs beside its members: taking the lane, review, CI. */
  readonly turnOverheadMinutes: number
  /**
   * `apart`: whoever needs another waits for a later turn, so that any ticket can be dropped from its turn.
   * `together`: both may run in one turn, in order.
   */
  readonly ordered: 'apart' | 'together'
}

export interface Partition {
  readonly outcome: 'planned'
  /** In the order of the run; the members in the order in which they run. */
  readonly turns: readonly (readonly string[])[]
  /** No partition has fewer turns. Equal to the number of turns when the answer is exact. */
  readonly lowerBound: number
  readonly isExact: boolean
}

/** Each item comes before the next, and the last before the first. */
export interface CyclicOrder {
  readonly outcome: 'cycle'
  readonly cycle: readonly string[]
}

/** Up to here every possibility is weighed. */
export const exactItemsMax = 14
