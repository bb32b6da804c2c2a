import { isConductError } from '@conduct/core'
import { checkpointEvery, historyLog } from '../core/history.ts'
import type { HistoryRecord } from '../history-record.ts'
import type { Store } from '../store.ts'
import { retrying, type TimedCalls } from './retrying.ts'

/** How long a lane's history is kept, by the wall clock, in a store that can drop records. */
export const retentionMs = 180 * 24 * 3_600_000

/** Looks at so many checkpoints per call; the next call goes on. */
const checkpointsMax = 100

/**
 * Drops the records that are older than the retention, up to a checkpoint, so that replay still begins at one. Called
 * once per checkpoint; a store that cannot be reached just now is asked again at the next.
 */
export async function dropOldHistory(calls: TimedCalls & { readonly store: Store }): Promise<void> {
  const { log, register } = calls.store
  if (log.drop === undefined) return
  const name = historyLog(calls.lane)
  const read = async (fromSeq: number): Promise<HistoryRecord | undefined> => {
    const [entry] = await retrying(calls, () => log.read(name, { fromSeq, limit: 1 }))
    return entry?.record as unknown as HistoryRecord | undefined
  }
  try {
    const { wallMs } = await retrying(calls, () => register.now())
    const first = (await read(1))?.seq ?? 1
    let keepFrom = first
    for (let step = 1; step <= checkpointsMax; step++) {
      const seq = first + step * checkpointEvery
      const checkpoint = await read(seq)
      if (checkpoint?.seq !== seq || checkpoint.checkpoint === null) break
      if (checkpoint.at.wallMs > wallMs - retentionMs) break
      keepFrom = seq
    }
    if (keepFrom > first) await retrying(calls, () => log.drop?.(name, keepFrom) ?? Promise.resolve())
  } catch (error) {
    if (!isConductError(error, 'STORE_UNREACHABLE')) throw error
  }
}
