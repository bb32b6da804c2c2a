import type { ClaimId } from '@conduct/core'
import type {
  ClaimBase,
  ClaimOutcome,
  Cooling,
  DoneTrigger,
  EndedClaim,
  HeldClaim,
  LaneDefinition,
  LaneDocument,
  LaneMove,
  LaneNote,
  Pause,
  Proceeded,
  WaitingClaim,
} from '../document.ts'
import type { ClaimChange, HistoryEffect } from '../history-record.ts'
import type { StoreTime } from '../store.ts'
import { appendEnded } from './ended.ts'
import { elapsedMs, shownMs, type Watch } from './time.ts'

/**
 * The next document while one decision is being made. Claims are immutable values that are replaced; what a
 * decision touches is noted here, so that its history record costs what it changed and not what the lane holds.
 */
export interface Draft {
  readonly before: LaneDocument
  readonly now: StoreTime
  readonly watch: Watch
  definition: LaneDefinition
  epoch: number
  counters: Record<string, number>
  holders: HeldClaim[]
  waiting: WaitingClaim[]
  ended: readonly EndedClaim[]
  paused: Pause | null
  cooling: readonly Cooling[]
  notes: readonly LaneNote[]
  moved: LaneMove | undefined
  triggers: readonly DoneTrigger[] | undefined
  proceeded: readonly Proceeded[] | undefined
  effects: HistoryEffect[]
  endedNow: EndedClaim[]
  raisedCounters: Record<string, number>
  /** Claims with a recorded change. */
  touched: Set<ClaimId>
  /** Something changed that is written but not recorded: a renewal, a sign of life, a new era. */
  isRenewed: boolean
  /** False when a place may have become free or a waiter may have become first. */
  isSettled: boolean
}

export function openDraft(document: LaneDocument, watch: Watch): Draft {
  return {
    before: document,
    now: watch.now,
    watch,
    definition: document.definition,
    epoch: document.epoch,
    counters: { ...document.counters },
    holders: [...document.holders],
    waiting: [...document.waiting],
    ended: document.ended,
    paused: document.paused,
    cooling: document.cooling,
    notes: document.notes,
    moved: document.moved,
    triggers: document.triggers,
    proceeded: document.proceeded,
    effects: [],
    endedNow: [],
    raisedCounters: {},
    touched: new Set(),
    isRenewed: false,
    isSettled: true,
  }
}

/** Runs `attempt`; when it answers null, everything it changed is as before. */
export function tryChange<Result>(draft: Draft, attempt: () => Result | null): Result | null {
  const saved: Draft = {
    ...draft,
    counters: { ...draft.counters },
    holders: [...draft.holders],
    waiting: [...draft.waiting],
    effects: [...draft.effects],
    endedNow: [...draft.endedNow],
    raisedCounters: { ...draft.raisedCounters },
    touched: new Set(draft.touched),
  }
  const result = attempt()
  if (result === null) Object.assign(draft, saved)
  return result
}

export function noteEffect(
  draft: Draft,
  change: ClaimChange,
  claim: Pick<ClaimBase, 'claim' | 'resources'> & {
    readonly token?: number
    readonly slots?: readonly string[]
  },
): void {
  draft.touched.add(claim.claim)
  draft.effects.push({
    claim: claim.claim,
    change,
    token: claim.token ?? null,
    resources: claim.resources,
    slots: claim.slots ?? [],
  })
}

export function replaceHolder(draft: Draft, next: HeldClaim): void {
  const index = draft.holders.findIndex((held) => held.claim === next.claim)
  draft.holders[index] = next
}

export function replaceWaiting(draft: Draft, next: WaitingClaim): void {
  const index = draft.waiting.findIndex((waiting) => waiting.claim === next.claim)
  draft.waiting[index] = next
}

/** Takes a claim out of the holders; its slots are free from here on. */
export function removeHolder(draft: Draft, claim: ClaimId): void {
  draft.holders = draft.holders.filter((held) => held.claim !== claim)
  draft.isSettled = false
}

function removeWaiting(draft: Draft, claim: ClaimId): void {
  draft.waiting = draft.waiting.filter((waiting) => waiting.claim !== claim)
  draft.isSettled = false
}

export function endHolder(draft: Draft, held: HeldClaim, outcome: ClaimOutcome, reason: string | null): void {
  removeHolder(draft, held.claim)
  noteEffect(draft, outcome, held)
  end(draft, {
    claim: held.claim,
    holder: held.holder,
    resources: held.resources,
    token: held.token,
    outcome,
    reason,
    at: draft.now,
    waitedMs: shownMs(held.since, held.grantedAt),
    heldMs: held.state === 'held' ? shownMs(held.grantedAt, draft.now) : 0,
  })
}

export function endWaiting(
  draft: Draft,
  waiting: WaitingClaim,
  outcome: ClaimOutcome,
  reason: string | null,
): void {
  removeWaiting(draft, waiting.claim)
  endUnheld(draft, waiting, outcome, reason)
}

/** Ends a claim that is neither among the holders nor in line (any more). */
export function endUnheld(
  draft: Draft,
  claim: Pick<ClaimBase, 'claim' | 'holder' | 'resources' | 'since'>,
  outcome: ClaimOutcome,
  reason: string | null,
): void {
  noteEffect(draft, outcome, { claim: claim.claim, resources: claim.resources })
  end(draft, {
    claim: claim.claim,
    holder: claim.holder,
    resources: claim.resources,
    token: null,
    outcome,
    reason,
    at: draft.now,
    waitedMs: shownMs(claim.since, draft.now),
    heldMs: 0,
  })
}

/** Renews a lease: from now on, for its own ttl, or for a definition that became longer. */
export function renewed(draft: Draft, held: HeldClaim): HeldClaim {
  draft.isRenewed = true
  const next = { ...held, renewedAt: draft.now }
  if (held.assigned?.isTaken === false) return next
  const ttlMs = Math.max(held.ttlMs, draft.definition.ttlMs)
  const marginMs = Math.max(held.marginMs, draft.definition.marginMs)
  if (ttlMs === held.ttlMs && marginMs === held.marginMs) return next
  draft.touched.add(held.claim)
  return { ...next, ttlMs, marginMs }
}

export function isLapsed(held: HeldClaim, watch: Watch): boolean {
  if (held.untilMerged !== undefined) return false
  return elapsedMs(held.renewedAt, watch) >= held.ttlMs + held.marginMs
}

function end(draft: Draft, ended: EndedClaim): void {
  draft.endedNow.push(ended)
  draft.ended = appendEnded(draft.ended, ended)
}
