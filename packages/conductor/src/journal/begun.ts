import type { Plan } from '@conduct/core'
import type { JournalRecord, PackedRecord } from './journal-record.ts'

/** Questions to a journal that a resume asks before it takes its first step. Pure. */

/** The plan of a run in which something irreversible was at least intended; null: it can be planned anew. */
export function begunPlan(records: readonly JournalRecord[]): Plan | null {
  const hasBegun = records.some((record) => record.type === 'intent' && record.step.irreversible)
  return hasBegun ? boundPlan(records) : null
}

/** The plan that was bound last. */
export function boundPlan(records: readonly JournalRecord[]): Plan | null {
  const planned = records.findLast((record) => record.type === 'planned')
  return planned?.type === 'planned' ? planned.plan : null
}

export function hasBegunPublishing(records: readonly JournalRecord[]): boolean {
  return records.some((record) => record.type === 'intent' && record.step.kind === 'publish')
}

/** `name@version` of everything this run has published, or may have. */
export function maybePublished(records: readonly JournalRecord[]): ReadonlySet<string> {
  const ids = records.flatMap((record) =>
    record.type === 'intent' && record.step.kind === 'publish' ? [record.step.id] : [],
  )
  return new Set(ids.map((id) => id.slice('publish:'.length)))
}

/** The latest packing of each package. */
export function packedRecords(records: readonly JournalRecord[]): ReadonlyMap<string, PackedRecord> {
  return new Map(
    records.flatMap((record) =>
      record.type === 'packed' ? [[`${record.package}@${record.version}`, record] as const] : [],
    ),
  )
}

/** Commits that this run meant to push to a consumer, latest last: one of them may be on its main already. */
export function intendedCommits(records: readonly JournalRecord[], step: string): readonly IntendedCommit[] {
  return records.flatMap((record) =>
    record.type === 'intent' && record.step.id === step && typeof record.facts['commit'] === 'string'
      ? [{ commit: record.facts['commit'], facts: record.facts }]
      : [],
  )
}

export interface IntendedCommit {
  readonly commit: string
  readonly facts: Readonly<Record<string, unknown>>
}

/** True while an effect of this step was begun and nothing was written about how it ended. */
export function hasUnprovedIntent(records: readonly JournalRecord[], step: string): boolean {
  const last = records.findLast(
    (record) => (record.type === 'intent' || record.type === 'proof') && record.step.id === step,
  )
  return last?.type === 'intent' || (last?.type === 'proof' && last.effect === 'unknown')
}
