import type { DatabaseSync } from 'node:sqlite'
import type { Stored } from '../store.ts'
import { makeKnownTexts } from './known-texts.ts'

/**
 * The documents of one connection. The one it touched last is not read again while no other connection has committed
 * anything: SQLite counts that.
 */
export interface SqliteDocuments {
  load(id: string): Stored<unknown> | null
  /** 0 where there is no such document. */
  versionOf(id: string): number
  /** Within a transaction that has loaded the same document. */
  write(id: string, document: unknown): void
}

interface Touched extends Stored<unknown> {
  readonly id: string
  /** SQLite's count of the commits of others, as this connection saw it then. */
  readonly others: number
}

export function makeSqliteDocuments(db: DatabaseSync): SqliteDocuments {
  const select = db.prepare('select version, body from document where id = ?')
  const selectVersion = db.prepare('select version from document where id = ?')
  const selectOthers = db.prepare('pragma data_version')
  const insert = db.prepare('insert into document (id, version, body) values (?, 1, ?)')
  const update = db.prepare('update document set version = version + 1, body = ? where id = ?')
  const known = makeKnownTexts()
  let touched: Touched | null = null

  const versionOf = (id: string): number => Number(selectVersion.get(id)?.['version'] ?? 0)

  // What was written and rolled back has the wrong version here.
  const isUntouched = ({ id, others, version }: Touched): boolean =>
    Number(selectOthers.get()?.['data_version']) === others && versionOf(id) === version

  return {
    load: (id) => {
      if (touched?.id === id && isUntouched(touched)) {
        return { document: touched.document, version: touched.version }
      }
      touched = null
      const others = Number(selectOthers.get()?.['data_version'])
      const row = select.get(id)
      if (row === undefined) return null
      const document = known.decode(id, String(row['body']))
      touched = { id, others, version: Number(row['version']), document }
      return { document, version: touched.version }
    },
    versionOf,
    write: (id, document) => {
      const body = known.encode(id, document)
      if (Number(update.run(body, id).changes) === 0) insert.run(id, body)
      if (touched?.id === id) touched = { ...touched, version: touched.version + 1, document }
    },
  }
}
