import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Floor, FloorPlace } from './floor.ts'

/** A bare `node:sqlite` connection to a file of its own: WAL, a full sync per commit, one immediate transaction. */
export async function openSqliteFloor({ url, folder }: FloorPlace): Promise<Floor> {
  const database = new DatabaseSync(path.join(folder, 'floor.db'))
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  database.exec(
    'CREATE TABLE floor (id TEXT PRIMARY KEY, version INTEGER NOT NULL, body TEXT NOT NULL) STRICT',
  )
  const read = database.prepare('SELECT version, body FROM floor WHERE id = ?')
  const write = database.prepare('UPDATE floor SET version = ?, body = ? WHERE id = ? AND version = ?')
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')
  return {
    bytesOf: async (lane) => {
      using lanes = new DatabaseSync(url.replace('sqlite:', ''), { readOnly: true })
      const row = lanes.prepare("SELECT body FROM document WHERE id LIKE '%' || ?").get(`lane/${lane}`)
      return String(row?.['body'])
    },
    begin: async (text) => {
      database.prepare('INSERT INTO floor VALUES (?, 1, ?)').run('lane', text)
    },
    change: async (text) => {
      begin.run()
      const { version, body } = read.get('lane') as { version: number; body: string }
      JSON.parse(body)
      write.run(version + 1, text, 'lane', version)
      commit.run()
    },
    [Symbol.asyncDispose]: async () => database.close(),
  }
}
