import { randomUUID } from 'node:crypto'
import type { Clock } from '@conduct/core'
import { isLaterCheckpoint } from '../core/history.ts'
import { decide } from '../core/index.ts'
import type { LaneDefinition, LaneDocument } from '../document.ts'
import type { LaneOperation, LaneResult } from '../operation.ts'
import type { Store, Stored } from '../store.ts'
import { lastSeen, noteSeen, requireCurrent } from './last-seen.ts'
import { type Moment, momentOf } from './moment.ts'
import { watchOf } from './observation.ts'
import { dropOldHistory } from './retention.ts'
import { retrying } from './retrying.ts'

export interface LaneCalls {
  readonly lane: string
  readonly store: Store
  readonly clock: Clock
  /**
   * What times calls, waits and renewals. lanes.yaml's until the document has been seen: from then on the document's
   * (`withStored`), since the store's definition decides.
   */
  readonly definition: LaneDefinition
}

/** The same calls under the rules of the document, where there is one. */
export function withStored(calls: LaneCalls, document: LaneDocument | null): LaneCalls {
  return document === null ? calls : { ...calls, definition: document.definition }
}

export interface Submitted {
  readonly result: LaneResult
  /** Before the write that gave this answer was sent: deadlines count from here. */
  readonly sentAt: Moment
  /** The document that was decided on. */
  readonly before: LaneDocument | null
  /** True when an earlier try may have been written: "nothing to do" may then mean "done by that one". */
  readonly isRepeated: boolean
}

export function documentId(lane: string): string {
  return `lane/${lane}`
}

/**
 * Sends one operation to the lane's document. An unknown answer is settled by sending the same operation again: it
 * names its claim, and a try that was given up on can no longer decide anything.
 *
 * @param operation or what makes it of the very document that is decided on; that may run several times.
 *
 * @throws ConductError STORE_UNREACHABLE  every try failed or time is up: the operation may or may not have happened.
 *   STORE_BEHIND, STORE_MOVED  nothing was decided.
 */
export async function submit(
  calls: LaneCalls,
  operation: LaneOperation | ((document: LaneDocument | null) => LaneOperation),
): Promise<Submitted> {
  const { lane, definition, store } = calls
  let isCheckpoint = false
  const submitted = await retrying(calls, async ({ attempt, isGivenUp }) => {
    const nonce = randomUUID()
    const sentAt = momentOf(calls.clock)
    const seen = lastSeen(store, lane)
    let found: LaneDocument | null = null
    const { result, before } = await store.register.change<
      LaneDocument,
      { result: LaneResult; before: LaneDocument | null }
    >(documentId(lane), (document, now) => {
      // Every run anew: what an earlier one wanted to write and lost was never there.
      found = document
      if (isGivenUp()) return { result: { result: { kind: 'unchanged' }, before: document } }
      requireCurrent(lane, seen, document)
      const asked = typeof operation === 'function' ? operation(document) : operation
      const { firstSeenMs } = watchOf(store, { lane, document, now })
      const decision = decide(document, asked, { lane, definition, now, firstSeenMs, nonce })
      found = decision.write ?? document
      isCheckpoint = decision.append?.some(({ seq }) => isLaterCheckpoint(seq)) ?? false
      return { ...decision, result: { result: decision.result, before: document } }
    })
    if (found !== null) noteSeen(store, found)
    return { result, sentAt, before, isRepeated: attempt > 1 }
  })
  if (isCheckpoint) await dropOldHistory(calls)
  return submitted
}

/** @throws ConductError STORE_UNREACHABLE, STORE_BEHIND, STORE_MOVED */
export async function readLane(calls: LaneCalls): Promise<Stored<LaneDocument> | null> {
  const { lane, store } = calls
  const seen = lastSeen(store, lane)
  const stored = await readUnchecked(calls)
  requireCurrent(lane, seen, stored?.document ?? null)
  if (stored !== null) noteSeen(store, stored.document)
  return stored
}

/** Whatever the store holds: only for what puts right a lane that went back, or moves it. */
export async function readUnchecked(
  calls: Pick<LaneCalls, 'lane' | 'store' | 'clock' | 'definition'>,
): Promise<Stored<LaneDocument> | null> {
  return retrying(calls, () => calls.store.register.read<LaneDocument>(documentId(calls.lane)))
}
