import { randomBytes } from 'node:crypto'
import { ConductError, type Override, type RunId } from '@conduct/core'
import type { RunOptions } from '../api.ts'
import type { TrainContext } from '../context.ts'
import { type Journal, loadJournal } from '../journal/journal.ts'
import type { RunRequest } from '../journal/journal-record.ts'

const runIdBytes = 3
const idTriesMax = 20

/** A new run with a short name of its own, and the first record of its journal. */
export async function createRun(context: TrainContext, request: RunRequest): Promise<Journal> {
  for (let tries = 0; tries < idTriesMax; tries += 1) {
    const run = randomBytes(runIdBytes).toString('hex') as RunId
    const journal = await loadJournal({
      log: context.store.log,
      run,
      clock: context.clock,
      redact: context.redact,
    })
    if (journal.records().length > 0) continue
    const created = await journal.append({
      type: 'created',
      train: context.trainName,
      estate: context.config.estate,
      by: context.identity.holder,
      request,
      salt: randomBytes(16).toString('hex'),
    })
    // Two that picked one name at one moment: the first record tells whose it is.
    if (journal.records()[0]?.id === created.id) return journal
  }
  throw new ConductError('INTERNAL', 'no free name for a run was found')
}

export function toRequest(
  context: TrainContext,
  options: Pick<RunOptions, 'only' | 'version' | 'overrides' | 'acknowledge'>,
): RunRequest {
  const by = context.identity.person ?? context.identity.holder
  const overrides: readonly Override[] = (options.overrides ?? []).map((override) => ({ ...override, by }))
  return {
    only: options.only ?? null,
    version: options.version ?? null,
    overrides,
    acknowledged: options.acknowledge ?? [],
  }
}
