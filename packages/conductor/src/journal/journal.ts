import { randomBytes } from 'node:crypto'
import {
  type Clock,
  ConductError,
  type Json,
  type RunId,
  invariant,
  isConductError,
  toTimestamp,
} from '@conduct/core'
import type { Log } from '@conduct/lanes/engine'
import { type Redact, redacted } from '../redacted.ts'
import type { JournalBody, JournalRecord } from './journal-record.ts'

/**
 * Journal of one run on the store's append-only log.
 *
 * Promise: a writer writes only the slot after the last record it has read, so no slot is ever skipped; once a
 * newer writer has opened the journal, every write of an older one is refused with JOURNAL_TAKEN_OVER. Records that
 * are asked for while another is being written ride in one slot: they are there together or not at all, and each
 * asker hears of it only then.
 */
export interface Journal {
  readonly run: RunId
  /** Everything read and written so far, oldest first. */
  readonly records: () => readonly JournalRecord[]
  /** Reads what others have written since. */
  readonly refresh: () => Promise<void>
  /** @throws ConductError JOURNAL_TAKEN_OVER (11), STORE_UNREACHABLE (30) when the outcome is not known. */
  readonly append: (body: JournalBody) => Promise<JournalRecord>
  /**
   * Becomes the writer with this token: ends every older one.
   * @throws ConductError JOURNAL_TAKEN_OVER when a token at least as high has opened it before.
   */
  readonly open: (token: number, body: Extract<JournalBody, { type: 'opened' }>) => Promise<void>
}

export interface JournalOptions {
  readonly log: Log
  readonly run: RunId
  readonly clock: Clock
  /** Whatever a command said may stand in a record: known secrets are taken out before it is written. */
  readonly redact?: Redact | undefined
  /** Random text per record; tests pass their own. */
  readonly newId?: () => string
}

/** Records that ride in one slot: more than an estate has consumers. */
const recordsPerSlotMax = 100
/** Lost slots read in a row before a writer that has not opened yet gives up. */
const lostSlotsMax = 50
/** Tries of one write whose answer got lost. */
const writeTriesMax = 4
const writeRetryMs = 250

export function journalLog(run: string): string {
  return `run/${run}/journal`
}

/** Reads what is there; writing starts behind it. */
export async function loadJournal(options: JournalOptions): Promise<Journal> {
  const { log, run, clock } = options
  const name = journalLog(run)
  const redact = options.redact ?? ((text) => text)
  const newId = options.newId ?? (() => randomBytes(8).toString('hex'))
  const records: JournalRecord[] = []
  let slots = 0
  let token = 0
  let boarding: Ride | null = null
  let takenOver: ConductError | null = null
  let tail: Promise<unknown> = Promise.resolve()

  async function readOn(): Promise<void> {
    const entries = await log.read(name, { fromSeq: slots + 1 })
    for (const entry of entries) {
      if (entry.seq !== slots + 1) {
        throw new ConductError('JOURNAL_BROKEN', `slot ${slots + 1} of the journal of run ${run} is missing`)
      }
      records.push(...toJournalRecords(entry.record, run))
      slots += 1
    }
  }

  async function tryAppend(riding: readonly JournalRecord[]): Promise<'appended' | 'taken'> {
    const known = records.length
    const seq = slots + 1
    const record = (riding.length === 1 ? riding[0] : riding) as unknown as Json
    for (let tries = 1; ; tries += 1) {
      try {
        const outcome = await log.append({ log: name, seq, record })
        if (outcome === 'appended') {
          records.push(...riding)
          slots = seq
          return 'appended'
        }
        await readOn()
        return records[known]?.id === riding[0]?.id ? 'appended' : 'taken'
      } catch (error) {
        if (!isConductError(error, 'STORE_UNREACHABLE') || tries >= writeTriesMax) throw error
        await clock.sleep(writeRetryMs * tries)
      }
    }
  }

  async function write(bodies: readonly JournalBody[], asToken: number): Promise<readonly JournalRecord[]> {
    if (takenOver !== null) throw takenOver
    const at = toTimestamp(clock.wallMs())
    const riding = bodies.map((body): JournalRecord => ({
      format: 1,
      id: newId(),
      at,
      token: asToken,
      ...redacted(body, redact),
    }))
    for (let lost = 0; lost < lostSlotsMax; lost += 1) {
      const known = records.length
      if ((await tryAppend(riding)) === 'appended') return riding
      const foreign = records.slice(known)
      if (token > 0 || foreign.some((other) => other.type === 'opened' && other.token >= asToken)) {
        takenOver = takenOverBy(run, foreign)
        throw takenOver
      }
    }
    throw new ConductError(
      'JOURNAL_TAKEN_OVER',
      `the journal of run ${run} is being written by somebody else`,
    )
  }

  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = tail.then(work)
    tail = mine.catch(() => undefined)
    return mine
  }

  /** Joins the records that are not being written yet. */
  async function append(body: JournalBody): Promise<JournalRecord> {
    if (boarding === null || boarding.bodies.length === recordsPerSlotMax) boarding = nextRide()
    const ride = boarding
    const place = ride.bodies.push(body) - 1
    const record = (await ride.written)[place]
    invariant(record !== undefined, 'every record of a slot is written')
    return record
  }

  function nextRide(): Ride {
    const bodies: JournalBody[] = []
    const written = inTurn(() => {
      if (boarding?.bodies === bodies) boarding = null
      return write(bodies, token)
    })
    return { bodies, written }
  }

  await readOn()
  return {
    run,
    records: () => records,
    refresh: () => inTurn(readOn),
    append,
    open: (newToken, body) => {
      // What is asked for from here on is written with the new token.
      boarding = null
      return inTurn(async () => {
        const newer = records.filter((record) => record.type === 'opened' && record.token >= newToken)
        if (newer.length > 0) throw takenOverBy(run, newer)
        await write([body], newToken)
        token = newToken
      })
    },
  }
}

/** Records that wait for their turn to be written together. */
interface Ride {
  readonly bodies: JournalBody[]
  readonly written: Promise<readonly JournalRecord[]>
}

function takenOverBy(run: string, records: readonly JournalRecord[]): ConductError {
  const by = records.findLast((record) => record.type === 'opened' || record.type === 'aborted')
  const who =
    by?.type === 'opened'
      ? `${by.holder} resumed it with token ${by.token}`
      : by?.type === 'aborted'
        ? `${by.by} aborted it`
        : 'somebody else has written to it'
  return new ConductError('JOURNAL_TAKEN_OVER', `run ${run} is no longer ours: ${who}`)
}

/** A slot holds one record, or several that were written together. */
function toJournalRecords(value: Json, run: string): readonly JournalRecord[] {
  return Array.isArray(value)
    ? value.map((one: Json) => toJournalRecord(one, run))
    : [toJournalRecord(value, run)]
}

function toJournalRecord(value: Json, run: string): JournalRecord {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new ConductError('JOURNAL_BROKEN', `the journal of run ${run} holds something that is no record`)
  }
  const record = value as { readonly format?: unknown }
  if (record.format !== 1) {
    throw new ConductError('STORE_NEWER', `the journal of run ${run} has format ${String(record.format)}`)
  }
  return value as unknown as JournalRecord
}
