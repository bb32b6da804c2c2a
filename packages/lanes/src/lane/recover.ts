import { randomUUID } from 'node:crypto'
import type { Recovery } from '../api.ts'
import { firstPrevious } from '../core/create-document.ts'
import { historyLog } from '../core/history.ts'
import { decide } from '../core/index.ts'
import { tokensPerEpoch } from '../core/slots.ts'
import type { HistoryHead, LaneDocument } from '../document.ts'
import type { HistoryRecord } from '../history-record.ts'
import type { LaneResult } from '../operation.ts'
import { throwIfDenied } from './captain-calls.ts'
import { documentId, type LaneCalls, readUnchecked } from './lane-calls.ts'
import { behind, lastSeen, noteSeen, storeMoved } from './last-seen.ts'
import { watchOf } from './observation.ts'
import { retrying } from './retrying.ts'

/** Records per read of the log. */
const pageSize = 500

/** The lane may be written between the look at its log and the write that recovers it; so many looks at most. */
const looksMax = 10

/**
 * Makes a lane whose store went back usable again: in an epoch above every one that anybody here remembers or the log
 * tells of. Where nothing shows that it went back, it stays as it is, unless that is asked for.
 *
 * @throws ConductError NOT_CAPTAIN, STORE_MOVED (it went back to before it was moved), STORE_UNREACHABLE
 */
export async function recoverLane(
  calls: LaneCalls,
  { by, reason, force }: { readonly by: string; readonly reason: string; readonly force: boolean },
): Promise<Recovery> {
  const { lane, store, definition } = calls
  const nonce = randomUUID()
  for (let look = 1; look <= looksMax; look++) {
    const seen = lastSeen(store, lane)
    const document = (await readUnchecked(calls))?.document ?? null
    const tail = await readTail(calls, document)
    const forgotten = behind(seen, document)
    const movedTo = forgotten === null ? tail.movedTo : (seen?.movedTo ?? null)
    if (movedTo !== null) throw storeMoved(movedTo)
    const because = forgotten ?? tail.problem
    if (because === null && !force) return untouched(document)
    const epoch = 1 + Math.max(seen?.epoch ?? 0, document?.epoch ?? 0, tail.epoch)
    const written = await retrying(calls, () =>
      store.register.change<LaneDocument, Written | null>(documentId(lane), (found, now) => {
        if (found?.nonce === nonce) return { result: { result: { kind: 'done' }, next: found } }
        if (found?.nonce !== document?.nonce) return { result: null }
        const { firstSeenMs } = watchOf(store, { lane, document: found, now })
        const operation = { kind: 'recover', by, reason, epoch, after: tail.head } as const
        const decision = decide(found, operation, { lane, definition, now, firstSeenMs, nonce })
        return { ...decision, result: { result: decision.result, next: decision.write ?? null } }
      }),
    )
    if (written === null) continue
    throwIfDenied(written.result)
    if (written.next === null) throw new Error('invariant broken: a recovered lane was written')
    noteSeen(store, written.next)
    return recovered({ because, before: document, after: written.next })
  }
  throw new Error(`invariant broken: lane ${lane} was written between ${looksMax} looks in a row`)
}

interface Written {
  readonly result: LaneResult
  readonly next: LaneDocument | null
}

function untouched(document: LaneDocument | null): Recovery {
  const { epoch = 0, waiting = [] } = document ?? {}
  return { outcome: 'unchanged', because: null, epoch, ended: [], waiting: waiting.length, quietMs: 0 }
}

function recovered(options: {
  readonly because: string | null
  readonly before: LaneDocument | null
  readonly after: LaneDocument
}): Recovery {
  const { because, before, after } = options
  const ended = (before?.holders ?? []).map(({ claim, holder, resources, token }) => {
    return { claim, holder, resources, token }
  })
  const quietMs = after.definition.takeoverDelayMs
  return { outcome: 'recovered', because, epoch: after.epoch, ended, waiting: after.waiting.length, quietMs }
}

interface Tail {
  /** The last record there is. */
  readonly head: HistoryHead
  /** The highest epoch that records tell of which the document may not know. */
  readonly epoch: number
  /** Where the lane was when the latest of them was written; null: here. */
  readonly movedTo: string | null
  /** What shows that document and log went back to different points, the rest of a sentence; null: nothing. */
  readonly problem: string | null
}

/** Document and log may have been restored to different points, or one of them may be gone. */
async function readTail(calls: LaneCalls, document: LaneDocument | null): Promise<Tail> {
  const known = document?.history ?? { seq: 0, hash: firstPrevious }
  let records = await readRecords(calls, Math.max(1, known.seq))
  if (records.length === 0 && known.seq > 0) records = await readRecords(calls, 1)
  const last = records.at(-1)
  const head = last === undefined ? known : { seq: last.seq, hash: last.hash }
  const epoch = records.reduce((highest, record) => Math.max(highest, epochOf(record)), 0)
  const later = records.filter(({ seq }) => seq > known.seq).flatMap(({ delta }) => delta.lane?.moved ?? [])
  const moved = later.at(-1) ?? document?.moved
  const movedTo = moved?.kind === 'to' ? moved.address : null
  return { head, epoch, movedTo, problem: tailProblem(records, { document, known }) }
}

async function readRecords(calls: LaneCalls, fromSeq: number): Promise<readonly HistoryRecord[]> {
  const log = historyLog(calls.lane)
  const records: HistoryRecord[] = []
  for (let next = fromSeq; ;) {
    const page = await retrying(calls, () => calls.store.log.read(log, { fromSeq: next, limit: pageSize }))
    records.push(...page.map(({ record }) => record as unknown as HistoryRecord))
    const last = page.at(-1)
    if (last === undefined || page.length < pageSize) return records
    next = last.seq + 1
  }
}

function tailProblem(
  records: readonly HistoryRecord[],
  { document, known }: { readonly document: LaneDocument | null; readonly known: HistoryHead },
): string | null {
  const last = records.at(-1)?.seq ?? 0
  if (last > known.seq) {
    const what = document === null ? 'the store knows nothing of the lane' : `the lane knows ${known.seq}`
    return `the history has ${last} records, and ${what}`
  }
  if (last < known.seq) return `the lane knows ${known.seq} records, and the history ends with ${last}`
  const same = records.find(({ seq }) => seq === known.seq)
  if (same === undefined || same.hash === known.hash) return null
  return `record ${known.seq} of the history is not the one the lane was written with`
}

function epochOf({ checkpoint, delta, effects }: HistoryRecord): number {
  const tokens = [...effects.map(({ token }) => token ?? 0), ...Object.values(delta.counters ?? {})]
  const ofTokens = tokens.map((token) => Math.floor(token / tokensPerEpoch))
  return Math.max(checkpoint?.epoch ?? 0, delta.lane?.epoch ?? 0, ...ofTokens)
}
