import { askedSentence, canonicalJson, type RunRecord } from '@conduct/core'
import type { ConductorOptions, RunSummary } from '../api.ts'
import { denialOf, readWords } from '../approval/approval-store.ts'
import { foldRun } from '../journal/fold.ts'
import { loadJournal } from '../journal/journal.ts'
import { findRun, runIds } from './find-run.ts'

type Reader = Pick<ConductorOptions, 'store' | 'clock' | 'launcher' | 'keyFile'>

/** @throws ConductError RUN_UNKNOWN (4) */
export async function readRun(conductor: Reader, name: string): Promise<RunRecord> {
  const journal = await findRun(conductor, name)
  const record = foldRun(journal.run, journal.records(), conductor)
  return await withLatestWords(conductor, record)
}

/** Somebody may have answered while no process of the run is there to write it down. */
async function withLatestWords({ store, launcher }: Reader, record: RunRecord): Promise<RunRecord> {
  const { plan, state, asked } = record
  if (state !== 'waiting_approval' || plan === null || asked === null) return record
  const { words } = await readWords(store, plan)
  const unseen = words.filter(
    (word) => !record.approvals.some((seen) => canonicalJson(seen) === canonicalJson(word)),
  )
  const denial = denialOf(words)
  const isAnswered = denial !== null || unseen.length > 0
  const resume = `${launcher} resume ${record.run}`
  return {
    ...record,
    approvals: [...record.approvals, ...unseen],
    next: denial !== null ? `${resume} --replan` : isAnswered && !asked.isHeld ? resume : record.next,
  }
}

/** All runs of the estate, newest first. */
export async function listRuns(conductor: Reader): Promise<readonly RunSummary[]> {
  const { store, clock } = conductor
  const runs: RunSummary[] = []
  for (const run of await runIds(store)) {
    const journal = await loadJournal({ log: store.log, run, clock })
    const { train, state, startedAt, stop, asked } = foldRun(run, journal.records(), conductor)
    const waits = asked === null ? null : askedSentence(asked)
    runs.push({ run, train, state, startedAt, stop: stop?.message ?? waits })
  }
  return runs.sort((a, b) => b.startedAt.localeCompare(a.startedAt))
}
