import { setTimeout as delay } from 'node:timers/promises'
import { invariant } from '@conduct/core'
import { type Log, type LogEntry, pollMsLocal, type Register, type Store } from '../store.ts'
import { makeEncodeDocument } from './document-texts.ts'
import { type KnownDocument, makeKnownDocuments } from './known-documents.ts'
import { parsePostgresAddress } from './postgres-address.ts'
import type { ServerClock } from './postgres-clock.ts'
import { openConnections, type PostgresConnections, type Row } from './postgres-connections.ts'
import { type Hints, makeHints, noHints } from './postgres-hints.ts'
import { probePostgres } from './postgres-probe.ts'
import { bodyUnless, prepareSchema, stateText } from './postgres-schema.ts'
import { type Found, foundIn, makeTransactions, type Transactions } from './postgres-transaction.ts'
import { decodeStored, encodeStored, requireKnownFormat } from './stored-text.ts'

/** How long a look for changes waits without a hint: quick at first, slower while nothing happens; drawn down to two thirds. */
const pollMsFirst = 10
const pollMsMax = 200
const pollGrowth = 1.4

/**
 * Everything in one schema of a Postgres database. One short transaction per change, in two round trips: it locks
 * the document's row and reads the time, then writes the document with its records and commits. A document that the
 * handle knows as it stands there is not sent to it again.
 *
 * Needs nothing of a session, so that it works behind a pooler that lends connections by transaction.
 */
export async function openPostgresStore(options: {
  readonly url: string
  readonly estate: string | null
  readonly callMsMax: number
}): Promise<Store> {
  const { url, estate, callMsMax } = options
  const address = parsePostgresAddress(url)
  const connections = await openConnections(address, callMsMax)
  let clock: ServerClock
  try {
    clock = await prepareSchema(connections, address.shown)
  } catch (error) {
    await connections.close()
    throw error
  }
  const hints = address.hasHints ? makeHints(connections.config) : noHints
  const transactions = makeTransactions(connections, { clock, callMsMax })
  const place = { connections, transactions, clock, hints, estate: estate ?? '' }
  return {
    kind: 'postgres',
    url,
    estate,
    timekeeping: 'store_clock',
    pollMs: pollMsLocal,
    register: makeRegister(place),
    log: makeLog(place),
    probe: () => probePostgres({ connections, transactions, hints, hasHints: address.hasHints }),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([hints.close(), connections.close()])
    },
  }
}

interface Place {
  readonly connections: PostgresConnections
  readonly transactions: Transactions
  readonly clock: ServerClock
  readonly hints: Hints
  readonly estate: string
}

function makeRegister({ connections, transactions, clock, hints, estate }: Place): Register {
  const known = makeKnownDocuments()
  const encodeDocument = makeEncodeDocument()
  const query = (text: string, values: readonly unknown[]): Promise<readonly Row[]> =>
    connections.use(async (session) => (await session.query(text, values)).rows)
  const versionOf = async (id: string): Promise<number> => {
    const [row] = await query('select version from conduct.document where estate = $1 and id = $2', [
      estate,
      id,
    ])
    return Number(row?.['version'] ?? 0)
  }
  /** The document of a row, asked for with what was known of it. */
  const load = (id: string, before: KnownDocument | null, { state, text }: Found): unknown => {
    if (text === null) {
      invariant(before !== null, 'only a known document is not sent')
      return requireKnownFormat(before.document, `document ${id}`)
    }
    const document = decodeStored(text, `document ${id}`)
    known.note(id, { mark: state, document })
    return document
  }
  return {
    // The type is the caller's word for what it wrote there itself.
    // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the register's signature
    read: async <Document>(id: string) => {
      const before = known.of(id)
      const [row] = await query(readText, [estate, id, before?.mark ?? null])
      if (row === undefined) return null
      return { document: load(id, before, foundIn(row)) as Document, version: Number(row['version']) }
    },
    change: async (id, decide) => {
      const before = known.of(id)
      let written: unknown = null
      const { result, state } = await transactions.change({
        estate,
        id,
        known: before?.mark ?? null,
        hint: hintKey(estate, id),
        decide: (found, now) => {
          const document = found === null ? null : load(id, before, found)
          const { write, ...decision } = decide(document as Parameters<typeof decide>[0], now)
          written = write
          return write === undefined ? decision : { ...decision, write: encodeDocument(write, document) }
        },
      })
      if (state !== null) known.note(id, { mark: state, document: written })
      return result
    },
    list: async (prefix) => {
      const text = "select id from conduct.document where estate = $1 and id like $2 escape '!' order by id"
      return (await query(text, [estate, pattern(prefix)])).map((row) => String(row['id']))
    },
    changed: async (id, { version, timeoutMs, signal }) => {
      const endMs = performance.now() + timeoutMs
      const hinted = new AbortController()
      const watched = hints.watch(hintKey(estate, id), () => hinted.abort())
      const woken = signal === undefined ? hinted.signal : AbortSignal.any([hinted.signal, signal])
      try {
        for (let waitMs = pollMsFirst; ; waitMs = Math.min(waitMs * pollGrowth, pollMsMax)) {
          signal?.throwIfAborted()
          const leftMs = endMs - performance.now()
          if (hinted.signal.aborted || leftMs <= 0 || (await versionOf(id)) > version) return
          await delay(Math.min(leftMs, waitMs * (1 - Math.random() / 3)), undefined, { signal: woken }).catch(
            () => undefined,
          )
        }
      } finally {
        watched.stop()
      }
    },
    now: () => connections.use(async (session) => clock.read((await session.query(clock.text, [])).rows[0])),
  }
}

const readText =
  `select version, ${stateText} as state, ${bodyUnless('$3')} as body ` +
  'from conduct.document where estate = $1 and id = $2'

function makeLog({ connections, transactions, estate }: Place): Log {
  const { quote } = connections
  return {
    append: async ({ log, seq, record }) => {
      const rows = await transactions.write(
        'insert into conduct.record (estate, log, seq, body) ' +
          `values (${quote(estate)}, ${quote(log)}, ${seq}, ${quote(encodeStored(record))}) ` +
          'on conflict do nothing returning seq',
      )
      return rows.length === 1 ? 'appended' : 'taken'
    },
    read: (log, { fromSeq = 1, limit = null }: { fromSeq?: number; limit?: number | null } = {}) =>
      connections.use(async (session) => {
        const text =
          'select seq, body from conduct.record where estate = $1 and log = $2 and seq >= $3 order by seq limit $4'
        const { rows } = await session.query(text, [estate, log, fromSeq, limit])
        return rows.map((row): LogEntry => {
          const seq = Number(row['seq'])
          return { log, seq, record: decodeStored(String(row['body']), `record ${seq} of ${log}`) }
        })
      }),
    drop: async (log, beforeSeq) => {
      await transactions.write(
        `delete from conduct.record where estate = ${quote(estate)} and log = ${quote(log)} and seq < ${beforeSeq}`,
      )
    },
    list: (prefix) =>
      connections.use(async (session) => {
        const { rows } = await session.query(listLogs, [estate, pattern(prefix)])
        return rows.map((row) => String(row['log']))
      }),
  }
}

/** From log to log along the index, past the records of each. */
const listLogs = `
  with recursive found as (
    (select log from conduct.record where estate = $1 and log like $2 escape '!' order by log limit 1)
    union all
    select (
      select log from conduct.record
      where estate = $1 and log > found.log and log like $2 escape '!' order by log limit 1
    ) from found where found.log is not null
  )
  select log from found where log is not null`

/** Of LIKE: what starts with the text, taken literally. */
function pattern(prefix: string): string {
  return `${prefix.replaceAll(/[!%_]/g, '!$&')}%`
}

/** Notifications are short, and only a hint: two keys that met would cost a look. */
function hintKey(estate: string, id: string): string {
  return `${estate} ${id}`.slice(0, hintCharsMax)
}

const hintCharsMax = 1000
