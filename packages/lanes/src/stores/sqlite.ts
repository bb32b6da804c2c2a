import { hostMonotonicMs, readBootId } from '../host/boot.ts'
import { type Log, pollMsLocal, type Register, type Store } from '../store.ts'
import type { StoreTime, Stored } from '../store.ts'
import { connectSqlite, type SqliteConnection } from './sqlite-connection.ts'
import { type CommitHints, watchCommits } from './sqlite-hints.ts'
import { inEstate } from './in-estate.ts'
import { makeSqliteDocuments } from './sqlite-documents.ts'
import { probeSqlite } from './sqlite-probe.ts'
import { makeSqliteRecords } from './sqlite-records.ts'

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
  const selectIds = db.prepare('select id from document where substr(id, 1, length(?1)) = ?1 order by id')
  const documents = makeSqliteDocuments(db)
  const records = makeSqliteRecords(db)
  const load = <Document>(id: string) => documents.load(id) as Stored<Document> | null

  return {
    read: (id) => run(() => load(id)),
    change: (id, decide) =>
      change(() => {
        const decision = decide(load<Parameters<typeof decide>[0] & {}>(id)?.document ?? null, storeTime())
        if (decision.write !== undefined) documents.write(id, decision.write)
        for (const entry of decision.append ?? []) records.insert(entry)
        return decision.result
      }),
    list: (prefix) => run(() => selectIds.all(prefix).map((row) => String(row['id']))),
    changed: async (id, { version, timeoutMs, signal }) => {
      const endMs = performance.now() + timeoutMs
      let [waitMs, growth] = [pollMsFirst, pollGrowth]
      for (;;) {
        const found = await run(() => documents.versionOf(id))
        const leftMs = endMs - performance.now()
        if (found > version || leftMs <= 0) return
        const ended = await hints.wait(Math.min(leftMs, waitMs * (1 - Math.random() / 3)), signal)
        if (ended === 'hint') [waitMs, growth] = [hintedMsFirst, hintedGrowth]
        else waitMs = Math.min(waitMs * growth, pollMsMax)
      }
    },
    now: async () => storeTime(),
  }
}

function makeLog({ db, run, change }: SqliteConnection): Log {
  const records = makeSqliteRecords(db)
  return {
    append: (entry) => change(() => records.insertIfFree(entry)),
    read: (log, { fromSeq = 1, limit = null } = {}) => run(() => records.select(log, { fromSeq, limit })),
    drop: (log, beforeSeq) => change(() => records.remove(log, beforeSeq)),
    list: (prefix) => run(() => records.logs(prefix)),
  }
}

function storeTime(): StoreTime {
  return { ms: hostMonotonicMs(), era: readBootId(), wallMs: Date.now() }
}
