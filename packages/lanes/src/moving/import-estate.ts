import { historyLog } from '../core/index.ts'
import type { LaneDocument } from '../document.ts'
import { readUnchecked } from '../lane/lane-calls.ts'
import { lastSeen } from '../lane/last-seen.ts'
import { storePlace } from '../store-place.ts'
import type { ExportEnd, ExportHead } from './export-file.ts'
import { importEntries } from './import-entries.ts'
import { type FoundLane, type MovingEstate, requireAnyCaptain, submitMove } from './moving-lanes.ts'
import { type ReadEstate, readEstate } from './read-estate.ts'
import { refused } from './refused.ts'

export interface ImportResult extends ExportEnd {
  /** `already`: this very file had been imported before, to its end. */
  readonly outcome: 'imported' | 'already'
  readonly from: string
  readonly lanes: readonly { readonly lane: string; readonly epoch: number; readonly waiting: number }[]
}

/**
 * Brings an exported estate into its new store. Documents and logs come first; then lane by lane goes on, under tokens
 * above all before. Killed anywhere and called again, it does what is left.
 *
 * @throws ConductError EXPORT_INVALID, STORE_NEWER, IMPORT_REFUSED, NOT_CAPTAIN
 */
export async function importEstate(options: MovingEstate & { readonly path: string }): Promise<ImportResult> {
  const file = await readEstate(options)
  requireDestination(file.head, options)
  const lanes = await findTargets(file, options)
  const foreign = lanes.filter(({ state }) => state === 'foreign').map(({ calls }) => calls.lane)
  if (foreign.length > 0) {
    const what = foreign.length === 1 ? `lane ${foreign[0]}` : `lanes ${foreign.join(', ')}`
    throw refused(`The store has a life of its own for ${what}; that would be lost.`)
  }
  // A lane that goes on here does so only after all the rest had been brought here.
  if (!lanes.some(({ state }) => state === 'imported')) {
    await importEntries(file, { ...options, isBack: lanes.some(({ state }) => state === 'sealed') })
  }
  const outcome = lanes.every(({ state }) => state === 'imported') ? 'already' : 'imported'
  const results = []
  for (const lane of lanes) results.push(await importOne(lane, file, options.by))
  return { outcome, from: file.head.from, lanes: results, ...file.end }
}

/**
 * Opens the old store again with the file that was exported from it and never imported anywhere: tokens go on above
 * those that the new store could have granted.
 *
 * @throws ConductError EXPORT_INVALID, IMPORT_REFUSED, NOT_CAPTAIN
 */
export async function takeBackEstate(
  options: MovingEstate & { readonly path: string },
): Promise<Pick<ImportResult, 'lanes'>> {
  const file = await readEstate(options)
  const { head } = file
  requireEstate(head, options)
  if (storePlace(options.store.url) !== head.from) {
    throw refused(`It was exported from ${head.from}; only there can it be taken back.`)
  }
  const lanes = await findTargets(file, options)
  const changed = lanes.filter(({ document, source }) => !isAsExported(document, source, head.movingTo))
  if (changed.length > 0) {
    throw refused(`Not as they were exported: ${changed.map(({ calls }) => calls.lane).join(', ')}.`)
  }
  const results = []
  for (const { calls } of lanes) {
    const back = { kind: 'unseal', to: head.movingTo, by: options.by, epochs: 2 } as const
    const { document } = await submitMove(calls, () => back)
    results.push({ lane: calls.lane, epoch: document?.epoch ?? 0, waiting: document?.waiting.length ?? 0 })
  }
  return { lanes: results }
}

function requireEstate(head: ExportHead, { estate }: MovingEstate): void {
  if (head.estate !== estate) throw refused(`It holds the estate ${head.estate}, and this is ${estate}.`)
}

function requireDestination(head: ExportHead, options: MovingEstate): void {
  requireEstate(head, options)
  const here = storePlace(options.store.url)
  if (here === head.from) {
    throw refused(
      `It was exported from this very store, to go to ${head.movingTo}.`,
      `Name ${head.movingTo} in lanes.yaml (store:) first. If it was never imported there, --take-back opens this store again.`,
    )
  }
  if (here !== storePlace(head.movingTo)) {
    throw refused(`It was sealed for ${head.movingTo}, and this store is ${here}: clients would look there.`)
  }
}

interface Target extends FoundLane {
  /** As the file has it. */
  readonly source: LaneDocument
  /** `sealed`: it was moved away from here, and has come back with the file; `foreign`: something else lives here. */
  readonly state: 'absent' | 'sealed' | 'imported' | 'foreign'
}

async function findTargets(file: ReadEstate, options: MovingEstate): Promise<readonly Target[]> {
  const { store, clock } = options
  const lanes: Target[] = []
  for (const source of file.lanes) {
    const calls = { lane: source.lane, store, clock, definition: source.definition }
    const document = (await readUnchecked(calls))?.document ?? null
    lanes.push({ calls, source, document, state: stateOfTarget(document, source, file) })
  }
  requireAnyCaptain(lanes, options.by)
  return lanes
}

function stateOfTarget(
  document: LaneDocument | null,
  source: LaneDocument,
  { end, pasts }: ReadEstate,
): Target['state'] {
  if (document === null) return 'absent'
  const { moved } = document
  if (moved?.kind === 'from' && moved.file === end.sha256) return 'imported'
  // An older file must not bring back what has been carried on since.
  if (moved?.kind !== 'to' || document.epoch >= source.epoch) return 'foreign'
  const past = pasts.get(historyLog(source.lane))
  const isForgotten = past !== undefined && past.firstSeq > document.history.seq
  return isForgotten || past?.seals.has(document.history.hash) === true ? 'sealed' : 'foreign'
}

/** Sealed with exactly what the file has, or taken back already. */
function isAsExported(document: LaneDocument | null, source: LaneDocument, movingTo: string): boolean {
  const moved = document?.moved
  if (moved === undefined || document === null || moved.address !== movingTo) return false
  return moved.kind === 'to' ? document.history.hash === source.history.hash : moved.file === ''
}

async function importOne(
  target: Target,
  file: ReadEstate,
  by: string,
): Promise<ImportResult['lanes'][number]> {
  const { calls, source } = target
  const { lane } = calls
  const seenEpoch = lastSeen(calls.store, lane)?.epoch ?? 0
  const { document } = await submitMove(
    calls,
    (found) => {
      if (stateOfTarget(found, source, file) === 'imported') return null
      const epoch = 1 + Math.max(source.epoch, found?.epoch ?? 0, seenEpoch)
      return { kind: 'import', from: file.head.from, file: file.end.sha256, by, epoch }
    },
    (found) => {
      if (stateOfTarget(found, source, file) !== 'foreign') return source
      throw refused(`Somebody has just begun to use lane ${lane} in this store.`)
    },
  )
  return { lane, epoch: document?.epoch ?? 0, waiting: document?.waiting.length ?? 0 }
}
