import { hostMonotonicMs, readBootId } from '../host/boot.ts'
import { type Log, type LogEntry, pollMsLocal, type Register, type Store } from '../store.ts'
import type { StoreTime, Stored } from '../store.ts'
import { connectSqlite, type SqliteConnection } from './sqlite-connection.ts'
import { type CommitHints, watchCommits } from './sqlite-hints.ts'
import { inEstate } from './in-estate.ts'
import { makeKnownTexts } from './known-texts.ts'
import { probeSqlite } from './sqlite-probe.ts'
import { decodeStored, encodeStored } from './stored-text.ts'

/** How long a look for changes waits: quick at first, slower while nothing happens; drawn down to two thirds. */
const pollMsFirst = 4
const pollMsMax = 150
const pollGrowth = 1.4
/** A hint comes a little before its commit can be read: looks follow it closely, a few of them. */
const hintedMsFirst = 1
const hintedGrowth = 4

/**
 * Everything in one file on this machine. One immediate transaction per change carries the document, its version
 * and the records that go with it; time is the host's monotonic clock within one boot.
 */
export async function openSqliteStore(options: {
  readonly path: string
  readonly estate: string | null
  readonly callMsMax: number
}): Promise<Store> {
  const connection = await connectSqlite(options.path, options.callMsMax)
  const hints = watchCommits(options.path)
  let isOpen = true
  const { register, log } = inEstate(options.estate, {
    register: makeRegister(connection, hints),
    log: makeLog(connection),
  })
  return {
    kind: 'sqlite',
    url: `sqlite:${options.path}`,
    estate: options.estate,
    timekeeping: 'store_clock',
    pollMs: pollMsLocal,
    register,
    log,
    probe: () => probeSqlite(connection, options.path),
    [Symbol.asyncDispose]: async () => {
      hints.close()
      if (isOpen) connection.db.close()
      isOpen = false
    },
  }
}

function makeRegister({ db, run, change }: SqliteConnection, hints: CommitHints): Register {
  const select = db.prepare('select version, body from document where id = ?')
  const selectVersion = db.prepare('select version from document where id = ?')
  const upsert = db.prepare(
    'insert into document (id, version, body) values (?, 1, ?) ' +
      'on conflict (id) do update set version = version + 1, body = excluded.body',
  )
  const selectIds = db.prepare('select id from document where substr(id, 1, length(?1)) = ?1 order by id')
  const insertRecord = db.prepare('insert into record (log, seq, body) values (?, ?, ?)')

  const known = makeKnownTexts()

  const load = <Document>(id: string): Stored<Document> | null => {
    const row = select.get(id)
    if (row === undefined) return null
    const document = known.decode(id, String(row['body'])) as Document
    return { document, version: Number(row['version']) }
  }

  return {
    read: (id) => run(() => load(id)),
    change: (id, decide) =>
      change(() => {
        const decision = decide(load<Parameters<typeof decide>[0] & {}>(id)?.document ?? null, storeTime())
        if (decision.write !== undefined) upsert.run(id, known.encode(id, decision.write))
        for (const entry of decision.append ?? []) {
          insertRecord.run(entry.log, entry.seq, encodeStored(entry.record))
        }
        return decision.result
      }),
    list: (prefix) => run(() => selectIds.all(prefix).map((row) => String(row['id']))),
    changed: async (id, { version, timeoutMs, signal }) => {
      const endMs = performance.now() + timeoutMs
      let [waitMs, growth] = [pollMsFirst, pollGrowth]
      for (;;) {
        const row = await run(() => selectVersion.get(id))
        const leftMs = endMs - performance.now()
        if (Number(row?.['version'] ?? 0) > version || leftMs <= 0) return
        const ended = await hints.wait(Math.min(leftMs, waitMs * (1 - Math.random() / 3)), signal)
        if (ended === 'hint') [waitMs, growth] = [hintedMsFirst, hintedGrowth]
        else waitMs = Math.min(waitMs * growth, pollMsMax)
      }
    },
    now: async () => storeTime(),
  }
}

function makeLog({ db, run, change }: SqliteConnection): Log {
  const remove = db.prepare('delete from record where log = ? and seq < ?')
  const insert = db.prepare('insert into record (log, seq, body) values (?, ?, ?) on conflict do nothing')
  const select = db.prepare('select seq, body from record where log = ? and seq >= ? order by seq limit ?')
  const selectLogs = db.prepare(
    'select distinct log from record where substr(log, 1, length(?1)) = ?1 order by log',
  )
  return {
    append: (entry) =>
      change(() => {
        const { changes } = insert.run(entry.log, entry.seq, encodeStored(entry.record))
        return Number(changes) === 1 ? 'appended' : 'taken'
      }),
    read: (log, options = {}) =>
      run(() =>
        select.all(log, options.fromSeq ?? 1, options.limit ?? -1).map((row): LogEntry => {
          const seq = Number(row['seq'])
          return { log, seq, record: decodeStored(String(row['body']), `record ${seq} of ${log}`) }
        }),
      ),
    drop: (log, beforeSeq) =>
      change(() => {
        remove.run(log, beforeSeq)
      }),
    list: (prefix) => run(() => selectLogs.all(prefix).map((row) => String(row['log']))),
  }
}

function storeTime(): StoreTime {
  return { ms: hostMonotonicMs(), era: readBootId(), wallMs: Date.now() }
}
