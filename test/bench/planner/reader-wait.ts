import { defaultBatchPolicy, loadSqlReader, openSchema, planBatch, type BatchPlan } from '@conduct/planner'
import { Client } from 'pg'

import { startPostgres } from '../../servers/postgres.ts'
import { quantile } from '../samples.ts'
import { showMs, type Table } from '../table.ts'

const rowsPerTable = 1_500_000
const rounds = 3
const readersPerTable = 2

/** Tickets as their branches bring them: brief ones and slow ones, over two tables that are read all the time. */
const tickets: Readonly<Record<string, string>> = {
  'a-note': 'ALTER TABLE orders ADD COLUMN note text',
  'b-state': 'CREATE INDEX orders_state ON orders (state)',
  'c-kind': 'CREATE INDEX events_kind ON events (kind)',
  'd-size': 'ALTER TABLE events ADD COLUMN size integer DEFAULT 0',
}

/**
 * How long the unluckiest reader waits while a turn runs: in one transaction in the planner's order, in one transaction as the
 * tickets come, and each in a transaction of its own, which is what the planner's order must not be twice as bad as.
 */
export async function readerWaits(): Promise<Table> {
  const order = await plannedOrder()
  await using server = await startPostgres()
  const url = await server.createDatabase()
  await using admin = await connected(url)
  for (const [table, column] of [
    ['orders', 'state'],
    ['events', 'kind'],
  ]) {
    await admin.client.query(
      `CREATE TABLE ${table} AS SELECT g AS id, md5(g::text) AS ${column} FROM generate_series(1, ${rowsPerTable}) g`,
    )
  }
  await admin.client.query('VACUUM ANALYZE')
  const ways: Readonly<Record<string, readonly (readonly string[])[]>> = {
    'each in its own transaction': order.map((id) => [id]),
    'one transaction, the planner’s order': [order],
    'one transaction, as they come': [Object.keys(tickets)],
  }
  const worst = new Map<string, number[]>()
  for (let round = 0; round < rounds; round++) {
    for (const [way, transactions] of Object.entries(ways)) {
      const waited = await worstWait(url, () => runAll(admin.client, transactions))
      worst.set(way, [...(worst.get(way) ?? []), waited])
      await admin.client.query(
        'DROP INDEX orders_state, events_kind; ALTER TABLE orders DROP COLUMN note; ALTER TABLE events DROP COLUMN size',
      )
    }
  }
  const floor = quantile(worst.get('each in its own transaction') ?? [], 0.5)
  return {
    title: 'The worst wait of a reader while a turn runs',
    note: `${Object.keys(tickets).length} tickets over two tables of ${rowsPerTable} rows, ${readersPerTable} readers each; median of the worst of ${rounds} rounds; promised: the planner’s order at most twice separate transactions`,
    columns: ['how', 'order', 'worst wait', 'against separate'],
    rows: Object.entries(ways).map(([way, transactions]) => {
      const median = quantile(worst.get(way) ?? [], 0.5)
      return [way, transactions.flat().join(' '), showMs(median), `${(median / floor).toFixed(2)}×`]
    }),
  }
}

async function plannedOrder(): Promise<readonly string[]> {
  const read = await loadSqlReader()
  const plan: BatchPlan = planBatch({
    tickets: Object.entries(tickets).map(([id, text]) => ({
      id,
      operations: read({ file: `${id}.sql`, text }).operations,
      weight: 1,
      isUrgent: false,
    })),
    base: openSchema,
    files: [],
    rows: {},
    policy: { ...defaultBatchPolicy, hotTables: [] },
    now: new Date(),
    inFlight: Object.keys(tickets).length,
  })
  const [turn] = plan.turns
  if (turn === undefined || plan.turns.length > 1) throw new Error('these tickets share one turn')
  return turn.tickets
}

async function runAll(client: Client, transactions: readonly (readonly string[])[]): Promise<void> {
  for (const ids of transactions) {
    await client.query('BEGIN')
    for (const id of ids) await client.query(tickets[id] ?? '')
    await client.query('COMMIT')
  }
}

/** In milliseconds, of all readers together. */
async function worstWait(url: string, act: () => Promise<void>): Promise<number> {
  const done = new AbortController()
  let worst = 0
  const read = async (table: string): Promise<void> => {
    await using reader = await connected(url)
    while (!done.signal.aborted) {
      const start = performance.now()
      await reader.client.query(`SELECT id FROM ${table} LIMIT 1`)
      worst = Math.max(worst, performance.now() - start)
    }
  }
  const readers = ['orders', 'events'].flatMap((table) =>
    Array.from({ length: readersPerTable }, () => read(table)),
  )
  try {
    await act()
  } finally {
    done.abort()
    await Promise.all(readers)
  }
  return worst
}

async function connected(url: string): Promise<AsyncDisposable & { readonly client: Client }> {
  const client = new Client({ connectionString: url })
  await client.connect()
  return { client, [Symbol.asyncDispose]: () => client.end() }
}
