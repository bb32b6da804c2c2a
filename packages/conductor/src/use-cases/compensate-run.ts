import { ConductError, type Plan, type RunRecord, exitCodes, hasEnded, invariant } from '@conduct/core'
import type { CompensationView, Conductor, ConductorOptions, RunResult } from '../api.ts'
import { conductTrain } from '../conduct-train.ts'
import { journalWithCrashPoints } from '../crash-points.ts'
import { withoutActing } from '../dry-run/without-acting.ts'
import { foldRun } from '../journal/fold.ts'
import { boundPlan } from '../journal/begun.ts'
import type { Journal } from '../journal/journal.ts'
import { emptyLuggage } from '../journey.ts'
import { openTrain } from '../open-train.ts'
import { wayBackPhases } from '../train.ts'
import { lookBack } from '../undo/look-back.ts'
import { openUndoPlaces } from '../undo/undo-way.ts'
import { waysBackOf } from '../undo/ways-back.ts'
import { findRun } from './find-run.ts'

/**
 * The way back of a run as it was computed before it started, with what would become of each way now. Changes
 * nothing and takes no lane.
 *
 * @throws ConductError RUN_UNKNOWN (4), REMOTE_UNREACHABLE (30)
 */
export async function previewCompensation(
  conductor: ConductorOptions,
  options: { readonly run: string },
): Promise<CompensationView> {
  const journal = await findRun(conductor, options.run)
  const record = recordOf(conductor, journal)
  const plan = boundPlan(journal.records())
  if (plan === null) return { record, ways: [], isConfigChanged: false }
  const context = withoutActing(await openTrain(conductor, record.train))
  await using places = openUndoPlaces({
    context,
    run: journal.run,
    plan,
    records: journal.records,
    signal: context.signal,
  })
  // What would stay if the run had done it is no news while it has not.
  const ways = waysBackOf(journal.records()).filter(({ way, isTouched }) => isTouched || way.possible)
  const looked = await lookBack(ways, places)
  return {
    record,
    ways: looked.map(({ way, outlook, why }) => ({ way, outlook, why })),
    isConfigChanged: isConfigChanged(plan, context.configHash),
  }
}

/**
 * Takes back what a run did, in journaled steps under its lane: from wherever the world is, as often as it is asked.
 * A run that did nothing has nothing to take back; one whose way back was taken to its end is done with.
 *
 * @throws ConductError RUN_UNKNOWN (4)
 */
export async function compensateRun(
  conductor: ConductorOptions,
  options: Parameters<Conductor['compensateRun']>[0],
): Promise<RunResult> {
  const journal = await findRun(conductor, options.run)
  const created = journal.records()[0]
  invariant(created?.type === 'created', `the journal of run ${journal.run} begins with its creation`)
  const record = recordOf(conductor, journal)
  if (record.state === 'compensated') return { record, held: null, exit: exitCodes.done }
  if (!waysBackOf(journal.records()).some(({ isTouched }) => isTouched)) {
    if (hasEnded(record.state)) return { record, held: null, exit: exitCodes.done }
    throw new ConductError('RUN_NOT_BEGUN', `run ${record.run} has changed nothing yet`, {
      next: `${conductor.launcher} abort ${record.run} --reason "nothing to undo"`,
    })
  }
  const context = await openTrain(conductor, created.train)
  context.emit({ type: 'run_opened', run: journal.run, train: created.train, kind: 'compensate' })
  return conductTrain(
    {
      context,
      run: journal.run,
      kind: 'compensate',
      request: created.request,
      ask: { approve: null, replan: false, plan: null, whenHeld: null, waitMsMax: options.waitMsMax },
      journal: journalWithCrashPoints(journal, context.hit),
      lane: context.lanes.lane(context.train.lane),
      luggage: emptyLuggage(),
    },
    wayBackPhases,
  )
}

/** The commands that go back are those of lanes.yaml as it stands now; whoever confirms is told when it changed. */
function isConfigChanged(plan: Plan, configHash: string): boolean {
  return plan.basis.configHash !== configHash
}

function recordOf(conductor: ConductorOptions, journal: Journal): RunRecord {
  return foldRun(journal.run, journal.records(), conductor)
}
