import type { PartitionPolicy } from '../partition/model.ts'

export interface BatchPolicy extends PartitionPolicy {
  /** How long the lane is held for one ticket beside the overhead of its turn. */
  readonly minutesPerTicket: number
  /** A table with at most so many rows is scanned in a moment. */
  readonly smallRowsMax: number
  /** What a server reads through in a minute: for how long a turn is held, where the rows are known. */
  readonly rowsPerMinute: number
  /** Tables that everybody waits for: a turn locks one of them against everybody at most. */
  readonly hotTables: readonly string[]
  /** Share of schema changes among the work in flight above which batching is advised. */
  readonly densityWarning: number
  /** Below it, a share says nothing. */
  readonly inFlightMin: number
  /** Hours of waiting, summed over the tickets, above which batching is advised. */
  readonly savedHoursWarning: number
  /** The major of the server. */
  readonly major: number
}

/** A turn of half an hour is what taking the lane, a review and a CI run take at the least. */
export const defaultBatchPolicy: BatchPolicy = {
  ticketsPerTurnMax: 8,
  riskPerTurnMax: 12,
  turnOverheadMinutes: 30,
  ordered: 'apart',
  minutesPerTicket: 5,
  smallRowsMax: 100_000,
  // 100 000 rows a second: an index on a table of ordinary rows, built on an ordinary disk.
  rowsPerMinute: 6_000_000,
  hotTables: [],
  densityWarning: 0.3,
  inFlightMin: 5,
  savedHoursWarning: 8,
  major: 18,
}
