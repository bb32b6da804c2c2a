import {
  type CommitId,
  type ConductError,
  type PhaseName,
  type RunId,
  invariant,
  toTimestamp,
} from '@conduct/core'
import type { Consumer } from '@conduct/config'
import type { Plan } from '@conduct/core'
import type { Lane } from '@conduct/lanes/engine'
import type { HeldAnswer } from './api.ts'
import type { Proving } from './approval/give-approval.ts'
import type { CheckedArtifact, FrozenConsumer, PreflightMatrix, Survey, TrainContext } from './context.ts'
import type { Journal } from './journal/journal.ts'
import type { LookedStep, RunRequest } from './journal/journal-record.ts'
import type { Travel } from './travel.ts'
import type { Workplace } from './workplace.ts'

/** One writer's way through the phases of a run: the first `run`, or a `resume`. */
export interface Journey {
  readonly context: TrainContext
  readonly run: RunId
  readonly kind: 'run' | 'resume' | 'compensate'
  readonly request: RunRequest
  readonly ask: JourneyAsk
  readonly journal: Journal
  readonly lane: Lane
  readonly luggage: Luggage
}

/** What the asker wants of this command, beside the train. */
export interface JourneyAsk {
  /** I, the asker, approve; how it is proved. Null: somebody has, or will. */
  readonly approve: Proving | null
  readonly replan: boolean
  /** A plan made before, which the surveyed one must equal. */
  readonly plan: Plan | null
  readonly whenHeld: 'queue' | 'fail' | null
  readonly waitMsMax: number
}

/** What each phase leaves for the ones behind it. */
export interface Luggage {
  travel: Travel | null
  /** Ends the rule that commands end before the lease does; set with the claim. */
  endSupervision: () => void
  /**
   * The plan of a run that an earlier writer has begun: something irreversible happened, or may have. It travels on
   * with what was approved instead of being planned anew.
   */
  begun: Plan | null
  survey: Survey | null
  matrix: PreflightMatrix | null
  plan: Plan | null
  /** Looks once more, right before the first irreversible effect, that the approval still stands. */
  confirmApproval: () => Promise<void>
  artifacts: readonly CheckedArtifact[] | null
  /** Integrity of each package as resolvers see it; the lockfiles of consumers are compared with it. */
  integrities: ReadonlyMap<string, string>
}

/** One consumer on its way through adopt, configure, deploy and verify. */
export interface ConsumerJourney {
  readonly journey: Journey
  readonly name: string
  /** Replaced when its main moved and it was frozen anew. */
  consumer: FrozenConsumer
  /** What will be deployed: the adoption commit, or the surveyed head where there was nothing to adopt. */
  sha: CommitId | null
  /** A private worktree at `sha`, set up, where its declared commands run. */
  readonly workplace: Workplace
}

/** Who offers something to one consumer by pull request: its adoption, or the way back of it. */
export interface Proposer {
  readonly journey: Journey
  readonly name: string
  /** `commit`: the head of main on which the offer was made. */
  readonly consumer: Pick<FrozenConsumer, 'main' | 'mirror' | 'commit' | 'consumer'>
}

export type PhaseOutcome =
  | { readonly outcome: 'done' | 'skipped'; readonly summary: string }
  | { readonly outcome: 'held'; readonly held: HeldAnswer; readonly summary: string }
  /** The run waits and nothing failed: the lane was handed back. */
  | { readonly outcome: 'waiting'; readonly error: ConductError; readonly summary: string }

/** A phase that the whole train makes at once. */
export interface TrainPhase {
  readonly name: PhaseName
  readonly per: 'train'
  readonly run: (journey: Journey) => Promise<PhaseOutcome>
}

/** A phase that every consumer makes by itself, as far as `after` allows. */
export interface ConsumerPhase {
  readonly name: PhaseName
  readonly per: 'consumer'
  /** Consumers for whom there is something to do; the others pass it by. Absent: everybody. */
  readonly appliesTo?: (consumer: Consumer) => boolean
  readonly run: (traveller: ConsumerJourney) => Promise<void>
}

export type Phase = TrainPhase | ConsumerPhase

export function emptyLuggage(): Luggage {
  return {
    travel: null,
    endSupervision: () => undefined,
    begun: null,
    survey: null,
    matrix: null,
    plan: null,
    confirmApproval: () => Promise.resolve(),
    artifacts: null,
    integrities: new Map(),
  }
}

export function travelOf(journey: Journey): Travel {
  return carried(journey.luggage.travel, 'the lane')
}

export function surveyOf(journey: Journey): Survey {
  return carried(journey.luggage.survey, 'the survey')
}

export function planOf(journey: Journey): Plan {
  return carried(journey.luggage.plan, 'the plan')
}

export function artifactsOf(journey: Journey): readonly CheckedArtifact[] {
  return carried(journey.luggage.artifacts, 'the packed artifacts')
}

function carried<Thing>(thing: Thing | null, name: string): Thing {
  invariant(thing !== null, `an earlier phase leaves ${name}`)
  return thing
}

/** Writes down steps without an effect, all of a phase in one record. */
export async function noteLooked(
  journey: Journey,
  startedAtMs: number,
  steps: readonly LookedStep[],
): Promise<void> {
  if (steps.length === 0) return
  await journey.journal.append({ type: 'looked', startedAt: toTimestamp(startedAtMs), steps })
  for (const { step, state, evidence } of steps) {
    journey.context.emit({
      type: 'step_changed',
      run: journey.run,
      phase: step.phase,
      step: step.id,
      repo: step.repo,
      state,
      action: step.action,
      evidence,
    })
  }
}
