import { ConductError, type RunRecord, hasEnded, invariant } from '@conduct/core'
import type { AcquireResult, Lane } from '@conduct/lanes/engine'
import type { ConductorOptions, RunResult } from '../api.ts'
import { formerEndsMs } from '../limits.ts'
import { exitCodeOf } from '../exit-code.ts'
import { foldRun } from '../journal/fold.ts'
import type { Journal } from '../journal/journal.ts'
import { holderProcess } from '../supervise-commands.ts'
import { withdrawProposals } from '../undo/withdraw-proposals.ts'
import { findRun } from './find-run.ts'

/**
 * Ends a run without undoing anything, in every state but one: a run whose process is alive is interrupted first,
 * by whoever can see it. Its place in line, its lease and its note go; what it has done stays and stays reported.
 *
 * @throws ConductError RUN_UNKNOWN (4), RUN_ENDED (2)
 */
export async function abortRun(
  conductor: ConductorOptions,
  options: { readonly run: string; readonly reason: string },
): Promise<RunResult> {
  const journal = await findRun(conductor, options.run)
  const record = foldOf(conductor, journal)
  if (hasEnded(record.state)) {
    throw new ConductError('RUN_ENDED', `run ${record.run} is ${record.state}`)
  }
  const lane = conductor.lanes.lane(laneOf(conductor, record))
  const taken = await takeIts(conductor, lane, record)
  const live = liveHolder(taken, record)
  if (live !== null) {
    return {
      record,
      held: {
        lane: lane.name,
        outcome: 'refused',
        claim: null,
        holder: { name: live.holder, since: live.since, task: live.task, run: live.run },
        position: null,
        reason: taken.outcome === 'refused' ? taken.reason : null,
        isOwnRun: false,
        estimate: null,
      },
      exit: exitCodeOf({ state: 'held', cause: null, irreversibleDone: false }),
    }
  }
  if (taken.outcome === 'granted') {
    await using lease = taken.lease
    await journal.open(lease.token, {
      type: 'opened',
      kind: 'resume',
      holder: conductor.identity.holder,
      lane: lane.name,
      resources: lease.resources,
      waitedMs: 0,
      configCommit: record.configCommit,
    })
    await end(conductor, journal, { record, reason: options.reason })
    await lane.clearNote(record.run)
    await lease.release()
  } else {
    if (taken.outcome === 'queued') await lane.leave({ claim: taken.claim, secret: taken.secret })
    await end(conductor, journal, { record, reason: options.reason })
    await lane.clearNote(record.run)
  }
  return {
    record: foldOf(conductor, journal),
    held: null,
    exit: exitCodeOf({ state: 'aborted', cause: null, irreversibleDone: record.irreversibleDone }),
  }
}

function foldOf(conductor: ConductorOptions, journal: Journal): RunRecord {
  return foldRun(journal.run, journal.records(), conductor)
}

async function end(
  conductor: ConductorOptions,
  journal: Journal,
  ending: { readonly record: RunRecord; readonly reason: string },
): Promise<void> {
  const { reason } = ending
  await withdrawProposals(conductor, journal, ending)
  await journal.append({ type: 'aborted', by: conductor.identity.holder, reason })
}

function laneOf(conductor: ConductorOptions, record: RunRecord): string {
  const name = record.lane?.name ?? conductor.config.trains.get(record.train)?.lane
  invariant(name !== undefined, `train ${record.train} names its lane`)
  return name
}

/** Takes up whatever claim the run has: parked, waiting, kept or dead. Somebody else's lane is only queued for. */
function takeIts(conductor: ConductorOptions, lane: Lane, record: RunRecord): Promise<AcquireResult> {
  const train = conductor.config.trains.get(record.train)
  const repos = train === undefined ? [] : [train.producer.repo, ...train.consumers.map(({ repo }) => repo)]
  return lane.acquire({
    resources: record.lane?.resources ?? [...new Set(repos)],
    run: record.run,
    resumes: record.run,
    task: `abort of run ${record.run}`,
    whenHeld: 'queue',
    waitMsMax: 0,
    formerMsMax: formerEndsMs,
    attended: true,
    process: holderProcess(),
    signal: conductor.signal,
  })
}

function liveHolder(taken: AcquireResult, record: RunRecord) {
  if (taken.outcome === 'granted') return null
  const all = taken.holder === null ? taken.blockers : [taken.holder, ...taken.blockers]
  return all.find((holder) => holder.run === record.run) ?? null
}
