import {
  ConductError,
  type PhaseName,
  type RunRecord,
  type RunStop,
  errorCodes,
  exitCodes,
} from '@conduct/core'
import type { RunResult } from './api.ts'
import { exitCodeOf } from './exit-code.ts'
import { foldRun } from './journal/fold.ts'
import type { Journey } from './journey.ts'
import { endsTheWriter } from './step.ts'
import { PhaseFailure } from './travel-consumers.ts'

/**
 * Ends a run for now: writes down why, and leaves the lane as it has to be left. Nothing irreversible happened: the
 * lane is handed back (parked while it waits for an approval). Something did: it is kept for the resume, and its note
 * asks the next conductor to acknowledge. Lost: nothing more is written, somebody else may be the writer.
 */
export async function stopRun(journey: Journey, thrown: unknown): Promise<RunResult> {
  const phase = thrown instanceof PhaseFailure ? thrown.phase : 'claim'
  const cause = thrown instanceof PhaseFailure ? thrown.cause : thrown
  const error = translate(journey, cause)
  const before = fold(journey)
  if (endsTheWriter(error) || before.state === 'aborted') return lost(journey, error, phase)
  if (before.state === 'done' || before.state === 'compensated')
    return { record: before, held: null, exit: exitCodes.done }

  const stop = stopOf(error, phase, before.irreversibleDone)
  const waitsFor = whoseTurn(error)
  // A pull request of this run may be merged at any moment.
  const isKept = before.irreversibleDone || waitsFor === 'merge'
  try {
    await journey.journal.append({
      type: 'stopped',
      stop,
      waitsFor: before.irreversibleDone && waitsFor !== 'merge' ? null : waitsFor,
      next: nextWords(journey, error),
      ...typedFirst(error),
      laneReleased: !isKept,
      forgeRequests: journey.context.forgeRequests(),
    })
    await leaveLane(journey, {
      isKept,
      isParked: waitsFor === 'approval',
      message: stop.message,
    })
  } catch (second) {
    if (endsTheWriter(second)) return lost(journey, translate(journey, second), phase)
    journey.context.emit({
      type: 'warning',
      code: second instanceof ConductError ? second.code : 'INTERNAL',
      message: `the run stopped, but that could not be written down: ${second instanceof Error ? second.message : String(second)}`,
    })
  }
  const record = fold(journey)
  return {
    record: record.stop === null ? { ...record, state: 'stopped', stop } : record,
    held: null,
    exit: stop.exit,
  }
}

function whoseTurn({ code }: ConductError): 'approval' | 'holder' | 'merge' | null {
  if (code === 'MERGE_WAITING') return 'merge'
  if (code === 'RUN_RECOMMENDED') return 'holder'
  return approvalMayCome.has(code) ? 'approval' : null
}

/** Nobody has said no to the plan: the run goes on waiting for somebody who may say yes. */
const approvalMayCome: ReadonlySet<string> = new Set([
  'APPROVAL_MISSING',
  'APPROVAL_REFUSED',
  'APPROVAL_EXPIRED',
  'STAGE_APPROVAL_MISSING',
  'PUBLISH_OTP',
])

function fold(journey: Journey): RunRecord {
  return foldRun(journey.run, journey.journal.records(), journey.context)
}

function stopOf(error: ConductError, phase: PhaseName, irreversibleDone: boolean): RunStop {
  return {
    code: error.code,
    exit: exitCodeOf({ state: 'stopped', cause: error.exit, irreversibleDone }),
    message: error.message,
    hint: error.hint,
    phase,
  }
}

/** What is no ConductError is an interruption that surfaced inside a call, or a bug. */
function translate(journey: Journey, cause: unknown): ConductError {
  const lease = journey.luggage.travel?.lease
  if (lease !== undefined && lease.signal.aborted && lease.signal.reason instanceof ConductError) {
    return lease.signal.reason
  }
  if (cause instanceof ConductError && cause.code !== 'INTERNAL') {
    const isSideEffect =
      journey.context.signal.aborted && errorCodes[cause.code].exit !== exitCodes.verification
    return isSideEffect ? interrupted(journey, cause) : cause
  }
  if (journey.context.signal.aborted) return interrupted(journey, cause)
  const message = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
  return new ConductError('INTERNAL', message, { cause })
}

/** Whatever a call throws because the run was interrupted, the interruption is why it stopped. */
function interrupted(journey: Journey, cause: unknown): ConductError {
  if (cause instanceof ConductError && cause.code === 'INTERRUPTED') return cause
  return new ConductError('INTERRUPTED', `run ${journey.run} was interrupted`, { cause })
}

async function leaveLane(
  journey: Journey,
  how: { readonly isKept: boolean; readonly isParked: boolean; readonly message: string },
): Promise<void> {
  const { travel } = journey.luggage
  if (travel === null) return
  const { lane, lease, run } = travel
  if (how.isKept) {
    const text = `run ${run} of train ${journey.context.trainName} stopped part-way: ${firstLine(how.message)}`
    await lane.note({ run, text })
    await lease.stop({ reason: text })
    return
  }
  if (how.isParked) await lane.park(lease)
  else await lease.release()
}

/** The lease or the journal went to somebody else: say so, and touch nothing of theirs. */
function lost(journey: Journey, error: ConductError, phase: PhaseName): RunResult {
  const record = fold(journey)
  const stop = stopOf(error, phase, record.irreversibleDone)
  const next = `${journey.context.launcher} status ${journey.run}`
  return { record: { ...record, state: 'stopped', stop, next }, held: null, exit: stop.exit }
}

function nextWords(journey: Journey, error: ConductError): string | null {
  const { launcher } = journey.context
  if (error.next?.startsWith(`${launcher} `) === true) return error.next.slice(launcher.length + 1)
  if (journey.kind === 'compensate') return `compensate ${journey.run} --yes`
  if (error.code === 'APPROVAL_VOID') return `resume ${journey.run} --replan`
  return `resume ${journey.run}`
}

/** A command of another program that has to come before ours. */
function typedFirst(error: ConductError): { readonly first?: string } {
  const { typeFirst } = error.details
  return typeof typeFirst === 'string' ? { first: typeFirst } : {}
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
