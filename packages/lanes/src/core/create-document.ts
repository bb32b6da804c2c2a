import type { LaneDefinition, LaneDocument } from '../document.ts'

/** Hash that the first record of a history names as the one before it. */
export const firstPrevious = '0'.repeat(64)

/**
 * A lane that nobody has ever asked for. What changes most stands last: a store that writes only the changed part of
 * a text has less to write.
 */
export function createDocument(lane: string, definition: LaneDefinition): LaneDocument {
  return {
    format: 1,
    lane,
    definition,
    ended: [],
    waiting: [],
    notes: [],
    cooling: [],
    paused: null,
    epoch: 0,
    counters: {},
    holders: [],
    history: { seq: 0, hash: firstPrevious },
    writes: 0,
    nonce: '',
  }
}
