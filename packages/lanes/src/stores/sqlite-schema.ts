import type { DatabaseSync } from 'node:sqlite'
import { newerStore } from './stored-text.ts'

/** Bits of a record's place that say which record of its log it is; those above them say which log. */
const seqBits = 32
const seqMask = 2 ** seqBits - 1

/** SQL of the place before the first of a log (a row of `log` in the same statement), of its last, and of a record's number. */
export const placeBefore = `(log.id << ${seqBits})`
export const lastPlace = `(log.id << ${seqBits} | ${seqMask})`
export const seqOfPlace = `(record.place & ${seqMask})`

/** Each brings a file from its index as version to the next one; whoever opens a file first runs what it lacks. */
const migrations: readonly string[] = [
  `create table document (id text primary key, version integer not null, body text not null) strict;
   create table record (
     log text not null, seq integer not null, body text not null, primary key (log, seq)
   ) strict`,
  // A record lies at a number, at the end of its log: one page of the file per record instead of two, since there is
  // no index beside the table any more.
  `create table log (id integer primary key, name text not null unique) strict;
   insert into log (name) select distinct log from record order by log;
   alter table record rename to record_before;
   create table record (place integer primary key, body text not null) strict;
   insert into record (place, body)
     select ${placeBefore} + before.seq, before.body
       from record_before as before join log on log.name = before.log order by 1;
   drop table record_before`,
]

/** @throws ConductError STORE_NEWER */
export function migrate(db: DatabaseSync): void {
  const found = Number(db.prepare('pragma user_version').get()?.['user_version'])
  if (found > migrations.length) throw newerStore(`its schema has version ${found}`)
  for (const migration of migrations.slice(found)) db.exec(migration)
  if (found < migrations.length) db.exec(`pragma user_version = ${migrations.length}`)
}
