import { canonicalJson, invariant } from '@conduct/core'
import type { HeldClaim, LaneDocument, WaitingClaim } from '../document.ts'
import type { HistoryRecord, LaneDelta, LaneState } from '../history-record.ts'
import { firstPrevious } from './create-document.ts'
import { appendEnded } from './ended.ts'
import { hashRecord, restartOf, stateOf } from './history.ts'

/**
 * Rebuilds the state of a lane from its records, beginning at the first checkpoint among them, and again wherever the
 * lane was recovered after its store went back. Exact except for
 * the times of renewals, which are not recorded (`comparableState` leaves them out).
 *
 * @param records in order, without gaps; `verifyHistory` checks that.
 */
export function replayHistory(records: readonly HistoryRecord[]): LaneState {
  const start = records.findIndex((record) => record.checkpoint !== null)
  const checkpoint = records[start]?.checkpoint ?? null
  invariant(checkpoint !== null, 'the records hold a checkpoint')
  return records
    .slice(start + 1)
    .reduce<LaneState>((state, record) => restartOf(record) ?? applyDelta(state, record.delta), checkpoint)
}

export interface HistoryVerdict {
  readonly isIntact: boolean
  /** What is wrong, one sentence; null when nothing is. */
  readonly problem: string | null
  readonly records: number
}

/**
 * Checks a lane's records against each other and against its document: nothing edited, missing, added or cut off,
 * and replay gives what the document says. Read the document first, then the records up to its `history.seq`.
 */
export function verifyHistory(
  records: readonly HistoryRecord[],
  document: LaneDocument | null,
): HistoryVerdict {
  const problem = chainProblem(records) ?? headProblem(records, document)
  return { isIntact: problem === null, problem, records: records.length }
}

/** A state without the times that renewals move. */
export function comparableState(state: LaneState): LaneState {
  const zero = { ms: 0, era: '', wallMs: 0 }
  return {
    ...state,
    holders: state.holders.map((held) => ({ ...held, renewedAt: zero })),
    waiting: state.waiting.map((waiting) => ({ ...waiting, lastSeen: zero })),
  }
}

function chainProblem(records: readonly HistoryRecord[]): string | null {
  const [first] = records
  if (first === undefined) return null
  if (first.checkpoint === null) return `the history begins with record ${first.seq}, which is no checkpoint`
  if (first.seq === 1 && first.previous !== firstPrevious) return 'record 1 names a record before it'
  let before: HistoryRecord | null = null
  for (const record of records) {
    if (before !== null && record.seq !== before.seq + 1) {
      return `record ${before.seq + 1} is missing: ${before.seq} is followed by ${record.seq}`
    }
    if (hashRecord(record) !== record.hash) return `record ${record.seq} was changed after it was written`
    if (before !== null && record.previous !== before.hash) {
      return `record ${record.seq} does not follow record ${before.seq}: one of them was replaced`
    }
    before = record
  }
  return null
}

function headProblem(records: readonly HistoryRecord[], document: LaneDocument | null): string | null {
  const last = records.at(-1)
  if (document === null) return last === undefined ? null : 'there are records of a lane that has no document'
  const { seq, hash } = document.history
  if (last === undefined) return seq === 0 ? null : `all ${seq} records are missing`
  if (last.seq < seq) return `the history ends with record ${last.seq}; the document knows ${seq}`
  if (last.seq > seq)
    return `the document knows ${seq} records, the history has ${last.seq}: the lane went back`
  if (last.hash !== hash) return `record ${seq} is not the one that the document was written with`
  const replayed = canonicalJson(comparableState(replayHistory(records)))
  if (replayed !== canonicalJson(comparableState(stateOf(document)))) {
    return 'replaying the history does not give the document: the document was changed outside of conduct'
  }
  return null
}

function applyDelta(state: LaneState, delta: LaneDelta): LaneState {
  const nowHeld = delta.holders ?? []
  const nowWaiting = delta.waiting ?? []
  const gone = new Set(delta.gone)
  const heldNow = new Map(nowHeld.map((held) => [held.claim, held]))
  const waitingNow = new Set(nowWaiting.map((entry) => entry.claim.claim))
  const holders: HeldClaim[] = state.holders
    .filter((held) => !gone.has(held.claim) && !waitingNow.has(held.claim))
    .map((held) => heldNow.get(held.claim) ?? held)
  const known = new Set(holders.map((held) => held.claim))
  holders.push(...nowHeld.filter((held) => !known.has(held.claim)))
  const waiting: WaitingClaim[] = state.waiting.filter(
    ({ claim }) => !gone.has(claim) && !heldNow.has(claim) && !waitingNow.has(claim),
  )
  for (const { index, claim } of nowWaiting) waiting.splice(index, 0, claim)
  return {
    ...state,
    ...delta.lane,
    counters: { ...state.counters, ...delta.counters },
    holders,
    waiting,
    ended: (delta.ended ?? []).reduce(appendEnded, state.ended),
  }
}
