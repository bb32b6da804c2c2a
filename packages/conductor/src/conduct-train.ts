import type { RunRecord } from '@conduct/core'
import type { RunResult } from './api.ts'
import { exitCodeOf } from './exit-code.ts'
import { foldRun } from './journal/fold.ts'
import type { ConsumerPhase, Journey, Phase, TrainPhase } from './journey.ts'
import { type PhaseClock, phaseClock } from './phase-clock.ts'
import { stopRun } from './stop-run.ts'
import { journeyPhases } from './train.ts'
import { PhaseFailure, travelConsumers } from './travel-consumers.ts'

/**
 * Drives one writer through the phases of a run, from wherever the world and the journal are.
 *
 * @param phases the journey, or the way back.
 * @returns how the run ended for now; never throws once the run has a record.
 */
export async function conductTrain(
  journey: Journey,
  phases: readonly Phase[] = journeyPhases,
): Promise<RunResult> {
  const clock = phaseClock(journey)
  try {
    for (const stretch of stretches(phases)) {
      if (stretch.per === 'consumer') {
        await travelConsumers(journey, stretch.phases, clock)
        continue
      }
      const outcome = await makePhase(stretch.phase, journey, clock)
      if (outcome.outcome === 'held') {
        const { held } = outcome
        const record = recordOf(journey)
        const isSkipped = held.outcome === 'skipped'
        const exit = exitCodeOf({
          state: isSkipped ? 'aborted' : 'held',
          cause: null,
          irreversibleDone: record.irreversibleDone,
        })
        return { record, exit, held }
      }
      if (outcome.outcome === 'waiting') throw new PhaseFailure(stretch.phase.name, outcome.error)
    }
    const record = recordOf(journey)
    return {
      record,
      held: null,
      exit: exitCodeOf({ state: 'done', cause: null, irreversibleDone: record.irreversibleDone }),
    }
  } catch (error) {
    return await stopRun(journey, error)
  } finally {
    journey.luggage.endSupervision()
  }
}

type Stretch =
  | { readonly per: 'train'; readonly phase: TrainPhase }
  | { readonly per: 'consumer'; readonly phases: readonly ConsumerPhase[] }

/** Phases that consumers make by themselves and that follow each other are one stretch. */
export function stretches(phases: readonly Phase[]): readonly Stretch[] {
  const found: Stretch[] = []
  for (const phase of phases) {
    const last = found.at(-1)
    if (phase.per === 'train') found.push({ per: 'train', phase })
    else if (last?.per === 'consumer') found.splice(-1, 1, { ...last, phases: [...last.phases, phase] })
    else found.push({ per: 'consumer', phases: [phase] })
  }
  return found
}

async function makePhase(phase: TrainPhase, journey: Journey, clock: PhaseClock) {
  clock.started(phase.name)
  try {
    const outcome = await phase.run(journey)
    const ended = outcome.outcome === 'held' ? 'waiting' : outcome.outcome
    clock.ended(phase.name, ended, outcome.summary)
    return outcome
  } catch (error) {
    clock.ended(phase.name, 'failed', error instanceof Error ? error.message : String(error))
    throw new PhaseFailure(phase.name, error)
  }
}

export function recordOf(journey: Journey): RunRecord {
  return foldRun(journey.run, journey.journal.records(), journey.context)
}
