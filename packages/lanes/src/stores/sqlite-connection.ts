import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { ConductError, isConductError } from '@conduct/core'
import { prepareSqlitePlace } from './sqlite-place.ts'
import { migrate } from './sqlite-schema.ts'

/** First wait after "busy", and the longest; each wait is drawn between half of it and the whole. */
const retryMsFirst = 2
const retryMsMax = 60

/**
 * One connection: WAL, a full sync per commit, and no busy handler, which would starve writers and block the
 * event loop: a busy database is retried asynchronously with jitter instead.
 */
export async function connectSqlite(path: string, callMsMax: number): Promise<SqliteConnection> {
  prepareSqlitePlace(path)
  const run = retrying(path, callMsMax)
  const db = await run(() => new DatabaseSync(path, { timeout: 0 }))
  try {
    await run(() => {
      db.exec('pragma synchronous = full')
      db.prepare('pragma journal_mode = wal').get()
    })
    const once = { db, begin: () => db.exec('begin immediate'), commit: () => db.exec('commit') }
    await run(() => transact(once, () => migrate(db)))
  } catch (error) {
    db.close()
    throw error
  }
  const begin = db.prepare('begin immediate')
  const commit = db.prepare('commit')
  return {
    db,
    run,
    change: (work) => run(() => transact({ db, begin: () => begin.run(), commit: () => commit.run() }, work)),
  }
}

export interface SqliteConnection {
  readonly db: DatabaseSync
  /** Runs something synchronous, again while the database is busy. */
  readonly run: <Result>(work: () => Result) => Promise<Result>
  /** The same inside one immediate transaction: all of it is written, or nothing. */
  readonly change: <Result>(work: () => Result) => Promise<Result>
}

interface Transaction {
  readonly db: DatabaseSync
  readonly begin: () => void
  readonly commit: () => void
}

function transact<Result>({ db, begin, commit }: Transaction, work: () => Result): Result {
  begin()
  try {
    const result = work()
    commit()
    return result
  } catch (error) {
    if (db.isTransaction) db.exec('rollback')
    throw error
  }
}

function retrying(path: string, callMsMax: number) {
  return async <Result>(work: () => Result): Promise<Result> => {
    const endMs = performance.now() + callMsMax
    let waitMs = retryMsFirst
    for (;;) {
      try {
        return work()
      } catch (error) {
        if (!isSqliteError(error) || isConstraint(error)) throw error
        if (!isBusy(error) || performance.now() >= endMs) throw unreachable(path, error)
      }
      await delay(waitMs * (0.5 + Math.random() / 2))
      waitMs = Math.min(waitMs * 2, retryMsMax)
    }
  }
}

interface SqliteError extends Error {
  readonly errcode: number
}

function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && 'errcode' in error && !isConductError(error)
}

/** SQLITE_BUSY and SQLITE_LOCKED, with all their extended codes. */
function isBusy(error: SqliteError): boolean {
  const primary = error.errcode & 0xff
  return primary === 5 || primary === 6
}

/** A slot of the log that a decision fills was taken already: our bug, not the store's. */
function isConstraint(error: SqliteError): boolean {
  return (error.errcode & 0xff) === 19
}

function unreachable(path: string, cause: SqliteError): ConductError {
  return new ConductError('STORE_UNREACHABLE', `The store ${path} did not answer: ${cause.message}`, {
    cause,
  })
}
