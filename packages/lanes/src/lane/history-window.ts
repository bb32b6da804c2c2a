import { checkpointEvery } from '../core/history.ts'
import type { HistoryRecord } from '../history-record.ts'

/** Looks at so many records at most: the stretch is shorter then, and says so. */
const pagesMax = 200

type ReadHistory = (page: {
  readonly fromSeq: number
  readonly limit: number
}) => Promise<readonly HistoryRecord[]>

/**
 * Reads the records of a stretch of time, and those before it back to a checkpoint: from there everything is known
 * about the stretch. A store that dropped what is older gives what it has left.
 *
 * @param window.seq the latest record, as the document says.
 */
export async function readHistoryWindow(
  read: ReadHistory,
  window: { readonly seq: number; readonly fromWallMs: number },
): Promise<readonly HistoryRecord[]> {
  const last = checkpointAtOrBefore(window.seq)
  let records: readonly HistoryRecord[] = []
  for (let page = 0; page < pagesMax; page++) {
    const fromSeq = last - page * checkpointEvery
    if (fromSeq < 1) break
    const limit = Math.min(checkpointEvery, window.seq - fromSeq + 1)
    const found = await read({ fromSeq, limit })
    const [first] = found
    if (first?.seq !== fromSeq || first.checkpoint === null) break
    records = [...found, ...records]
    if (first.at.wallMs < window.fromWallMs) break
  }
  return records
}

/** Sequence number of the checkpoint that begins the page with that record. */
function checkpointAtOrBefore(seq: number): number {
  return Math.max(0, Math.floor((seq - 1) / checkpointEvery)) * checkpointEvery + 1
}
