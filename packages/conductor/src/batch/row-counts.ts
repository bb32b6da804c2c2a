import { ConductError } from '@conduct/core'
import { connectPostgres } from './connect-postgres.ts'

export interface LiveRowCounts {
  readonly major: number
  /** By table; one whose rows nobody has counted yet is not among them, unless its size says that they are few. */
  readonly rows: Readonly<Record<string, number>>
}

/** The least that a row takes on disk: 24 bytes of header and 4 that point to it. */
const rowBytesMin = 28

/**
 * The server's own estimate where it has one. Without one, no more rows than fit into the table's file: an upper bound, so that what
 * is small is known to be. A partitioned table has the rows of its partitions.
 */
const countsQuery = `
  with recursive leaf as (
    select c.oid as top, c.oid, c.relkind, c.reltuples from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'm') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_'
    union all
    select leaf.top, c.oid, c.relkind, c.reltuples from leaf
    join pg_inherits i on i.inhparent = leaf.oid join pg_class c on c.oid = i.inhrelid where leaf.relkind = 'p'
  )
  select case n.nspname when 'public' then t.relname else n.nspname || '.' || t.relname end as name,
    sum(case when leaf.relkind = 'p' then 0 when leaf.reltuples > 0 then leaf.reltuples
      else ceil(pg_relation_size(leaf.oid) / ${rowBytesMin}.0) end)::bigint::text as rows
  from leaf join pg_class t on t.oid = leaf.top join pg_namespace n on n.oid = t.relnamespace
  group by 1 order by 1`

/**
 * How many rows the tables of a database have, as its catalog estimates them: nothing is counted, no table is read, nothing is
 * written.
 *
 * @throws ConductError STATISTICS_UNREACHABLE (30)
 */
export async function readLiveRowCounts(address: string): Promise<LiveRowCounts> {
  const unreachable = (cause: unknown): ConductError => {
    const why = cause instanceof Error ? cause.message : String(cause)
    return new ConductError(
      'STATISTICS_UNREACHABLE',
      `the Postgres with the sizes of tables did not answer: ${why}`,
      {
        cause,
      },
    )
  }
  const client = await connectPostgres(address, { name: 'conduct batch plan', unreachable })
  try {
    await client.query('begin transaction read only')
    const version = await client.query<{ major: number }>(
      "select current_setting('server_version_num')::int / 10000 as major",
    )
    const counts = await client.query<{ name: string; rows: string }>(countsQuery)
    return {
      major: version.rows[0]?.major ?? 0,
      rows: Object.fromEntries(counts.rows.map(({ name, rows }) => [name, Number(rows)])),
    }
  } catch (error) {
    throw unreachable(error)
  } finally {
    await client.end()
  }
}
