import type { DatabaseSync } from 'node:sqlite'
import type { LogEntry } from '../store.ts'
import { lastPlace, placeBefore, seqOfPlace } from './sqlite-schema.ts'
import { decodeStored, recordText } from './stored-text.ts'

/** The records of one connection; what writes runs within a transaction. */
export interface SqliteRecords {
  /** @throws a constraint error of SQLite where the slot is taken. */
  insert(entry: LogEntry): void
  insertIfFree(entry: LogEntry): 'appended' | 'taken'
  select(log: string, range: { readonly fromSeq: number; readonly limit: number | null }): LogEntry[]
  remove(log: string, beforeSeq: number): void
  logs(prefix: string): string[]
}

export function makeSqliteRecords(db: DatabaseSync): SqliteRecords {
  const insertLog = db.prepare('insert into log (name) values (?) on conflict do nothing')
  const into = `insert into record (place, body) select ${placeBefore} + ?2, ?3 from log where log.name = ?1`
  const insert = db.prepare(into)
  const insertIfFree = db.prepare(`${into} on conflict do nothing`)
  const select = db.prepare(
    `select ${seqOfPlace} as seq, record.body from log join record ` +
      `on record.place between ${placeBefore} + ?2 and ${lastPlace} where log.name = ?1 order by record.place limit ?3`,
  )
  const remove = db.prepare(
    `delete from record where place >= (select ${placeBefore} from log where name = ?1) ` +
      `and place < (select ${placeBefore} + ?2 from log where name = ?1)`,
  )
  const selectLogs = db.prepare(
    'select log.name from log where substr(log.name, 1, length(?1)) = ?1 and exists ' +
      `(select 1 from record where record.place between ${placeBefore} and ${lastPlace}) order by log.name`,
  )
  return {
    insert: (entry) => {
      const { log, seq } = entry
      const body = recordText(entry)
      if (insert.run(log, seq, body).changes !== 0) return
      insertLog.run(log)
      insert.run(log, seq, body)
    },
    insertIfFree: (entry) => {
      insertLog.run(entry.log)
      return Number(insertIfFree.run(entry.log, entry.seq, recordText(entry)).changes) === 1
        ? 'appended'
        : 'taken'
    },
    select: (log, { fromSeq, limit }) =>
      select.all(log, fromSeq, limit ?? -1).map((row) => {
        const seq = Number(row['seq'])
        return { log, seq, record: decodeStored(String(row['body']), `record ${seq} of ${log}`) }
      }),
    remove: (log, beforeSeq) => {
      remove.run(log, beforeSeq)
    },
    logs: (prefix) => selectLogs.all(prefix).map((row) => String(row['name'])),
  }
}
