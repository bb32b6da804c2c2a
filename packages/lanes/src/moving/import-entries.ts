import { ConductError, canonicalJson } from '@conduct/core'
import { retrying } from '../lane/retrying.ts'
import type { Store, StoreKind } from '../store.ts'
import { type ExportEntry, readExportFile } from './export-file.ts'
import type { MovingEstate } from './moving-lanes.ts'
import { type ReadEstate, toLane } from './read-estate.ts'
import { refused } from './refused.ts'

/** So many records are on their way at once; git takes one push after the other. */
const recordsAtOnce = { sqlite: 1, postgres: 4, s3: 8, git: 1 } as const satisfies Record<StoreKind, number>

/** How long one call about something else than a lane may take, tries included. */
const importCallMs = 10_000

/** Everything but the lanes themselves. What is there already is left alone, so that it can be begun again. */
export async function importEntries(
  file: ReadEstate,
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
