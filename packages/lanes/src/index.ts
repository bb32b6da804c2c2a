/**
 * The public API of `@conduct/lanes`: open a store, open lanes, take one, act under its lease. Everything here is
 * under semver; what our own packages need beyond it stands in `engine.ts`.
 */
export { ConductError, type ConductErrorOptions, type ErrorCode, isConductError } from '@conduct/core'
export type { RefusalCause } from './api.ts'
export type { Estimate, HeldBy } from './lane-views.ts'
export type { Distribution, HoldTimes, LaneStats } from './core/index.ts'
export { describeStoreUrl } from './describe-store-url.ts'
export type { ClaimOutcome, LaneDefinition, LaneOrder, WhenHeld } from './document.ts'
export type { ClaimChange, HistoryEffect } from './history-record.ts'
export { defineLane, type LaneOptions } from './library/define-lane.ts'
export type {
  AcquireOptions,
  AcquireResult,
  ClaimProof,
  Granted,
  HistoryEntry,
  InTheWay,
  Lane,
  LaneView,
  Queued,
  Refused,
} from './library/lane.ts'
export type { Effect, EffectContext, Lease } from './library/lease.ts'
export { type LaneEvent, type Lanes, openLanes, type OpenLanesOptions } from './library/open-lanes.ts'
export { openStore, type OpenStoreOptions } from './open-store.ts'
export type { Store, StoreKind, StoreProbe, Timekeeping } from './store.ts'
