import { ConductError, canonicalJson } from '@conduct/core'
import type { LaneDocument } from '../document.ts'
import { documentId, readUnchecked } from '../lane/lane-calls.ts'
import { lastSeen } from '../lane/last-seen.ts'
import { retrying } from '../lane/retrying.ts'
import { storePlace } from '../store-place.ts'
import type { Store, StoreKind } from '../store.ts'
import { type ExportEnd, type ExportEntry, type ExportHead, readExportFile } from './export-file.ts'
import { type FoundLane, type MovingEstate, requireAnyCaptain, submitMove } from './moving-lanes.ts'

export interface ImportResult extends ExportEnd {
  /** `already`: this very file had been imported before, to its end. */
  readonly outcome: 'imported' | 'already'
  readonly from: string
  readonly lanes: readonly { readonly lane: string; readonly epoch: number; readonly waiting: number }[]
}

/** So many records are on their way at once; git takes one push after the other. */
const recordsAtOnce = { sqlite: 1, postgres: 4, s3: 8, git: 1 } as const satisfies Record<StoreKind, number>

/** How long one call about something else than a lane may take, tries included. */
const importCallMs = 10_000

/**
 * Brings an exported estate into its new store. Documents and logs come first; then lane by lane goes on, under tokens
 * above all before. Killed anywhere and called again, it does what is left.
 *
 * @throws ConductError EXPORT_INVALID, STORE_NEWER, IMPORT_REFUSED, NOT_CAPTAIN
 */
export async function importEstate(options: MovingEstate & { readonly path: string }): Promise<ImportResult> {
  const file = await readFile(options)
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
  const file = await readFile(options)
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

interface ReadFile {
  readonly path: string
  readonly head: ExportHead
  readonly end: ExportEnd
  readonly lanes: readonly LaneDocument[]
}

/** Reads all of it once before anything is done: lanes are small, the rest is read again. */
async function readFile({ path }: { readonly path: string }): Promise<ReadFile> {
  const lanes: LaneDocument[] = []
  const { head, end } = await readExportFile(path, (entry, { movingTo }) => {
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
  return { path, head, end, lanes }
}

function toLane(entry: ExportEntry): LaneDocument | null {
  const isLane = entry.kind === 'document' && entry.id.startsWith(documentId(''))
  return isLane ? (entry.body as unknown as LaneDocument) : null
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
  /** `sealed`: it was moved from here to where the file comes from; `foreign`: something else lives here. */
  readonly state: 'absent' | 'sealed' | 'imported' | 'foreign'
}

async function findTargets(file: ReadFile, options: MovingEstate): Promise<readonly Target[]> {
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
  { head, end }: ReadFile,
): Target['state'] {
  if (document === null) return 'absent'
  const { moved } = document
  if (moved?.kind === 'from' && moved.file === end.sha256) return 'imported'
  // An older file must not bring back what has been carried on since.
  const isOurs =
    moved?.kind === 'to' && storePlace(moved.address) === head.from && document.epoch < source.epoch
  return isOurs ? 'sealed' : 'foreign'
}

/** Sealed with exactly what the file has, or taken back already. */
function isAsExported(document: LaneDocument | null, source: LaneDocument, movingTo: string): boolean {
  const moved = document?.moved
  if (moved === undefined || document === null || moved.address !== movingTo) return false
  return moved.kind === 'to' ? document.history.hash === source.history.hash : moved.file === ''
}

async function importOne(target: Target, file: ReadFile, by: string): Promise<ImportResult['lanes'][number]> {
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

async function importEntries(
  file: ReadFile,
  options: MovingEstate & { readonly isBack: boolean },
): Promise<void> {
  const atOnce = recordsAtOnce[options.store.kind]
  const running = new Set<Promise<void>>()
  const failures: unknown[] = []
  const throwIfFailed = (): void => {
    if (failures.length > 0) throw failures[0]
  }
  let sha256: string
  try {
    const { end } = await readExportFile(file.path, async (entry) => {
      throwIfFailed()
      if (toLane(entry) !== null) return
      if (entry.kind === 'document') return importDocument(entry, options)
      const work: Promise<void> = importRecord(entry, options)
        .catch((error: unknown) => {
          failures.push(error)
        })
        .finally(() => running.delete(work))
      running.add(work)
      if (running.size >= atOnce) await Promise.race(running)
    })
    sha256 = end.sha256
  } finally {
    await Promise.all(running)
  }
  throwIfFailed()
  if (sha256 !== file.end.sha256) {
    throw new ConductError('EXPORT_INVALID', `${file.path} cannot be imported: it changes while it is read.`)
  }
}

/** Moving back, what was carried on elsewhere replaces what was left here. */
async function importDocument(
  { id, body }: Extract<ExportEntry, { kind: 'document' }>,
  {
    store,
    clock,
    isBack,
  }: { readonly store: Store; readonly clock: MovingEstate['clock']; readonly isBack: boolean },
): Promise<void> {
  const text = canonicalJson(body)
  await retrying({ lane: id, clock, definition: { renewMs: importCallMs } }, () =>
    store.register.change<unknown, null>(id, (found) => {
      if (found !== null && canonicalJson(found) === text) return { result: null }
      if (found !== null && !isBack) throw refused(`The store holds another ${id}.`)
      return { write: body, result: null }
    }),
  )
}

async function importRecord(
  { log, seq, body }: Extract<ExportEntry, { kind: 'record' }>,
  { store, clock }: Pick<MovingEstate, 'store' | 'clock'>,
): Promise<void> {
  const timed = { lane: log, clock, definition: { renewMs: importCallMs } }
  const outcome = await retrying(timed, () => store.log.append({ log, seq, record: body }))
  if (outcome === 'appended') return
  const [present] = await retrying(timed, () => store.log.read(log, { fromSeq: seq, limit: 1 }))
  if (present?.seq === seq && canonicalJson(present.record) === canonicalJson(body)) return
  throw refused(`Record ${seq} of ${log} is another one in this store.`)
}

function refused(message: string, hint?: string): ConductError {
  return new ConductError('IMPORT_REFUSED', message, hint === undefined ? {} : { hint })
}
