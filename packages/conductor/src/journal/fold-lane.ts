import type { RunLane } from '@conduct/core'
import type { JournalRecord } from './journal-record.ts'

/** How long a run has held its lane, over all its writers. Pure. */
export interface LaneFold {
  readonly name: string
  readonly resources: readonly string[]
  readonly token: number
  readonly waitedMs: number
  /** Held by earlier writers of this run. */
  readonly heldBeforeMs: number
  readonly openedAt: string
  readonly lastAt: string
  readonly released: boolean
}

/** A writer opened the journal: its lease follows whatever earlier writers of this run held. */
export function openLane(
  before: LaneFold | null,
  record: Extract<JournalRecord, { type: 'opened' }>,
): LaneFold {
  return {
    name: record.lane,
    resources: record.resources,
    token: record.token,
    waitedMs: (before?.waitedMs ?? 0) + record.waitedMs,
    heldBeforeMs: before === null ? 0 : heldMs(before),
    openedAt: record.at,
    lastAt: record.at,
    released: false,
  }
}

export function toRunLane(lane: LaneFold): RunLane {
  return {
    name: lane.name,
    resources: lane.resources,
    token: lane.token,
    heldMs: heldMs(lane),
    waitedMs: lane.waitedMs,
    released: lane.released,
  }
}

function heldMs(lane: LaneFold): number {
  return lane.heldBeforeMs + Math.max(0, Date.parse(lane.lastAt) - Date.parse(lane.openedAt))
}
