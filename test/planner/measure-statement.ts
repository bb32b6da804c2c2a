import type { Client } from 'pg'

/** What one statement did on a real server: seen from another session while its transaction was still open. */
export interface Measured {
  /** By relation that was there before; the strongest mode. */
  readonly locks: Readonly<Record<string, string>>
  readonly hasRewritten: boolean
  readonly isTransactional: boolean
}

const modes = [
  'AccessShareLock',
  'RowShareLock',
  'RowExclusiveLock',
  'ShareUpdateExclusiveLock',
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
]

/** `ShareRowExclusiveLock` → `SHARE ROW EXCLUSIVE` */
function spelled(mode: string): string {
  return mode
    .replace(/Lock$/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase()
}

const filesQuery = `select c.oid::regclass::text as name, c.relfilenode::text as node
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'm') and n.nspname in ('public', 'sx')`
const relationsQuery = `select c.oid::int as oid, c.oid::regclass::text as name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('public', 'sx')`
const locksQuery = `select relation::int as oid, mode from pg_locks where pid = pg_backend_pid() and granted and relation is not null`

/**
 * Runs a statement in a transaction that is rolled back, and reads the locks which its own session holds at its end.
 *
 * @returns null when the server does not know the statement; `isTransactional: false`, and no locks, where it refuses to run in a
 *   transaction.
 */
export async function measureStatement(
  client: Client,
  { sql, setting }: { readonly sql: string; readonly setting: string },
): Promise<Measured | null> {
  const before = await client.query<{ oid: number; name: string }>(relationsQuery)
  const nodes = await client.query<{ name: string; node: string }>(filesQuery)
  await client.query('begin')
  try {
    // A statement that cannot run in a transaction must be seen alone.
    if (setting !== '') await client.query(setting)
    await client.query(sql)
    const held = await client.query<{ oid: number; mode: string }>(locksQuery)
    const now = await client.query<{ name: string; node: string }>(filesQuery)
    const names = new Map(before.rows.map(({ oid, name }) => [oid, name]))
    const strongest = new Map<string, string>()
    for (const { oid, mode } of held.rows) {
      const name = names.get(oid)
      const known = name === undefined ? undefined : strongest.get(name)
      if (name !== undefined && modes.indexOf(mode) > modes.indexOf(known ?? '')) strongest.set(name, mode)
    }
    const nodeOf = new Map(nodes.rows.map(({ name, node }) => [name, node]))
    return {
      locks: Object.fromEntries([...strongest].map(([name, mode]) => [name, spelled(mode)])),
      hasRewritten: now.rows.some(({ name, node }) => nodeOf.has(name) && nodeOf.get(name) !== node),
      isTransactional: true,
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === activeTransaction) return { locks: {}, hasRewritten: false, isTransactional: false }
    if (code === syntaxError) return null
    throw error
  } finally {
    await client.query('rollback')
  }
}

const activeTransaction = '25001'
const syntaxError = '42601'
