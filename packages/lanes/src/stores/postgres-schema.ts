import { ConductError } from '@conduct/core'
import { clockQuery, noTimeline, serverMs, serverTimeline, type ServerClock } from './postgres-clock.ts'
import type { PostgresConnections, Session } from './postgres-connections.ts'
import { isMissingTable, PostgresFailure } from './postgres-errors.ts'
import { newerStore } from './stored-text.ts'

export const schemaVersion = 3

/** Number of the advisory lock under which one process at a time makes the tables; held by a transaction only. */
const migrationLock = 7_305_991_402

/** A word that no other place and no other time has. */
export const newEra = 'substr(md5(random()::text || clock_timestamp()::text), 1, 12)'

/**
 * Tells one state of a row from every other, without its body: each write of ours has a nonce, and what somebody else
 * wrote there has another transaction's number.
 */
export const stateText = "document.xmin::text || '.' || document.nonce"

/** The body, or null where the row's state is the known one: then nothing is read, unpacked and sent. */
export function bodyUnless(known: string): string {
  return `case when ${stateText} = ${known} then null else document.body end`
}

/**
 * Everything lies in a schema of its own. Names are compared byte by byte (collation C), bodies are texts: what was
 * written is what is read, to the byte.
 */
const migrations: readonly string[] = [
  `create table conduct.meta (
     only_row boolean primary key default true check (only_row),
     schema_version integer not null,
     clock_era text not null
   );
   insert into conduct.meta (schema_version, clock_era) values (1, ${newEra});
   create table conduct.document (
     estate text collate "C" not null,
     id text collate "C" not null,
     version bigint not null,
     body text not null,
     primary key (estate, id)
   );
   alter table conduct.document set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
   create table conduct.record (
     estate text collate "C" not null,
     log text collate "C" not null,
     seq bigint not null,
     body text not null,
     primary key (estate, log, seq)
   )`,
  // Version 2 made a function that 3 makes with one argument more. Where the old one is left, it tells whoever still
  // runs with it that the schema is newer.
  '-- nothing else',
  // What begins every change and what ends it, each as one statement whose plans the server keeps. First the bounds of
  // the transaction, whatever the session or a pooler's last user of it may have set; the lock; and the time, read when
  // the lock is held. Then the document, unless it stays as it is, and its records. A body stays in its row while it
  // fits there: beside the row, in pieces of 2 kB, each write would be several.
  `alter table conduct.document add column nonce text not null default '', alter column body set storage main;
   create function conduct.lock_document(
     of_estate text, of_id text, known text, call_ms integer, pause_ms integer, has_timeline boolean,
     out state text, out body text,
     out ms double precision, out schema_version integer, out clock_era text, out timeline text
   ) language plpgsql as $$
   begin
     perform set_config('synchronous_commit', 'on', true),
             set_config('lock_timeout', call_ms::text, true),
             set_config('statement_timeout', call_ms::text, true),
             set_config('idle_in_transaction_session_timeout', pause_ms::text, true);
     select ${stateText}, ${bodyUnless('known')} into state, body
       from conduct.document where estate = of_estate and id = of_id for update;
     select ${serverMs}, meta.schema_version, meta.clock_era into ms, schema_version, clock_era from conduct.meta;
     if has_timeline then timeline := ${serverTimeline}; else timeline := ${noTimeline}; end if;
   end
   $$;
   create function conduct.write_document(
     of_estate text, of_id text, new_nonce text, new_body text, logs text[], seqs bigint[], bodies text[],
     out state text
   ) language plpgsql as $$
   begin
     if new_body is not null then
       update conduct.document set version = version + 1, nonce = new_nonce, body = new_body
         where estate = of_estate and id = of_id returning ${stateText} into state;
     end if;
     for entry in 1 .. cardinality(seqs) loop
       insert into conduct.record (estate, log, seq, body) values (of_estate, logs[entry], seqs[entry], bodies[entry]);
     end loop;
   end
   $$`,
]

/**
 * Makes the tables where they are missing; several processes may do so at once.
 *
 * @returns how this server's clock is read.
 * @throws ConductError STORE_NEWER, STORE_REFUSED (a replica; no permission), STORE_UNREACHABLE
 */
export async function prepareSchema(connections: PostgresConnections, shown: string): Promise<ServerClock> {
  const found = await connections.use(async (session) => {
    try {
      return await findClock(session, shown)
    } catch (error) {
      if (error instanceof PostgresFailure && isMissingTable(error)) return null
      throw error
    }
  })
  if (found !== null && found.version === schemaVersion) return found.clock
  return connections.use(async (session) => {
    await migrate(session)
    return (await findClock(session, shown)).clock
  })
}

interface FoundClock {
  readonly clock: ServerClock
  /** Of the tables that are there. */
  readonly version: number
}

async function findClock(session: Session, shown: string): Promise<FoundClock> {
  try {
    return await readWith({ query: clockQuery('any'), session })
  } catch (error) {
    if (!(error instanceof PostgresFailure) || error.sqlState === null || isMissingTable(error)) throw error
    await refuseReplica(session, { shown, cause: error })
    // Not every service lets everybody see which history of the database this is.
    return readWith({ query: clockQuery('plain'), session })
  }
}

async function readWith({
  query,
  session,
}: {
  readonly query: ServerClock
  readonly session: Session
}): Promise<FoundClock> {
  const [answer] = await session.batch(query.text)
  const version = Number(answer?.rows[0]?.['schema_version'])
  requireKnownSchema(version)
  return { clock: query, version }
}

/** @throws ConductError STORE_NEWER */
export function requireKnownSchema(version: number): void {
  if (version > schemaVersion) throw newerStore(`its schema has version ${version}`)
}

async function refuseReplica(
  session: Session,
  { shown, cause }: { readonly shown: string; readonly cause: PostgresFailure },
): Promise<void> {
  const [answer] = await session.batch('select pg_is_in_recovery() as is_replica')
  if (answer?.rows[0]?.['is_replica'] !== true) return
  throw new ConductError('STORE_REFUSED', `The store ${shown} is a read-only replica.`, {
    hint: 'Name the primary in `store:` (target the address that always leads to it).',
    cause,
  })
}

async function migrate(session: Session): Promise<void> {
  await session.batch(`begin isolation level read committed; select pg_advisory_xact_lock(${migrationLock})`)
  // Everything below sees what the one before us has committed.
  const [found] = await session.batch(
    "select to_regnamespace('conduct') is not null as has_schema, to_regclass('conduct.meta') is not null as has_tables",
  )
  if (found?.rows[0]?.['has_schema'] !== true) await session.batch('create schema conduct')
  let version = 0
  if (found?.rows[0]?.['has_tables'] === true) {
    const [meta] = await session.batch('select schema_version from conduct.meta')
    version = Number(meta?.rows[0]?.['schema_version'])
    requireKnownSchema(version)
  }
  for (const migration of migrations.slice(version)) await session.batch(migration)
  await session.batch(`update conduct.meta set schema_version = ${schemaVersion}; commit`)
}
