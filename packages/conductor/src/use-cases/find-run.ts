import { type Clock, ConductError, type RunId } from '@conduct/core'
import type { Store } from '@conduct/lanes/engine'
import type { Redact } from '../redacted.ts'
import { type Journal, journalLog, loadJournal } from '../journal/journal.ts'

const logPrefix = 'run/'
const logSuffix = journalLog('').slice(logPrefix.length)

/** Names of all runs in the store, sorted. */
export async function runIds(store: Store): Promise<readonly RunId[]> {
  const logs = await store.log.list(logPrefix)
  return logs
    .filter((log) => log.endsWith(logSuffix))
    .map((log) => log.slice(logPrefix.length, -logSuffix.length) as RunId)
}

/**
 * The journal of a run, by its name or a unique prefix of it.
 *
 * @throws ConductError RUN_UNKNOWN (4)
 */
export async function findRun(
  options: { readonly store: Store; readonly clock: Clock; readonly redact?: Redact | undefined },
  name: string,
): Promise<Journal> {
  const { store, clock, redact } = options
  const all = await runIds(store)
  const matching = all.includes(name as RunId) ? [name as RunId] : all.filter((run) => run.startsWith(name))
  const [run, ...others] = name === '' ? [] : matching
  if (run === undefined)
    throw new ConductError('RUN_UNKNOWN', `the store holds no run ${JSON.stringify(name)}`)
  if (others.length > 0) {
    throw new ConductError(
      'RUN_UNKNOWN',
      `${matching.length} runs begin with ${name}: ${matching.join(', ')}`,
    )
  }
  return loadJournal({ log: store.log, run, clock, redact })
}
