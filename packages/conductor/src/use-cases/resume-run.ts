import { ConductError, exitCodes, invariant } from '@conduct/core'
import type { Conductor, ConductorOptions, RunResult } from '../api.ts'
import { provingOf } from '../approval/give-approval.ts'
import { conductTrain } from '../conduct-train.ts'
import { journalWithCrashPoints } from '../crash-points.ts'
import { foldRun } from '../journal/fold.ts'
import { isGoingBack } from '../journal/begun.ts'
import type { Journal } from '../journal/journal.ts'
import { emptyLuggage } from '../journey.ts'
import { openTrain } from '../open-train.ts'
import { tellForges } from '../tell-forges.ts'
import { findRun } from './find-run.ts'

export type ResumeOptions = Parameters<Conductor['resumeRun']>[0]

/**
 * Goes on with a run from wherever its journal and the world are: stands first in line, takes the lane with a higher
 * token, opens the journal with it, which ends an older writer, and observes every step again.
 *
 * A run that is done already has nothing left to do.
 *
 * @throws ConductError RUN_UNKNOWN (4), RUN_ENDED (2) when it was aborted
 */
export async function resumeRun(conductor: ConductorOptions, options: ResumeOptions): Promise<RunResult> {
  const journal = await findRun(conductor, options.run)
  const records = journal.records()
  const created = records[0]
  invariant(created?.type === 'created', `the journal of run ${journal.run} begins with its creation`)
  if (isGoingBack(records)) throw goingBack(conductor, journal)
  const ended = records.findLast((record) => record.type === 'closed' || record.type === 'aborted')
  if (ended?.type === 'closed') {
    const record = foldRun(journal.run, records, conductor)
    return { record, held: null, exit: exitCodes.done }
  }
  if (ended !== undefined) {
    throw new ConductError('RUN_ENDED', `run ${journal.run} was aborted`, {
      next: `${conductor.launcher} run ${created.train}`,
    })
  }
  const context = await openTrain(conductor, created.train)
  context.emit({ type: 'run_opened', run: journal.run, train: created.train, kind: 'resume' })
  const result = await conductTrain({
    context,
    run: journal.run,
    kind: 'resume',
    request: created.request,
    ask: {
      approve: provingOf(options.approve),
      replan: options.replan === true,
      plan: null,
      whenHeld: null,
      waitMsMax: options.waitMsMax,
    },
    journal: journalWithCrashPoints(journal, context.hit),
    lane: context.lanes.lane(context.train.lane),
    luggage: emptyLuggage(),
  })
  return tellForges(context, result)
}

/** Half of what it did may be gone: there is only the rest of the way back, or an end where it is. */
function goingBack({ launcher }: ConductorOptions, journal: Journal): ConductError {
  const isUndone = journal.records().some((record) => record.type === 'compensated')
  if (isUndone) return new ConductError('RUN_ENDED', `run ${journal.run} was taken back`)
  return new ConductError('RUN_COMPENSATING', `run ${journal.run} is being taken back`, {
    next: `${launcher} compensate ${journal.run} --yes`,
  })
}
