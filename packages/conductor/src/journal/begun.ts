import type { Plan } from '@conduct/core'
import type { JournalRecord, PackedRecord } from './journal-record.ts'

/** Questions to a journal that a resume asks before it takes its first step. Pure. */

/**
 * The plan of a run in which something irreversible was at least intended, or handed to a person to decide (what is
 * staged may be live at any time); null: it can be planned anew.
 */
export function begunPlan(records: readonly JournalRecord[]): Plan | null {
  const hasBegun = records.some(
    (record) => record.type === 'intent' && (record.step.irreversible || record.step.kind === 'stage'),
  )
  return hasBegun ? boundPlan(records) : null
}

/** The plan that was bound last. */
export function boundPlan(records: readonly JournalRecord[]): Plan | null {
  const planned = records.findLast((record) => record.type === 'planned')
  return planned?.type === 'planned' ? planned.plan : null
}

export function hasBegunPublishing(records: readonly JournalRecord[]): boolean {
  return records.some((record) => record.type === 'intent' && publishes(record.step.kind))
}

/** Staging is half of publishing, as a dispatch is: the other half happens at any time, made by somebody else. */
function publishes(kind: string): boolean {
  return kind === 'publish' || kind === 'stage' || kind === 'publish_workflow'
}

/** Whether this run staged the version, or may have. */
export function maybeStaged(records: readonly JournalRecord[], step: string): boolean {
  return records.some((record) => record.type === 'intent' && record.step.id === step)
}

/** `name@version` of everything this run has published, or may have. */
export function maybePublished(records: readonly JournalRecord[]): ReadonlySet<string> {
  const begun = records.flatMap((record) =>
    record.type === 'intent' && publishes(record.step.kind) ? [record.step] : [],
  )
  // A workflow publishes whatever the plan holds.
  const packages = begun.some(({ kind }) => kind === 'publish_workflow')
    ? (boundPlan(records)?.basis.packages ?? [])
    : []
  return new Set([
    ...begun.map(({ id }) => id.slice(id.indexOf(':') + 1)),
    ...packages.map(({ name, version }) => `${name}@${version}`),
  ])
}

/** What this run is known to have staged, or to have found staged. */
export function stagedBefore(
  records: readonly JournalRecord[],
  step: string,
): { readonly stageId: string } | null {
  const proofs = records.flatMap((record) =>
    record.type === 'proof' &&
    record.step.id === step &&
    (record.state === 'done' || record.state === 'already') &&
    typeof record.facts['stageId'] === 'string'
      ? [record.facts['stageId']]
      : [],
  )
  const [stageId] = proofs
  return stageId === undefined ? null : { stageId }
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

/** This run made the effect of this step, and whoever it asked said so. */
export function isProved(records: readonly JournalRecord[], step: string): boolean {
  return records.some(
    (record) =>
      record.type === 'proof' &&
      record.step.id === step &&
      record.state === 'done' &&
      record.effect === 'done',
  )
}

/** True while an effect of this step was begun and nothing was written about how it ended. */
export function hasUnprovedIntent(records: readonly JournalRecord[], step: string): boolean {
  return unprovedIntent(records, step) !== null
}

/** What was written last of an effect that was begun and whose end nobody knows. */
export function unprovedIntent(
  records: readonly JournalRecord[],
  step: string,
): Extract<JournalRecord, { readonly type: 'intent' | 'proof' }> | null {
  const last = records
    .filter((record) => record.type === 'intent' || record.type === 'proof')
    .findLast((record) => record.step.id === step && !onlyLooked(record))
  if (last === undefined) return null
  return last.type === 'intent' || last.effect === 'unknown' ? last : null
}

/** An attempt that looked and did not see the goal says nothing about an earlier one that began. */
function onlyLooked(record: Extract<JournalRecord, { readonly type: 'intent' | 'proof' }>): boolean {
  const isSettled = record.type === 'proof' && (record.state === 'done' || record.state === 'already')
  return record.type === 'proof' && record.effect === 'not_started' && !isSettled
}

/** The run is on its way back, or has been taken back: it cannot go on. */
export function isGoingBack(records: readonly JournalRecord[]): boolean {
  return records.some((record) => record.type === 'compensating')
}
