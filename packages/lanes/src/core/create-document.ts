import type { LaneDefinition, LaneDocument } from '../document.ts'

/** Hash that the first record of a history names as the one before it. */
export const firstPrevious = '0'.repeat(64)

/** A lane that nobody has ever asked for. */
export function createDocument(lane: string, definition: LaneDefinition): LaneDocument {
  return {
    format: 1,
    lane,
    definition,
    epoch: 0,
    counters: {},
    holders: [],
    waiting: [],
    ended: [],
    paused: null,
    cooling: [],
    notes: [],
    history: { seq: 0, hash: firstPrevious },
    nonce: '',
  }
}
