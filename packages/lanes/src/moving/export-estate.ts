import { randomUUID } from 'node:crypto'
import type { HeldBy } from '../lane-views.ts'
import { decide } from '../core/index.ts'
import type { LaneDocument } from '../document.ts'
import { documentId } from '../lane/lane-calls.ts'
import { heldBy } from '../lane/lane-view.ts'
import { behind, lastSeen, requireCurrent, storeMoved } from '../lane/last-seen.ts'
import { watchOf } from '../lane/observation.ts'
import { retrying } from '../lane/retrying.ts'
import { type ExportEnd, type ExportEntry, requireWritable, writeExportFile } from './export-file.ts'
import {
  type FoundLane,
  findLanes,
  type MovingEstate,
  requireAnyCaptain,
  submitMove,
} from './moving-lanes.ts'
import { storePlace } from '../store-place.ts'
import type { Store } from '../store.ts'

export type ExportResult =
  | ({
      readonly outcome: 'exported'
      readonly lanes: readonly string[]
      readonly waiting: number
    } & ExportEnd)
  /** Nothing was sealed: who stands in the way, and whether a stopped run keeps the lane. */
  | { readonly outcome: 'held'; readonly holders: readonly Blocking[] }

export interface Blocking extends HeldBy {
  readonly lane: string
  readonly kept: string | null
}

/** Records per read of a log. */
const pageSize = 500

/**
 * Seals every lane with the address of its new store, and writes everything of the estate into one file. Whoever waits
 * travels along. Interrupted anywhere, it is called again: lanes stay sealed, and the same content is written.
 *
 * @param options.movingTo address of the new store, without credentials.
 * @throws ConductError NOT_CAPTAIN, STORE_BEHIND, STORE_MOVED (to another address), OUTPUT_UNWRITABLE
 */
export async function exportEstate(
  options: MovingEstate & { readonly path: string; readonly movingTo: string },
): Promise<ExportResult> {
  const { store, movingTo } = options
  const lanes = await findLanes(options)
  requireAnyCaptain(lanes, options.by)
  for (const { calls, document } of lanes) {
    const seen = lastSeen(store, calls.lane)
    const isSealed = isSealedFor(document, movingTo) && behind(seen, document) === null
    if (!isSealed) requireCurrent(calls.lane, seen, document)
  }
  requireWritable(options.path)
  const blocking = await findBlocking(lanes, options)
  const holders = blocking.length > 0 ? blocking : await sealAll(lanes, options)
  if (holders.length > 0) return { outcome: 'held', holders }
  const waiting = { count: 0 }
  const head = {
    format: 1,
    kind: 'conduct_estate',
    estate: options.estate,
    from: storePlace(store.url),
    movingTo,
  } as const
  const entries = readAll(options, (document) => {
    if (!isSealedFor(document, movingTo))
      throw new Error(`invariant broken: lane ${document.lane} is not sealed`)
    waiting.count += document.waiting.length
  })
  const end = await writeExportFile(options.path, head, entries)
  return { outcome: 'exported', lanes: lanes.map(({ calls }) => calls.lane), waiting: waiting.count, ...end }
}

function isSealedFor(document: LaneDocument | null, address: string): boolean {
  return document?.moved?.kind === 'to' && document.moved.address === address
}

/** Everybody who would have to let go first, before anything is sealed. */
async function findBlocking(
  lanes: readonly FoundLane[],
  { movingTo, by }: { readonly movingTo: string; readonly by: string },
): Promise<readonly Blocking[]> {
  const blocking: Blocking[] = []
  for (const { calls, document } of lanes) {
    const { lane, store, definition } = calls
    const now = await retrying(calls, () => store.register.now())
    const { firstSeenMs } = watchOf(store, { lane, document, now })
    const context = { lane, definition, now, firstSeenMs, nonce: randomUUID() }
    const { result, write } = decide(document, { kind: 'seal', to: movingTo, by }, context)
    if (isHeld(result)) blocking.push(...blockingOf(write ?? document))
  }
  return blocking
}

/** Who took a lane in the last moment; then what was sealed here is open again. */
async function sealAll(
  lanes: readonly FoundLane[],
  { movingTo, by }: { readonly movingTo: string; readonly by: string },
): Promise<readonly Blocking[]> {
  const sealed: FoundLane[] = []
  for (const lane of lanes) {
    const { result, document } = await submitMove(lane.calls, () => ({ kind: 'seal', to: movingTo, by }))
    if (result.kind === 'done') sealed.push(lane)
    if (result.kind === 'denied' && result.reason === 'moved') throw storeMoved(result.message)
    if (!isHeld(result)) continue
    for (const { calls } of sealed) {
      await submitMove(calls, () => ({ kind: 'unseal', to: movingTo, by, epochs: 0 }))
    }
    return blockingOf(document)
  }
  return []
}

function isHeld(result: ReturnType<typeof decide>['result']): boolean {
  return result.kind === 'denied' && result.reason === 'held'
}

function blockingOf(document: LaneDocument | null): readonly Blocking[] {
  return (document?.holders ?? []).map((held) => {
    return { ...heldBy(held, held.grantedAt), lane: document?.lane ?? '', kept: held.kept?.reason ?? null }
  })
}

async function* readAll(
  { store, clock }: { readonly store: Store; readonly clock: MovingEstate['clock'] },
  lookAt: (document: LaneDocument) => void,
): AsyncGenerator<ExportEntry> {
  const timed = { lane: 'being moved', clock, definition: { renewMs: exportCallMs } }
  for (const id of await retrying(timed, () => store.register.list(''))) {
    const stored = await retrying(timed, () => store.register.read<LaneDocument>(id))
    if (stored === null) continue
    if (id.startsWith(documentId(''))) lookAt(stored.document)
    yield { kind: 'document', id, body: JSON.parse(JSON.stringify(stored.document)) }
  }
  for (const log of await retrying(timed, () => store.log.list(''))) {
    for (let fromSeq = 1; ;) {
      const page = await retrying(timed, () => store.log.read(log, { fromSeq, limit: pageSize }))
      for (const { seq, record } of page) yield { kind: 'record', log, seq, body: record }
      const last = page.at(-1)
      if (last === undefined || page.length < pageSize) break
      fromSeq = last.seq + 1
    }
  }
}

/** How long one read may take, tries included. */
const exportCallMs = 10_000
