import type { StoreProbe } from '../store.ts'
import type { SqliteConnection } from './sqlite-connection.ts'

/** What one-at-a-time rests on in SQLite: an intact file, a write-ahead log and a full sync with every commit. */
export async function probeSqlite(
  { db, run, change }: SqliteConnection,
  path: string,
): Promise<readonly StoreProbe[]> {
  const pragma = (name: string) => run(() => Object.values(db.prepare(`pragma ${name}`).get() ?? {})[0])
  const startedMs = performance.now()
  await change(() => undefined)
  const roundTripMs = performance.now() - startedMs
  const [journal, synchronous, intact] = [
    await pragma('journal_mode'),
    await pragma('synchronous'),
    await pragma('quick_check'),
  ]
  const isDurable = journal === 'wal' && synchronous === 2
  return [
    {
      check: 'round_trip',
      verdict: 'ok',
      detail: `A transaction took ${roundTripMs.toFixed(1)} ms.`,
      remedy: null,
    },
    {
      check: 'durability',
      verdict: isDurable ? 'ok' : 'failed',
      detail: `Journal mode ${String(journal)}, synchronous ${String(synchronous)}.`,
      remedy: isDurable ? null : 'Another program changed the settings of this file: use a path of its own.',
    },
    {
      check: 'integrity',
      verdict: intact === 'ok' ? 'ok' : 'failed',
      detail: `quick_check says: ${String(intact)}.`,
      remedy: intact === 'ok' ? null : `Restore ${path} from a backup, then: conduct lane recover.`,
    },
    {
      check: 'clock',
      verdict: 'ok',
      detail: 'Deadlines are counted on the monotonic clock of this host; there is no other clock.',
      remedy: null,
    },
  ]
}
