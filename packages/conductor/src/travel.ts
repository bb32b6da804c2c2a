import { ConductError, type RunId, type StepState } from '@conduct/core'
import type { Lane, Lease } from '@conduct/lanes/engine'
import type { TrainContext } from './context.ts'
import { runEffect } from './crash-points.ts'
import type { Journal } from './journal/journal.ts'
import type { Step } from './step.ts'

/** What every step of a run needs: the lease it acts under, the journal it is written in, when to stop. */
export interface Travel {
  readonly context: TrainContext
  readonly run: RunId
  readonly journal: Journal
  readonly lane: Lane
  readonly lease: Lease
  /** Aborts when the run is interrupted or the lease is lost: commands that only look or prepare end by it. */
  readonly signal: AbortSignal
  /** @throws ConductError LEASE_LOST (11) or INTERRUPTED (8) */
  readonly throwIfStopped: () => void
  /** Before the first irreversible effect: the lane is never taken over as dead, and its note names this run. */
  readonly keepLane: () => Promise<void>
  readonly showStep: (step: Step, state: StepState, evidence: string | null) => void
}

export interface TravelOptions {
  readonly context: TrainContext
  readonly run: RunId
  readonly journal: Journal
  readonly lane: Lane
  readonly lease: Lease
  /** Before the first irreversible effect and before the lane is kept for it; throws when it must not happen. */
  readonly beforeKeeping?: () => Promise<void>
}

export function startTravel(options: TravelOptions): Travel {
  const { context, run, journal, lane, lease } = options
  let keeping: Promise<void> | null = null

  async function keepLane(): Promise<void> {
    await options.beforeKeeping?.()
    const text = `run ${run} of train ${context.trainName} is part-way through something irreversible`
    await runEffect(context.hit, 'keep', {
      act: async () => {
        await lane.note({ run, text })
        await lease.keep({ reason: text })
      },
      prove: () => journal.append({ type: 'kept', reason: text }),
    })
  }

  return {
    context,
    run,
    journal,
    lane,
    lease,
    signal: AbortSignal.any([context.signal, lease.signal]),
    throwIfStopped: () => {
      lease.signal.throwIfAborted()
      if (context.signal.aborted) {
        throw new ConductError('INTERRUPTED', `run ${run} was interrupted between two steps`)
      }
    },
    keepLane: () => {
      keeping ??= keepLane()
      return keeping
    },
    showStep: (step, state, evidence) =>
      context.emit({
        type: 'step_changed',
        run,
        phase: step.phase,
        step: step.id,
        repo: step.repo,
        state,
        action: step.action,
        evidence,
      }),
  }
}
