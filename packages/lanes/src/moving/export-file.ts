import { createHash, type Hash } from 'node:crypto'
import { closeSync, createReadStream, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { ConductError, type Json, isConductError } from '@conduct/core'

/**
 * An estate in one file, to be carried from one store to another: a line of JSON each for its head, every document and
 * every record of a log, and the end with the hash of all bytes before it. Written and read line by line, so that its
 * size has no limit; that of one line has.
 */
export interface ExportHead {
  readonly format: 1
  readonly kind: 'conduct_estate'
  readonly estate: string
  /** Addresses without credentials. */
  readonly from: string
  readonly movingTo: string
}

export type ExportEntry =
  | { readonly kind: 'document'; readonly id: string; readonly body: Json }
  | { readonly kind: 'record'; readonly log: string; readonly seq: number; readonly body: Json }

export interface ExportEnd {
  readonly documents: number
  readonly records: number
  /** Of all bytes before the last line, hex. */
  readonly sha256: string
}

/** Longest line: documents and records are far smaller. */
const lineBytesMax = 64 * 2 ** 20

/**
 * Fails before anything is sealed that could not be written down.
 *
 * @throws ConductError OUTPUT_UNWRITABLE
 */
export function requireWritable(path: string): void {
  const draft = draftOf(path)
  inPlace(path, () => {
    closeSync(openSync(draft, 'w', 0o600))
    rmSync(draft)
  })
}

/**
 * Writes beside the file and replaces it in one move when all of it is on the disk.
 *
 * @throws ConductError OUTPUT_UNWRITABLE
 */
export async function writeExportFile(
  path: string,
  head: ExportHead,
  entries: AsyncIterable<ExportEntry>,
): Promise<ExportEnd> {
  const draft = draftOf(path)
  const file = inPlace(path, () => openSync(draft, 'w', 0o600))
  let isOpen = true
  try {
    const hash = createHash('sha256')
    const count = { documents: 0, records: 0 }
    const write = (line: Json): void => inPlace(path, () => writeLine(file, line, hash))
    write({
      format: head.format,
      kind: head.kind,
      estate: head.estate,
      from: head.from,
      moving_to: head.movingTo,
    })
    for await (const entry of entries) {
      write(toLine(entry))
      if (entry.kind === 'document') count.documents += 1
      else count.records += 1
    }
    const end = { ...count, sha256: hash.digest('hex') }
    inPlace(path, () => {
      writeLine(file, { end }, null)
      fsyncSync(file)
    })
    closeSync(file)
    isOpen = false
    inPlace(path, () => renameSync(draft, path))
    return end
  } finally {
    if (isOpen) closeSync(file)
    rmSync(draft, { force: true })
  }
}

/**
 * @param visit sees every entry before the end was verified: what must not happen on a broken file waits for the result.
 * @throws ConductError EXPORT_INVALID: unreadable, cut off, changed or no export at all; STORE_NEWER
 */
export async function readExportFile(
  path: string,
  visit: (entry: ExportEntry, head: ExportHead) => void | Promise<void>,
): Promise<{ readonly head: ExportHead; readonly end: ExportEnd }> {
  const hash = createHash('sha256')
  const count = { documents: 0, records: 0 }
  let head: ExportHead | null = null
  let end: ExportEnd | null = null
  for await (const line of linesOf(path)) {
    if (end !== null) throw invalid(path, 'something stands behind its end')
    const value = parseLine(path, line)
    if (head === null) {
      head = parseHead(path, value)
    } else if ('end' in value) {
      end = parseEnd(path, value['end'])
      if (end.sha256 !== hash.digest('hex')) throw invalid(path, 'it was changed after it was written')
      continue
    } else {
      const entry = parseEntry(path, value)
      if (entry.kind === 'document') count.documents += 1
      else count.records += 1
      await visit(entry, head)
    }
    hash.update(line).update('\n')
  }
  if (head === null) throw invalid(path, 'it is empty')
  if (end === null) throw invalid(path, 'it ends too early')
  if (end.documents !== count.documents || end.records !== count.records)
    throw invalid(path, 'parts are missing')
  return { head, end }
}

function draftOf(path: string): string {
  return `${path}.${process.pid}.part`
}

function toLine(entry: ExportEntry): Json {
  return entry.kind === 'document'
    ? { document: entry.id, body: entry.body }
    : { log: entry.log, seq: entry.seq, record: entry.body }
}

function writeLine(file: number, line: Json, hash: Hash | null): void {
  const bytes = Buffer.from(`${JSON.stringify(line)}\n`)
  if (bytes.length > lineBytesMax) throw new Error(`invariant broken: a line of ${bytes.length} bytes`)
  hash?.update(bytes)
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written)
}

/** Cut at line feeds only: text may hold other characters that end lines elsewhere. */
async function* linesOf(path: string): AsyncGenerator<Buffer> {
  let rest: readonly Buffer[] = []
  let restBytes = 0
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      let from = 0
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
        yield Buffer.concat([...rest, chunk.subarray(from, at)])
        rest = []
        restBytes = 0
        from = at + 1
      }
      rest = [...rest, chunk.subarray(from)]
      restBytes += chunk.length - from
      if (restBytes > lineBytesMax) throw invalid(path, 'a line of it is too long')
    }
  } catch (cause) {
    if (isConductError(cause) || !isSystemError(cause)) throw cause
    throw invalid(path, 'it cannot be read', cause)
  }
  if (restBytes > 0) throw invalid(path, 'it ends too early')
}

type Line = Readonly<Record<string, unknown>>

function parseLine(path: string, line: Buffer): Line {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'))
    if (value !== null && typeof value === 'object') return value as Line
  } catch {
    // Said below.
  }
  throw invalid(path, 'a line of it is no JSON')
}

function parseHead(path: string, line: Line): ExportHead {
  const { format, kind, estate, from, moving_to: movingTo } = line
  if (kind !== 'conduct_estate' || typeof format !== 'number')
    throw invalid(path, 'it is no export of conduct')
  if (format !== 1) throw new ConductError('STORE_NEWER', `${path} has format ${format}.`)
  if (typeof estate !== 'string' || typeof from !== 'string' || typeof movingTo !== 'string') {
    throw invalid(path, 'its head is not whole')
  }
  return { format, kind, estate, from, movingTo }
}

function parseEntry(path: string, line: Line): ExportEntry {
  if (typeof line['document'] === 'string' && 'body' in line) {
    return { kind: 'document', id: line['document'], body: line['body'] as Json }
  }
  if (typeof line['log'] === 'string' && typeof line['seq'] === 'number' && 'record' in line) {
    return { kind: 'record', log: line['log'], seq: line['seq'], body: line['record'] as Json }
  }
  throw invalid(path, 'a line of it is neither a document nor a record')
}

function parseEnd(path: string, value: unknown): ExportEnd {
  const { documents, records, sha256 } = (value ?? {}) as Line
  if (typeof documents !== 'number' || typeof records !== 'number' || typeof sha256 !== 'string') {
    throw invalid(path, 'its end is not whole')
  }
  return { documents, records, sha256 }
}

function inPlace<Result>(path: string, work: () => Result): Result {
  try {
    return work()
  } catch (cause) {
    if (!isSystemError(cause)) throw cause
    throw new ConductError('OUTPUT_UNWRITABLE', `${path} cannot be written`, { cause })
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}

function invalid(path: string, what: string, cause?: unknown): ConductError {
  const options = cause === undefined ? {} : { cause }
  return new ConductError('EXPORT_INVALID', `${path} cannot be imported: ${what}.`, options)
}
