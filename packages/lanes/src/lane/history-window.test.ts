import { describe, expect, test } from 'vitest'
import type { HistoryRecord, LaneState } from '../history-record.ts'
import { readHistoryWindow } from './history-window.ts'

/** A log of so many records, one per second, of which the first ones may have been dropped. */
function logOf(count: number, firstSeq = 1) {
  const reads: number[] = []
  const record = (seq: number) =>
    ({
      seq,
      at: { ms: seq, era: 'e', wallMs: seq * 1000 },
      checkpoint: seq % 1000 === 1 ? ({} as LaneState) : null,
    }) as HistoryRecord
  return {
    reads,
    read: async ({ fromSeq, limit }: { readonly fromSeq: number; readonly limit: number }) => {
      reads.push(fromSeq)
      const from = Math.max(fromSeq, firstSeq)
      const length = Math.max(0, Math.min(limit, count - from + 1))
      return Array.from({ length }, (_, index) => record(from + index))
    },
  }
}

async function seqsOf(log: ReturnType<typeof logOf>, window: { seq: number; fromWallMs: number }) {
  const records = await readHistoryWindow(log.read, window)
  return [records.at(0)?.seq, records.at(-1)?.seq, records.length]
}

describe('the records of a stretch of time', () => {
  test('begin at the checkpoint before it, and cost one page per thousand records', async () => {
    const log = logOf(3500)

    expect(await seqsOf(log, { seq: 3500, fromWallMs: 2_500_000 })).toEqual([2001, 3500, 1500])
    expect(log.reads).toEqual([3001, 2001])
  })

  test('end with the record that the document names, whatever was written since', async () => {
    expect(await seqsOf(logOf(3500), { seq: 3400, fromWallMs: 3_200_000 })).toEqual([3001, 3400, 400])
  })

  test('are all of a short history', async () => {
    expect(await seqsOf(logOf(7), { seq: 7, fromWallMs: 0 })).toEqual([1, 7, 7])
    expect(await seqsOf(logOf(1000), { seq: 1000, fromWallMs: 0 })).toEqual([1, 1000, 1000])
    expect(await seqsOf(logOf(0), { seq: 0, fromWallMs: 0 })).toEqual([undefined, undefined, 0])
  })

  test('begin where the history begins after older records were dropped', async () => {
    expect(await seqsOf(logOf(3500, 1001), { seq: 3500, fromWallMs: 0 })).toEqual([1001, 3500, 2500])
  })
})
