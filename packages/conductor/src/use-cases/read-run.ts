import type { RunRecord } from '@conduct/core'
import type { ConductorOptions, RunSummary } from '../api.ts'
import { foldRun } from '../journal/fold.ts'
import { loadJournal } from '../journal/journal.ts'
import { findRun, runIds } from './find-run.ts'

type Reader = Pick<ConductorOptions, 'store' | 'clock' | 'launcher'>

/** @throws ConductError RUN_UNKNOWN (4) */
export async function readRun(conductor: Reader, name: string): Promise<RunRecord> {
  const journal = await findRun(conductor, name)
  return foldRun(journal.run, journal.records(), { launcher: conductor.launcher })
}

/** All runs of the estate, newest first. */
export async function listRuns(conductor: Reader): Promise<readonly RunSummary[]> {
  const { store, clock, launcher } = conductor
  const runs: RunSummary[] = []
  for (const run of await runIds(store)) {
    const journal = await loadJournal({ log: store.log, run, clock })
    const { train, state, startedAt, stop } = foldRun(run, journal.records(), { launcher })
    runs.push({ run, train, state, startedAt, stop: stop?.message ?? null })
  }
  return runs.sort((a, b) => b.startedAt.localeCompare(a.startedAt))
}
