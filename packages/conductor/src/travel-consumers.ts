import { ConductError, type PhaseName, isConductError } from '@conduct/core'
import { afterWithin } from './after-within.ts'
import { type Arrival, HaltedError, travelInOrder } from './consumer-order.ts'
import { consumerWorkplace } from './consumer-commands.ts'
import { type ConsumerJourney, type ConsumerPhase, type Journey, surveyOf, travelOf } from './journey.ts'
import type { PhaseClock } from './phase-clock.ts'
import { endsTheWriter } from './step.ts'

/** More at once than any estate has consumers; only a ceiling for what a machine can bear. */
const consumersAtOnceMax = 64

/** Failures by the phase they happened in, so that a stopped run says where. */
export class PhaseFailure extends Error {
  override readonly name = 'PhaseFailure'
  readonly phase: PhaseName
  override readonly cause: unknown
  constructor(phase: PhaseName, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause))
    this.phase = phase
    this.cause = cause
  }
}

/**
 * Every consumer makes these phases by itself, one after the other; consumers side by side as far as `after` allows.
 *
 * @throws PhaseFailure with what failed: one consumer's own error, or CONSUMERS_FAILED naming several
 */
export async function travelConsumers(
  journey: Journey,
  phases: readonly ConsumerPhase[],
  clock: PhaseClock,
): Promise<void> {
  const { consumers, leftOut } = surveyOf(journey)
  const passed = new Map(phases.map((phase) => [phase.name, new Set<string>()]))
  const endPhase = ({ name, appliesTo = () => true }: ConsumerPhase): void => {
    const concerned = consumers.filter(({ consumer }) => appliesTo(consumer)).map((consumer) => consumer.name)
    if (concerned.length === 0) clock.ended(name, 'skipped', `nothing to ${name}`)
    else clock.ended(name, 'done', concerned.join(', '))
  }

  const arrivals = await travelInOrder({
    consumers: consumers.map(({ name }) => ({
      name,
      after: afterWithin(journey.context.train.consumers, name, leftOut),
    })),
    onFailure: journey.context.train.onConsumerFailure,
    atOnceMax: consumersAtOnceMax,
    travel: async (name, halt) => {
      const traveller = startConsumer(journey, name)
      try {
        for (const phase of phases) {
          if (halt.aborted) throw new HaltedError()
          await makePhase(phase, traveller, clock)
          const done = passed.get(phase.name)?.add(name)
          if (done?.size === consumers.length) endPhase(phase)
        }
      } finally {
        await traveller.workplace[Symbol.asyncDispose]()
      }
    },
  })

  const failure = failureOf(arrivals)
  if (failure === null) return
  const failed = failuresOf(arrivals)
  for (const phase of phases) {
    const done = passed.get(phase.name) ?? new Set()
    const here = failed.filter((one) => one.failure.phase === phase.name).map(({ name }) => name)
    clock.ended(phase.name, here.length > 0 ? 'failed' : 'skipped', summaryOf(here, done))
  }
  throw failure
}

async function makePhase(phase: ConsumerPhase, traveller: ConsumerJourney, clock: PhaseClock): Promise<void> {
  try {
    travelOf(traveller.journey).throwIfStopped()
    clock.started(phase.name)
    await phase.run(traveller)
  } catch (error) {
    if (error instanceof HaltedError) throw error
    throw new PhaseFailure(phase.name, error)
  }
}

function startConsumer(journey: Journey, name: string): ConsumerJourney {
  const consumer = surveyOf(journey).consumers.find((one) => one.name === name)
  if (consumer === undefined) throw new Error(`invariant broken: ${name} was not surveyed`)
  const traveller: Omit<ConsumerJourney, 'workplace'> = { journey, name, consumer, sha: null }
  return Object.assign(traveller, { workplace: consumerWorkplace(traveller) })
}

/** Behind a failed phase stand those who failed in it, never only those who did not. */
export function summaryOf(failed: readonly string[], done: ReadonlySet<string>): string {
  const passed = done.size === 0 ? 'nobody' : [...done].join(', ')
  if (failed.length === 0) return passed
  return done.size === 0 ? `${failed.join(', ')} failed` : `${failed.join(', ')} failed; ${passed} done`
}

function failuresOf(
  arrivals: readonly Arrival[],
): readonly { readonly name: string; readonly failure: PhaseFailure }[] {
  return arrivals.flatMap((arrival) =>
    arrival.state === 'failed' && arrival.error instanceof PhaseFailure
      ? [{ name: arrival.name, failure: arrival.error }]
      : [],
  )
}

function failureOf(arrivals: readonly Arrival[]): PhaseFailure | null {
  const failed = failuresOf(arrivals)
  const [first] = failed
  if (first === undefined) return null
  const decisive =
    failed.find(({ failure }) => endsTheWriter(failure.cause)) ??
    failed.find(({ failure }) => isConductError(failure.cause, 'INTERRUPTED'))
  if (decisive !== undefined) return decisive.failure
  const codes = new Set(failed.map(({ failure }) => codeOf(failure)))
  if (failed.length === 1 || (codes.size === 1 && codes.has('VERIFY_FAILED'))) return first.failure
  // All of them only wait: so does the run.
  const code = codes.size === 1 && codes.has('MERGE_WAITING') ? 'MERGE_WAITING' : 'CONSUMERS_FAILED'
  const texts = failed.map(({ name, failure }) => `${name} (${failure.phase}): ${failure.message}`)
  return new PhaseFailure(
    first.failure.phase,
    new ConductError(code, texts.join('; '), {
      details: { consumers: failed.map(({ name, failure }) => ({ repo: name, code: codeOf(failure) })) },
    }),
  )
}

function codeOf(failure: PhaseFailure): string {
  return failure.cause instanceof ConductError ? failure.cause.code : 'INTERNAL'
}
