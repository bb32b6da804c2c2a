import { ConductError, isConductError } from '@conduct/core'
import { type Journey, type TrainPhase, noteLooked, planOf, travelOf } from '../journey.ts'
import type { LookedStep } from '../journal/journal-record.ts'
import { boundPlan } from '../journal/begun.ts'
import { type Step, endsTheWriter } from '../step.ts'
import { type LookedWay, lookBack } from './look-back.ts'
import { openUndoPlaces, takeWay } from './undo-way.ts'
import { waysBackOf } from './ways-back.ts'

/**
 * The way back, as it was computed before the run started: what stays is said first, then every other effect is taken
 * back, the last one first. The way of one consumer ends at its first failure, so that no app runs without what it
 * needs; the others go on.
 */
export const takeBack: TrainPhase = {
  name: 'undo',
  per: 'train',
  run: async (journey) => {
    const travel = travelOf(journey)
    const { journal, context, run } = journey
    journey.luggage.plan = boundPlan(journal.records())
    const ways = waysBackOf(journal.records())
    const touched = ways.filter(({ isTouched }) => isTouched)
    await journal.append({
      type: 'compensating',
      by: context.identity.holder,
      ways: touched.filter(({ way }) => way.possible).map(({ way }) => way),
    })
    await using places = openUndoPlaces({
      context,
      run,
      plan: planOf(journey),
      records: journal.records,
      signal: travel.lease.signal,
    })

    const startedAtMs = context.clock.wallMs()
    const looked = await lookBack(touched, places)
    const stays = looked.filter(({ outlook }) => outlook === 'stays')
    await noteLooked(journey, startedAtMs, stays.map(lookedStep))
    const failures: Failure[] = []
    for (const { way, outlook } of looked) {
      travel.throwIfStopped()
      if (outlook === 'stays') continue
      const owner = way.repo ?? way.undoes
      if (way.repo !== null && failures.some((failure) => failure.owner === owner)) continue
      try {
        await takeWay(journey, places, way)
      } catch (error) {
        if (endsTheWriter(error) || isConductError(error, 'INTERRUPTED') || context.signal.aborted)
          throw error
        failures.push({ owner, action: way.action, error })
      }
    }
    if (failures.length > 0) throw incomplete(journey, failures)
    return { outcome: 'done', summary: summaryOf(looked) }
  },
}

interface Failure {
  readonly owner: string
  readonly action: string
  readonly error: unknown
}

/** What nothing takes back has a place in the record as well. */
function lookedStep({ way, why }: LookedWay): LookedStep {
  const step: Pick<Step, 'id' | 'phase' | 'kind' | 'repo' | 'action' | 'irreversible'> = {
    id: way.id,
    phase: 'undo',
    kind: 'stays',
    repo: way.repo,
    action: way.action,
    irreversible: false,
  }
  return { step, state: 'skipped', evidence: why, facts: {} }
}

function incomplete(journey: Journey, failures: readonly Failure[]): ConductError {
  const said = failures.map(({ owner, action, error }) => {
    const why = error instanceof Error ? error.message : String(error)
    return `${owner}: ${action}: ${why}`
  })
  return new ConductError('UNDO_INCOMPLETE', said.join('; '), {
    next: `${journey.context.launcher} compensate ${journey.run} --yes`,
    details: {
      ways: failures.map(({ owner, error }) => ({
        owner,
        code: isConductError(error) ? error.code : 'INTERNAL',
      })),
    },
  })
}

function summaryOf(looked: readonly LookedWay[]): string {
  const amount = (outlook: LookedWay['outlook']) => looked.filter((one) => one.outlook === outlook).length
  const parts = [
    `${amount('to_do')} taken back`,
    ...(amount('not_needed') === 0 ? [] : [`${amount('not_needed')} gone already`]),
    ...(amount('stays') === 0 ? [] : [`${amount('stays')} stay`]),
  ]
  return parts.join(', ')
}
