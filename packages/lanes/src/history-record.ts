import type { LaneOperation } from './operation.ts'
import type { StoreTime } from './store.ts'

/** One decision with its inputs. Renewals are not recorded. */
export interface HistoryRecord {
  readonly format: 1
  readonly seq: number
  readonly at: StoreTime
  readonly operation: LaneOperation
  /** What came of it, per claim that changed. */
  readonly effects: readonly {
    readonly claim: string
    readonly change: string
    readonly token: number | null
    readonly resources: readonly string[]
  }[]
  /** Hash of the record before, hex; the first has 64 zeros. */
  readonly previous: string
  /** SHA-256 over the canonical JSON of this record without `hash`, hex. */
  readonly hash: string
}
