export type * from './api.ts'
export type * from './context.ts'
export * from './step-id.ts'
export {
  type CrashPoint,
  type CrashPosition,
  crashPointNames,
  crashPositions,
  isCrashPoint,
  listCrashPoints,
} from './crash-points.ts'
export { exitCodeOf } from './exit-code.ts'
export { runWithoutLane } from './exec/run-without-lane.ts'
export { execUnderLane, type ExecOptions, type ExecResult } from './exec/exec-under-lane.ts'
export { foldRun } from './journal/fold.ts'
export type { JournalBody, JournalRecord } from './journal/journal-record.ts'
export { journalLog } from './journal/journal.ts'
export type { Proving } from './approval/give-approval.ts'
export { mayApprove } from './approval/who-may-approve.ts'
export { comparePlans } from './plan/compare-plans.ts'
export { createConductor } from './create-conductor.ts'
export { openTarget } from './deploy/open-target.ts'
export type * from './deploy/ports.ts'
export { type RegistryLook, lookAtRegistries } from './use-cases/look-at-registries.ts'
export { type Batch, batchBranch, batchPrefix, batchId, batchRef } from './batch/batch.ts'
export { claimTickets, giveBackTickets } from './batch/claim-tickets.ts'
export { type WrittenBatch, writeBatch } from './batch/write-batch.ts'
export { catalogQuery } from './batch/catalog.ts'
export { openCommandSides } from './batch/command-sides.ts'
export { readLiveRowCounts } from './batch/row-counts.ts'
export { openScratchServer } from './batch/scratch-server.ts'
export { isAllSql, sqlSides } from './batch/sql-sides.ts'
export { type Verification, verifyBatch } from './batch/verify-batch.ts'
export { readWrittenBatch, type WrittenSources } from './batch/written-sources.ts'
