import type { PlanId } from './brand.ts'

/** What changed from an earlier plan to a later one. */
export interface PlanDiff {
  readonly against: { readonly id: PlanId; readonly hash: string; readonly createdAt: string }
  /** An approval of the earlier plan is one of the later, too: nothing that it signs has changed. */
  readonly approvalHolds: boolean
  readonly changes: readonly PlanChange[]
}

export interface PlanChange {
  readonly about: PlanChangeKind
  /** What it is called: `@acme/engine`, `shop`, `tag_free:engine`. */
  readonly subject: string
  /** Null: it was not there. */
  readonly from: string | null
  /** Null: it is not there any more. */
  readonly to: string | null
  /** Covered by the hash: an approval of the earlier plan does not hold for it. */
  readonly isSigned: boolean
}

export type PlanChangeKind =
  | 'train'
  | 'lane'
  | 'lanes_yaml'
  | 'producer'
  | 'package'
  | 'package_detail'
  | 'catch_up'
  | 'consumer'
  | 'consumer_detail'
  | 'target'
  | 'override'
  | 'left_out'
  | 'head'
  | 'check'
