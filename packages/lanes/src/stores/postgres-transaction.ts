import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { invariant } from '@conduct/core'
import { systemClock } from '../host/system-clock.ts'
import type { Decision, StoreTime } from '../store.ts'
import { type ServerClock, type StepWatch, watchSteps } from './postgres-clock.ts'
import type { PostgresConnections, Row, Session } from './postgres-connections.ts'
import { isConflict, PostgresFailure } from './postgres-errors.ts'
import { newEra, requireKnownSchema } from './postgres-schema.ts'
import { recordText } from './stored-text.ts'

/** A transaction that others undid is tried so often, with pauses that grow, drawn down to the half. */
const conflictTriesMax = 6
const conflictPauseMs = 5

/** New eras of one change: the clock would have to be set under our eyes each time. */
const newErasMax = 3

/** A transaction that pauses between its two round trips for so long is ended by the server, its row freed. */
const pauseMsMax = 2000

export interface Transactions {
  /** One transaction that locks the document's row, decides, and writes it with its records. */
  change<Result>(change: Change<Result>): Promise<Changed<Result>>
  /** Statements that are written for good when this resolves; answers without those of the frame. */
  write(text: string): Promise<readonly Row[]>
  /** The last answer of statements that find everything as a change would, and leave nothing behind. */
  lookAsChange(text: string): Promise<readonly Row[]>
}

export interface Change<Result> {
  readonly estate: string
  readonly id: string
  /** The state of the row that one knows, or null. */
  readonly known: string | null
  readonly decide: (found: Found | null, now: StoreTime) => Decision<string, Result>
  /** Goes with the notification of a write that somebody may wait for. */
  readonly hint: string
}

/** What is there: the text of the document, null where its state is the known one. */
export interface Found {
  readonly state: string
  readonly text: string | null
}

export function foundIn(row: Row): Found {
  const { state, body } = row as { readonly state: string; readonly body: string | null }
  return { state, text: body }
}

export interface Changed<Result> {
  readonly result: Result
  /** Of the row as this change has written it; null: the document was not written. */
  readonly state: string | null
}

export const hintChannel = 'conduct'

export function makeTransactions(
  connections: PostgresConnections,
  options: { readonly clock: ServerClock; readonly callMsMax: number },
): Transactions {
  const { clock, callMsMax } = options
  const begin = 'begin isolation level read committed read write'
  // As in `conduct.lock_document`.
  const beginAlone =
    `${begin}; set local synchronous_commit = on; set local lock_timeout = ${callMsMax}; ` +
    `set local statement_timeout = ${callMsMax}`
  const bounds = `${callMsMax}, ${Math.min(pauseMsMax, callMsMax)}, ${clock.hasTimeline}`
  const context = { clock, begin, bounds, quote: connections.quote, steps: watchSteps() }
  return {
    change: (change) =>
      connections.use((session) => again(session, () => changeOnce(session, { ...context, change }))),
    write: (text) =>
      connections.use((session) =>
        again(session, async () => {
          const answers = await session.batch(`${beginAlone}; ${text}; commit`)
          return answers.flatMap((answer) => answer.rows)
        }),
      ),
    lookAsChange: (text) =>
      connections.use(async (session) => {
        const answers = await session.batch(`${begin}; ${lockText("'', '', ''", bounds)}; ${text}; rollback`)
        return answers.at(-2)?.rows ?? []
      }),
  }
}

interface Context<Result> {
  readonly clock: ServerClock
  readonly begin: string
  /** How `conduct.lock_document` bounds a transaction: the rest of its arguments. */
  readonly bounds: string
  readonly quote: (text: string) => string
  readonly steps: StepWatch
  readonly change: Change<Result>
}

/** Runs a transaction again when the server undid it because of others. */
async function again<Result>(session: Session, run: () => Promise<Result>): Promise<Result> {
  for (let tried = 1; ; tried++) {
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof PostgresFailure && isConflict(error)) || tried === conflictTriesMax) throw error
      await session.batch('rollback')
    }
    await delay(conflictPauseMs * 2 ** (tried - 1) * (0.5 + Math.random() / 2))
  }
}

async function changeOnce<Result>(session: Session, context: Context<Result>): Promise<Changed<Result>> {
  const { quote, change } = context
  const { found, now } = await lockRow(session, context)
  const { write, append = [], isUnwatched = false, result } = change.decide(found, now)
  if (write === undefined && append.length === 0) {
    await session.batch('rollback')
    return { result, state: null }
  }
  const key = `${quote(change.estate)}, ${quote(change.id)}`
  const body = write === undefined ? 'null' : quote(write)
  const logs = append.map(({ log }) => quote(log))
  const seqs = append.map(({ seq }) => seq)
  const records = append.map((entry) => quote(recordText(entry)))
  const statements = [
    `select * from conduct.write_document(${key}, '${randomUUID()}', ${body}, ` +
      `array[${logs.join()}]::text[], array[${seqs.join()}]::bigint[], array[${records.join()}]::text[])`,
  ]
  if (write === undefined && found === null) {
    statements.push(`delete from conduct.document where (estate, id) = (${key})`)
  }
  if (!isUnwatched) statements.push(`select pg_notify('${hintChannel}', ${quote(change.hint)})`)
  statements.push('commit')
  const answers = await session.batch(statements.join('; '))
  invariant(answers.at(-1)?.command === 'COMMIT', 'a change ends with its commit')
  return { result, state: write === undefined ? null : String(answers[0]?.rows[0]?.['state']) }
}

function lockText(key: string, bounds: string): string {
  return `select * from conduct.lock_document(${key}, ${bounds})`
}

interface LockedRow {
  /** Null: the row was made by this transaction, and nobody else has seen it. */
  readonly found: Found | null
  readonly now: StoreTime
}

/** Locks the document's row, makes it where there is none, and reads the time after that. */
async function lockRow<Result>(session: Session, context: Context<Result>): Promise<LockedRow> {
  const { clock, begin, bounds, quote, steps, change } = context
  const key = `${quote(change.estate)}, ${quote(change.id)}`
  const lock = lockText(`${key}, ${quote(change.known ?? '')}`, bounds)
  const make =
    `insert into conduct.document (estate, id, version, body) values (${key}, 0, '') ` +
    'on conflict (estate, id) do nothing'
  for (let eras = 0; ; eras++) {
    const startMs = performance.now()
    let answers = await session.batch(`${begin}; ${lock}`)
    let isNew = false
    if (answers.at(-1)?.rows[0]?.['state'] === null) {
      // The loser of two who make it waits here for the winner's commit, and goes on with the winner's document.
      answers = await session.batch(`${make}; ${lock}`)
      isNew = answers[0]?.rowCount === 1
    }
    const receivedMs = systemClock.bootMs()
    // One look at the clock serves both; a machine that slept in between only begins a new era.
    const sentMs = receivedMs - (performance.now() - startMs)
    const row = answers.at(-1)?.rows[0]
    invariant(typeof row?.['state'] === 'string', 'the row of a document is locked')
    requireKnownSchema(Number(row['schema_version']))
    const now = clock.read(row)
    const isSet = steps.isSet(now, { sentMs, receivedMs })
    if (!isSet || eras === newErasMax) return { found: isNew ? null : foundIn(row), now }
    const era = quote(String(row['clock_era']))
    await session.batch(`rollback; update conduct.meta set clock_era = ${newEra} where clock_era = ${era}`)
  }
}
