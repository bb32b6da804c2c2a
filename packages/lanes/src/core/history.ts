import { hash } from 'node:crypto'
import type { Json } from '@conduct/core'
import type { HistoryHead, LaneDocument } from '../document.ts'
import type { HistoryRecord, LaneDelta, LaneState } from '../history-record.ts'
import type { LaneOperation } from '../operation.ts'
import type { LogEntry } from '../store.ts'
import type { Draft } from './draft.ts'

/** One record in so many carries the whole state, the first one too, and every one that recovers a lane. */
export const checkpointEvery = 1000

/** The log that holds a lane's history. */
export function historyLog(lane: string): string {
  return `lane/${lane}/history`
}

/** True for every checkpoint but the first: the history before it may be old enough to go. */
export function isLaterCheckpoint(seq: number): boolean {
  return seq > 1 && seq % checkpointEvery === 1
}

/** A record for the log of its lane, and the head of the history that it is. */
export interface Recorded {
  readonly head: HistoryHead
  readonly entry: LogEntry
}

/** The record of a decision, or null when nothing but renewals changed. */
export function makeRecord(draft: Draft, operation: LaneOperation, next: LaneDocument): Recorded | null {
  const delta = makeDelta(draft)
  if (draft.effects.length === 0 && Object.keys(delta).length === 0) return null
  const seq = draft.before.history.seq + 1
  const body: Omit<HistoryRecord, 'hash'> = {
    format: 1,
    seq,
    at: draft.now,
    operation,
    effects: draft.effects,
    delta,
    checkpoint: seq % checkpointEvery === 1 || operation.kind === 'recover' ? stateOf(next) : null,
    previous: draft.before.history.hash,
  }
  const bodyText = JSON.stringify(body)
  const record: HistoryRecord = { ...body, hash: hashText(bodyText) }
  const text = `${bodyText.slice(0, -1)},"hash":"${record.hash}"}`
  return {
    head: { seq, hash: record.hash },
    entry: { log: historyLog(draft.before.lane), seq, record: record as unknown as Json, text },
  }
}

export function stateOf(document: LaneDocument): LaneState {
  const { history: _head, nonce: _nonce, writes: _writes, ...state } = document
  return state
}

/**
 * The state from which the history goes on, where a record follows what the log holds and not what the record before
 * left: the store went back, and the lane was recovered.
 */
export function restartOf({ operation, checkpoint }: HistoryRecord): LaneState | null {
  return operation.kind === 'recover' ? checkpoint : null
}

/** Hash that a record must carry: what it says is hashed as it stands there, in the order in which it was written. */
export function hashRecord(record: HistoryRecord): string {
  const { hash: _hash, ...body } = record
  return hashText(JSON.stringify(body))
}

/** SHA-256, hex, of the JSON text. Every store gives a record's members back in their order. */
function hashText(text: string): string {
  return hash('sha256', text, 'hex')
}

function makeDelta(draft: Draft): LaneDelta {
  const { before, touched } = draft
  const lane = {
    ...(draft.definition === before.definition ? {} : { definition: draft.definition }),
    ...(draft.epoch === before.epoch ? {} : { epoch: draft.epoch }),
    ...(draft.paused === before.paused ? {} : { paused: draft.paused }),
    ...(draft.cooling === before.cooling ? {} : { cooling: draft.cooling }),
    ...(draft.notes === before.notes ? {} : { notes: draft.notes }),
    ...(draft.moved === before.moved || draft.moved === undefined ? {} : { moved: draft.moved }),
    ...(draft.triggers === before.triggers || draft.triggers === undefined
      ? {}
      : { triggers: draft.triggers }),
    ...(draft.proceeded === before.proceeded || draft.proceeded === undefined
      ? {}
      : { proceeded: draft.proceeded }),
  }
  const holders = touched.size === 0 ? [] : draft.holders.filter((held) => touched.has(held.claim))
  const waiting =
    touched.size === 0
      ? []
      : draft.waiting.flatMap((claim, index) => (touched.has(claim.claim) ? [{ index, claim }] : []))
  const present = new Set([
    ...holders.map((held) => held.claim),
    ...waiting.map((entry) => entry.claim.claim),
  ])
  const gone = [...touched].filter((claim) => !present.has(claim))
  return {
    ...(Object.keys(lane).length > 0 ? { lane } : {}),
    ...(Object.keys(draft.raisedCounters).length > 0 ? { counters: draft.raisedCounters } : {}),
    ...(gone.length > 0 ? { gone } : {}),
    ...(holders.length > 0 ? { holders } : {}),
    ...(waiting.length > 0 ? { waiting } : {}),
    ...(draft.endedNow.length > 0 ? { ended: draft.endedNow } : {}),
  }
}
