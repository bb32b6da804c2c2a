import {
  ConductError,
  type ErrorCode,
  type PhaseName,
  errorCodes,
  isConductError,
  toTimestamp,
} from '@conduct/core'
import { actWithCrashPoint } from './crash-points.ts'
import type { Facts, ProofEffect, StepHead } from './journal/journal-record.ts'
import type { Travel } from './travel.ts'

/**
 * One step of a run as data: observe the world, compare with what is expected and with the goal, act, confirm by
 * observing again. `takeStep` is the only thing in the conductor that changes the world outside.
 *
 * | observed | recorded | what happens |
 * |---|---|---|
 * | goal | `already` | nothing; the evidence is kept |
 * | expected | `running`, `done` | act, confirm |
 * | something else | `failed`, EXPECTED_STATE | stop and say what moved it |
 * | could not be read | `unknown` | never taken as goal, nor as expected |
 */
export interface Step {
  readonly id: string
  readonly phase: PhaseName
  readonly kind: string
  readonly repo: string | null
  readonly action: string
  readonly irreversible: boolean
  /**
   * A person or a workflow makes the effect, at our request and out of our sight: once its goal is seen it is an
   * effect of this run, and while nobody can say whether it happened, it counts as done.
   */
  readonly isMadeElsewhere?: true
  readonly observe: () => Promise<Observation>
  /** Absent: the step only looks. */
  readonly effect?: Effect
}

export type Observation =
  | {
      readonly state: 'goal' | 'expected' | 'other'
      readonly evidence: string
      readonly facts?: Facts
      /** For `other`, where a better name than EXPECTED_STATE exists. */
      readonly error?: ConductError
    }
  | {
      readonly state: 'unknown'
      readonly evidence: string
      readonly cause?: unknown
      /** Where a better name than OUTCOME_UNKNOWN exists. */
      readonly error?: ConductError
    }

export interface Effect {
  /** Longest time it may take; it starts only if it fits before the lease's deadline or renewal is running. */
  readonly timeoutMs: number
  /** Read again right before the effect; throws when it no longer holds. */
  readonly preconditions?: () => Promise<void>
  /**
   * Makes what the effect will send, changing nothing outside; what is known then is written with the intent (the
   * commit to be pushed).
   */
  readonly prepare?: () => Promise<Facts>
  /**
   * Acts once, with the target's own comparison where it has one; nothing is awaited between the deadline check
   * and its start. `refused` means that the target compared and nothing happened.
   */
  readonly act: (context: { readonly token: number; readonly signal: AbortSignal }) => Promise<Acted>
  /** Absent: `observe` again. */
  readonly confirm?: (acted: Acted) => Promise<Observation>
  /** Error codes of `act` that prove that nothing happened. */
  readonly harmlessErrors?: readonly ErrorCode[]
  /** True when an observation right after shows what is true (a git remote); a registry lags. */
  readonly observationIsImmediate: boolean
}

export type Acted =
  | { readonly outcome: 'acted'; readonly facts?: Facts }
  | { readonly outcome: 'refused'; readonly error: ConductError }

export interface StepDone {
  readonly state: 'done' | 'already'
  readonly evidence: string
  readonly facts: Facts
}

/**
 * Takes one step.
 *
 * @returns how it reached its goal.
 * @throws ConductError EXPECTED_STATE, OUTCOME_UNKNOWN, or what the effect threw; the journal has the same. When
 *   the lease or the journal is lost nothing more is written.
 */
export async function takeStep(travel: Travel, step: Step): Promise<StepDone> {
  const startedAt = toTimestamp(travel.context.clock.wallMs())
  const record = recorder(travel, step, startedAt)
  travel.throwIfStopped()
  // What has an effect is under way once it is known that there is something to do.
  if (step.effect === undefined) travel.showStep(step, 'running', null)

  const seen = await observed(step.observe)
  if (step.isMadeElsewhere === true) {
    if (seen.state === 'goal' || seen.state === 'unknown') await travel.keepLane()
    if (seen.state === 'goal') return record.reached('done', seen, 'done')
    if (seen.state === 'unknown') throw await record.unknown(seen, 'unknown')
  }
  if (seen.state === 'goal') return record.reached('already', seen, 'not_started')
  if (seen.state === 'unknown') throw await record.unknown(seen, 'not_started')
  if (seen.state === 'other') throw await record.drifted(seen, 'not_started')
  if (step.effect === undefined) throw await record.drifted(seen, 'not_started')

  travel.showStep(step, 'running', null)
  const acted = await perform(travel, step, step.effect, { startedAt, record })
  if (acted.outcome === 'refused') throw await record.failed(acted.error, 'none')
  const { effect } = step
  const { confirm } = effect
  const after = await observed(confirm === undefined ? step.observe : () => confirm(acted))
  const facts = { ...acted.facts, ...('facts' in after ? after.facts : {}) }
  if (after.state === 'goal') return record.reached('done', { ...after, facts }, 'done')
  if (after.state === 'unknown') throw await record.unknown(after, 'unknown')
  throw await record.drifted(after, 'done')
}

interface Performance {
  readonly startedAt: string
  readonly record: Recorder
}

/** The effect under the lease, in the order of the contract; `lease.guard` holds renewal and deadline check. */
async function perform(travel: Travel, step: Step, effect: Effect, options: Performance): Promise<Acted> {
  let isIntended = false
  let isStarted = false
  try {
    const intended = (await effect.prepare?.()) ?? {}
    travel.throwIfStopped()
    if (step.irreversible) await travel.keepLane()
    return await travel.lease.guard(
      {
        name: step.id,
        timeoutMs: effect.timeoutMs,
        renewFirst: step.irreversible,
        beforeAct: async () => {
          await effect.preconditions?.()
          travel.throwIfStopped()
          await travel.journal.append({
            type: 'intent',
            step: headOf(step),
            startedAt: options.startedAt,
            facts: intended,
          })
          isIntended = true
        },
      },
      (context) => {
        isStarted = true
        return actWithCrashPoint(travel.context.hit, { kind: step.kind, step: step.id }, () =>
          effect.act(context),
        )
      },
    )
  } catch (error) {
    if (endsTheWriter(error)) throw error
    if (!isStarted) throw await options.record.failed(error, isIntended ? 'none' : 'not_started')
    return settle(step, effect, error, options.record)
  }
}

/** The effect threw: what it says and what can be observed decide whether it happened. */
async function settle(step: Step, effect: Effect, error: unknown, record: Recorder): Promise<Acted> {
  if (isConductError(error) && effect.harmlessErrors?.includes(error.code) === true) {
    return { outcome: 'refused', error }
  }
  const seen = await observed(step.observe)
  if (seen.state === 'goal') {
    return {
      outcome: 'acted',
      facts: { ...seen.facts, complaint: error instanceof Error ? error.message : String(error) },
    }
  }
  const facts = seen.state === 'unknown' ? undefined : seen.facts
  if (seen.state === 'expected' && effect.observationIsImmediate) {
    throw await record.failed(error, 'none', facts)
  }
  throw await record.failed(error, 'unknown', facts)
}

async function observed(observe: () => Promise<Observation>): Promise<Observation> {
  try {
    return await observe()
  } catch (error) {
    if (isConductError(error) && (errorCodes[error.code].exit === 30 || error.retryable)) {
      return { state: 'unknown', evidence: error.message, cause: error }
    }
    throw error
  }
}

type Recorder = ReturnType<typeof recorder>

function recorder(travel: Travel, step: Step, startedAt: string) {
  async function prove(options: {
    readonly state: 'done' | 'already' | 'failed' | 'unknown'
    readonly evidence: string
    readonly facts?: Facts | undefined
    readonly effect: ProofEffect
  }): Promise<void> {
    await travel.journal.append({
      type: 'proof',
      step: headOf(step),
      startedAt,
      state: options.state,
      evidence: options.evidence,
      facts: options.facts ?? {},
      effect: options.effect,
    })
    travel.showStep(step, options.state, options.evidence)
  }

  return {
    async reached(
      state: 'done' | 'already',
      seen: Extract<Observation, { state: 'goal' | 'expected' | 'other' }>,
      effect: 'done' | 'not_started',
    ): Promise<StepDone> {
      await prove({ state, evidence: seen.evidence, facts: seen.facts, effect })
      return { state, evidence: seen.evidence, facts: seen.facts ?? {} }
    },
    async unknown(
      seen: Extract<Observation, { state: 'unknown' }>,
      effect: 'not_started' | 'unknown',
    ): Promise<ConductError> {
      await prove({ state: 'unknown', evidence: seen.evidence, effect })
      if (seen.error !== undefined) return seen.error
      return new ConductError('OUTCOME_UNKNOWN', `${step.action}: ${seen.evidence}`, { cause: seen.cause })
    },
    async drifted(
      seen: Extract<Observation, { state: 'goal' | 'expected' | 'other' }>,
      effect: 'not_started' | 'done',
    ): Promise<ConductError> {
      await prove({ state: 'failed', evidence: seen.evidence, facts: seen.facts, effect })
      return seen.error ?? new ConductError('EXPECTED_STATE', `${step.action}: ${seen.evidence}`)
    },
    async failed(error: unknown, effect: ProofEffect, facts?: Facts): Promise<unknown> {
      if (endsTheWriter(error)) return error
      const evidence = error instanceof Error ? error.message : String(error)
      await prove({ state: 'failed', evidence, facts, effect })
      return error
    },
  }
}

/** After these nothing more may be written: somebody else may be the writer by now. */
export function endsTheWriter(error: unknown): boolean {
  return isConductError(error) && errorCodes[error.code].exit === 11
}

function headOf(step: Step): StepHead {
  const { id, phase, kind, repo, action, irreversible } = step
  return { id, phase, kind, repo, action, irreversible }
}
