import { ConductError, isConductError } from '@conduct/core'
import { isSameCommit } from '../deploy-target.ts'
import { type ConsumerJourney, travelOf } from '../journey.ts'
import { endsTheWriter, takeStep } from '../step.ts'
import { stepId } from '../step-id.ts'
import type { DeployPlace, DeployTarget } from './ports.ts'
import { rollbackStep } from './rollback-step.ts'
import { wayBackOf } from './way-back.ts'

export interface FailedVerification {
  readonly place: DeployPlace
  readonly target: DeployTarget
  readonly message: string
}

/** What rolling back would be, in words; null: there is nothing to go back to, or no way. */
export function possibleRollback(place: DeployPlace, target: DeployTarget | null): string | null {
  const { previous, name, sha, deploy } = place
  if (previous === null || isSameCommit(previous, sha)) return null
  if (target === null || target.rollBack === null || target.running === null) return null
  return wayBackOf(deploy, { previous, repo: name }).action
}

/**
 * Rolls back at once (`on_failed_verify: automatic`).
 *
 * @returns the failed verification, with what became of the rollback.
 * @throws ConductError of a lost lease or journal, an interruption
 */
export async function rollBackNow(
  traveller: ConsumerJourney,
  { place, target, message }: FailedVerification,
): Promise<ConductError> {
  const { name } = place
  const back = wayBackOf(place.deploy, { previous: place.previous, repo: name }).action
  const step = rollbackStep(place, target, {
    id: stepId.rollback(name),
    phase: 'verify',
    kind: 'rollback',
    action: `roll ${name} back: ${back}`,
  })
  try {
    const { evidence } = await takeStep(travelOf(traveller.journey), step)
    return new ConductError('VERIFY_FAILED', `${message}; rolled back: ${evidence}`, {
      hint: `Find out why it did not come up. Resume deploys it once more; conduct compensate ${place.run} takes the rest back.`,
    })
  } catch (error) {
    if (endsTheWriter(error) || isConductError(error, 'INTERRUPTED')) throw error
    const why = error instanceof Error ? error.message : String(error)
    return new ConductError('ROLLBACK_FAILED', `${message}; the rollback failed: ${why}`, { cause: error })
  }
}
