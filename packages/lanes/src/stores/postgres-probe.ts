import { randomUUID } from 'node:crypto'
import type { StoreProbe } from '../store.ts'
import type { PostgresConnections, Row } from './postgres-connections.ts'
import type { Hints } from './postgres-hints.ts'
import { schemaVersion } from './postgres-schema.ts'
import type { Transactions } from './postgres-transaction.ts'

const roundTrips = 5
const hintMsMax = 3000

interface Place {
  readonly connections: PostgresConnections
  readonly transactions: Transactions
  readonly hints: Hints
  readonly hasHints: boolean
}

/** What one-at-a-time rests on in Postgres: a primary that keeps what it has committed, and one clock. */
export async function probePostgres(place: Place): Promise<readonly StoreProbe[]> {
  const { fastestMs, differenceMs } = await measure(place)
  const server = await readServer(place)
  const primary = primaryProbe(server['is_replica'] === true, String(server['version']))
  const rest =
    primary.verdict === 'failed'
      ? []
      : [await writeProbe(place), await durabilityProbe(place, server), await hintProbe(place)]
  return [
    {
      check: 'round_trip',
      verdict: 'ok',
      detail: `The fastest of ${roundTrips} questions took ${fastestMs.toFixed(1)} ms; a change takes two.`,
      remedy: null,
    },
    primary,
    {
      check: 'clock',
      verdict: 'ok',
      detail:
        `The server's clock is ${Math.abs(differenceMs).toFixed(0)} ms ${differenceMs < 0 ? 'behind' : 'ahead of'} ours. ` +
        "Deadlines are counted on the server's: while leases run it may drift, but nobody may set it by more than " +
        'their margin. After a failover leases start over.',
      remedy: null,
    },
    ...rest,
  ]
}

/** Round trips, and how far the server's clock is from ours as seen in the fastest of them. */
async function measure({ connections }: Place): Promise<{ fastestMs: number; differenceMs: number }> {
  let best = { fastestMs: Infinity, differenceMs: 0 }
  for (let round = 0; round < roundTrips; round++) {
    best = await connections.use(async (session) => {
      // The first answer of a connection may have waited for it to be made.
      await session.batch('select 1')
      const startedMs = performance.now()
      const sentWallMs = Date.now()
      const [answer] = await session.batch('select extract(epoch from clock_timestamp()) * 1000 as ms')
      const tookMs = performance.now() - startedMs
      if (tookMs >= best.fastestMs) return best
      return { fastestMs: tookMs, differenceMs: Number(answer?.rows[0]?.['ms']) - (sentWallMs + tookMs / 2) }
    })
  }
  return best
}

async function readServer({ connections }: Place): Promise<Row> {
  const [answer] = await connections.use((session) =>
    session.batch(
      "select pg_is_in_recovery() as is_replica, current_setting('server_version') as version, " +
        "current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes, " +
        'schema_version from conduct.meta',
    ),
  )
  return answer?.rows[0] ?? {}
}

function primaryProbe(isReplica: boolean, version: string): StoreProbe {
  return {
    check: 'primary',
    verdict: isReplica ? 'failed' : 'ok',
    detail: isReplica
      ? 'This server is a read-only replica.'
      : `PostgreSQL ${version} takes writes; the tables have version ${schemaVersion}.`,
    remedy: isReplica ? 'Name the address that always leads to the primary.' : null,
  }
}

/** Everything a change does, up to its end: then it is undone. */
async function writeProbe({ transactions }: Place): Promise<StoreProbe> {
  const id = `probe/${randomUUID()}`
  await transactions.change({ estate: '', id, known: null, hint: id, decide: () => ({ result: null }) })
  return {
    check: 'conditional_write',
    verdict: 'ok',
    detail: 'A row was made, locked and undone.',
    remedy: null,
  }
}

async function durabilityProbe({ transactions }: Place, server: Row): Promise<StoreProbe> {
  const question = "select current_setting('synchronous_commit') as value"
  const ours = [await transactions.write(question), await transactions.lookAsChange(question)].map((rows) =>
    String(rows.at(-1)?.['value']),
  )
  const settings = {
    fsync: server['fsync'],
    full_page_writes: server['full_page_writes'],
    synchronous_commit: ours.find((value) => value !== 'on') ?? 'on',
  }
  const wrong = Object.entries(settings).filter(([, value]) => value !== 'on')
  return {
    check: 'durability',
    verdict: wrong.length === 0 ? 'ok' : 'failed',
    detail: `${Object.entries(settings)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(', ')}.`,
    remedy:
      wrong.length === 0 ? null : `Set ${wrong.map(([name]) => `${name} = on`).join(', ')} on the server.`,
  }
}

async function hintProbe({ connections, hints, hasHints }: Place): Promise<StoreProbe> {
  const arrives = hasHints && (await hintArrives(connections, hints))
  const polled = 'waiters look for themselves several times a second.'
  return {
    check: 'hints',
    verdict: arrives || !hasHints ? 'ok' : 'unknown',
    detail: arrives
      ? 'A notification of a write reached us: waiters are woken at once.'
      : `${hasHints ? 'No notification reached us, as behind a transaction pooler' : 'They are turned off'}: ${polled}`,
    remedy:
      arrives || !hasHints
        ? null
        : 'Add hints=off to the address: it saves a connection per waiter. Or go past the pooler.',
  }
}

async function hintArrives(connections: PostgresConnections, hints: Hints): Promise<boolean> {
  const key = `probe ${randomUUID()}`
  const arrived = Promise.withResolvers<boolean>()
  const watched = hints.watch(key, () => arrived.resolve(true))
  const late = setTimeout(() => arrived.resolve(false), hintMsMax)
  try {
    await watched.listening
    await connections.use((session) => session.query("select pg_notify('conduct', $1)", [key]))
    return await arrived.promise
  } finally {
    clearTimeout(late)
    watched.stop()
  }
}
