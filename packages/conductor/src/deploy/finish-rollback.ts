import type { ConsumerJourney } from '../journey.ts'
import type { JournalRecord } from '../journal/journal-record.ts'
import { stepId } from '../step-id.ts'
import { rollBackNow } from './automatic-rollback.ts'
import type { DeployPlace, DeployTarget } from './ports.ts'

/**
 * An automatic rollback that a crash interrupted is finished, and the run stops as it would have; only a resume after
 * that deploys once more.
 *
 * @throws ConductError VERIFY_FAILED, ROLLBACK_FAILED
 */
export async function finishRollback(
  traveller: ConsumerJourney,
  place: DeployPlace,
  target: DeployTarget,
): Promise<void> {
  if (!isRollbackOpen(place.records(), stepId.rollback(place.name))) return
  throw await rollBackNow(traveller, {
    place,
    target,
    message: `${place.name}: the verification failed before the conductor was interrupted`,
  })
}

/** Pure: a rollback was begun, and no writer has stopped since. */
export function isRollbackOpen(records: readonly JournalRecord[], step: string): boolean {
  const begun = records.findLastIndex((record) => record.type === 'intent' && record.step.id === step)
  return begun >= 0 && !records.slice(begun).some((record) => record.type === 'stopped')
}
