import { ConductError } from '@conduct/core'
import type { LaneDocument } from '../document.ts'
import type { HistoryRecord } from '../history-record.ts'
import { documentId } from '../lane/lane-calls.ts'
import { type ExportEnd, type ExportEntry, type ExportHead, readExportFile } from './export-file.ts'

/** What an export holds of lanes; the rest of it may be large and is read when it is brought into a store. */
export interface ReadEstate {
  readonly path: string
  readonly head: ExportHead
  readonly end: ExportEnd
  readonly lanes: readonly LaneDocument[]
  /** By the log of a lane's history. */
  readonly pasts: ReadonlyMap<string, Past>
}

/** What shows that a tombstone is one that the lane itself left behind. */
interface Past {
  /** Older records were dropped. */
  readonly firstSeq: number
  /** Hashes of the records that sealed it, each time it was moved. */
  readonly seals: Set<string>
}

/** Reads all of it once before anything is done: lanes are small, the rest is read again. */
export async function readEstate({ path }: { readonly path: string }): Promise<ReadEstate> {
  const lanes: LaneDocument[] = []
  const pasts = new Map<string, Past>()
  const { head, end } = await readExportFile(path, (entry, { movingTo }) => {
    if (entry.kind === 'record') return notePast(pasts, entry)
    const document = toLane(entry)
    if (document === null) return
    if (document.moved?.kind !== 'to' || document.moved.address !== movingTo) {
      throw new ConductError(
        'EXPORT_INVALID',
        `${path} cannot be imported: lane ${document.lane} is not sealed.`,
      )
    }
    lanes.push(document)
  })
  return { path, head, end, lanes, pasts }
}

function notePast(pasts: Map<string, Past>, entry: Extract<ExportEntry, { kind: 'record' }>): void {
  const record = entry.body as unknown as Partial<HistoryRecord> | null
  const past = pasts.get(entry.log) ?? { firstSeq: entry.seq, seals: new Set() }
  if (record?.operation?.kind === 'seal') past.seals.add(record.hash ?? '')
  pasts.set(entry.log, past)
}

/** Null for everything that is no lane's document. */
export function toLane(entry: ExportEntry): LaneDocument | null {
  const isLane = entry.kind === 'document' && entry.id.startsWith(documentId(''))
  return isLane ? (entry.body as unknown as LaneDocument) : null
}
