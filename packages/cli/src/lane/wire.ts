import { toTimestamp } from '@conduct/core'
import type {
  CoalescedWith,
  Estimate,
  HeldBy,
  HistoryRecord,
  LaneView,
  Proceeded,
} from '@conduct/lanes/engine'

/** Lane answers in the names of the command-line contract. */
export function toWireEstimate(estimate: Estimate | null) {
  return estimate === null ? null : { seconds: Math.round(estimate.ms / 1000), basis: estimate.basis }
}

export function toWireCoalesced({ key, claim, holder, state, at }: CoalescedWith) {
  return { key, claim, holder, state, at: toTimestamp(at.wallMs) }
}

export function toWireHolder(holder: HeldBy) {
  return {
    name: holder.holder,
    claim: holder.claim,
    task: holder.task,
    since: holder.since,
    contact: holder.contact,
    session: holder.session,
    resources: holder.resources,
    run: holder.run,
    ...(holder.untilMerged === null ? {} : { until_merged: holder.untilMerged }),
  }
}

export function toWireLane(view: LaneView) {
  return {
    lane: view.lane,
    limit: view.limit,
    order: view.order,
    paused: view.paused,
    holders: view.holders.map((holder) => ({
      claim: holder.claim,
      holder: holder.holder,
      task: holder.task,
      resources: holder.resources,
      since: holder.since,
      expires_at: holder.expiresAt,
      unchanged_for_s: seconds(holder.unchangedForMs),
      suspect: holder.suspect,
      token: holder.token,
      ...(holder.etaMs === null ? {} : { eta_s: seconds(holder.etaMs) }),
      state: holder.state,
      attended: holder.attended,
      kept: holder.kept,
      ...(holder.untilMerged === null ? {} : { until_merged: holder.untilMerged }),
      contact: holder.contact,
      session: holder.session,
      run: holder.run,
    })),
    waiting: view.waiting.map((waiter) => ({
      claim: waiter.claim,
      holder: waiter.holder,
      task: waiter.task,
      resources: waiter.resources,
      position: waiter.position,
      since: waiter.since,
      ...(waiter.offeredUntil === null ? {} : { offered_until: waiter.offeredUntil }),
      blocked_by: waiter.blockedBy,
      state: waiter.state,
      paused: waiter.paused,
      estimate: toWireEstimate(waiter.estimate),
      contact: waiter.contact,
      session: waiter.session,
      run: waiter.run,
    })),
    notes: view.notes,
    definition_differs: view.definitionDiffers,
    recent: view.recent,
  }
}

export function toWireRecord(record: HistoryRecord) {
  const { claim, by } = who(record)
  return {
    seq: record.seq,
    at: new Date(record.at.wallMs).toISOString(),
    operation: record.operation.kind,
    claim,
    by,
    effects: record.effects,
    ...(record.operation.kind === 'proceeded' ? { proceeded: toWireProceeded(record.operation.note) } : {}),
    previous: record.previous,
    hash: record.hash,
  }
}

function toWireProceeded({ id, by, work, resources, matches, times, firstAt, lastAt }: Proceeded) {
  return { id, by, work, resources, matches, times, first_at: firstAt, last_at: lastAt }
}

/** Whom a record is about, and who did it, where the operation says so. */
function who({ operation }: HistoryRecord): { readonly claim: string | null; readonly by: string | null } {
  if ('base' in operation) {
    return { claim: operation.base.claim, by: 'by' in operation ? operation.by : operation.base.holder }
  }
  return {
    claim: 'claim' in operation ? operation.claim : null,
    by: 'by' in operation ? operation.by : null,
  }
}

function seconds(ms: number): number {
  return Math.round(ms / 1000)
}
