import type { ConductEventBody, PhaseName } from '@conduct/core'
import type { Journey } from './journey.ts'

type PhaseEnd = Extract<ConductEventBody, { type: 'phase_ended' }>['outcome']

/** Tells views when a phase begins and ends; a phase that consumers make ends with the last of them. */
export interface PhaseClock {
  readonly started: (phase: PhaseName) => void
  readonly ended: (phase: PhaseName, outcome: PhaseEnd, summary: string) => void
}

export function phaseClock(journey: Pick<Journey, 'context' | 'run'>): PhaseClock {
  const { clock, emit } = journey.context
  const startedAtMs = new Map<PhaseName, number>()
  const ended = new Set<PhaseName>()
  return {
    started: (phase) => {
      if (startedAtMs.has(phase)) return
      startedAtMs.set(phase, clock.monotonicMs())
      emit({ type: 'phase_started', run: journey.run, phase })
    },
    ended: (phase, outcome, summary) => {
      const from = startedAtMs.get(phase)
      if (from === undefined || ended.has(phase)) return
      ended.add(phase)
      emit({
        type: 'phase_ended',
        run: journey.run,
        phase,
        outcome,
        summary,
        durationMs: clock.monotonicMs() - from,
      })
    },
  }
}
