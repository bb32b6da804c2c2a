import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { scanOf, watchNotices } from './notices.ts'
import { placeLocks, readPresent, type HeldLock } from './relations.ts'
import type { Measured } from './measured.ts'
import type { FactStatement } from './statements.ts'

const lookMs = 5
const looksMax = 2_000

const locksQuery = `select relation::int as relation, mode, granted from pg_locks where pid = $1`

/**
 * Runs a statement that no transaction may hold: it waits for the locks of others, one after another, and meanwhile a third session
 * sees what it holds and what it asks for.
 *
 * @param url of a database that nobody else uses; it is changed.
 */
export async function measureAlone(url: string, { sql, blockers = [] }: FactStatement): Promise<Measured> {
  await using sessions = await openSessions(url, blockers.length + 2)
  const [worker, watcher, ...others] = sessions.clients
  if (worker === undefined || watcher === undefined) throw new Error('there are two sessions at least')
  const before = await readPresent(watcher)
  const pid = await worker.query<{ pid: number }>('select pg_backend_pid() as pid')
  using notices = watchNotices(worker)
  await worker.query('set client_min_messages = debug2')
  for (const [at, other] of others.entries()) {
    await other.query('begin')
    await other.query(blockers[at] ?? '')
  }
  const held: HeldLock[] = []
  const work = { isDone: false }
  const running = worker.query(sql).finally(() => {
    work.isDone = true
  })
  for (const other of others) {
    held.push(...(await locksOnceItWaits(watcher, pid.rows[0]?.pid ?? 0, work)))
    await other.query('rollback')
  }
  await running
  const after = await readPresent(watcher)
  return {
    locks: placeLocks(held, { sql, before, references: after.references }),
    rewrites: false,
    scan: scanOf(notices.texts, before),
    transactional: 'no',
  }
}

async function locksOnceItWaits(
  watcher: Client,
  pid: number,
  work: { readonly isDone: boolean },
): Promise<readonly HeldLock[]> {
  for (let look = 0; look < looksMax && !work.isDone; look++) {
    const { rows } = await watcher.query<{ relation: number | null; mode: string; granted: boolean }>(
      locksQuery,
      [pid],
    )
    if (rows.some((row) => !row.granted)) {
      return rows.flatMap(({ relation, mode }) => (relation === null ? [] : [{ relation, mode }]))
    }
    await sleep(lookMs)
  }
  throw new Error('the statement waits for nobody, and its locks could not be seen')
}

interface Sessions extends AsyncDisposable {
  readonly clients: readonly Client[]
}

async function openSessions(url: string, count: number): Promise<Sessions> {
  const clients = Array.from({ length: count }, () => new Client({ connectionString: url }))
  await Promise.all(clients.map((client) => client.connect()))
  return {
    clients,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(clients.map((client) => client.end()))
    },
  }
}
