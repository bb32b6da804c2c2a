import { mayApprove } from '@conduct/conductor'
import { approveWords, type RunRecord, waitsAtRegistry } from '@conduct/core'
import type { ConductedEstate } from '../estate/open-conductor.ts'

/** Asked for by somebody who may not hold the lane: it waits for anybody who may. */
export function isRecommended({ state, stop }: RunRecord): boolean {
  return state === 'waiting_lane' && stop?.code === 'RUN_RECOMMENDED'
}

function mayHold(
  { config, identity }: Pick<ConductedEstate, 'config' | 'identity'>,
  record: RunRecord,
): boolean {
  const lane = config.trains.get(record.train)?.lane
  const holders = lane === undefined ? null : (config.lanes.get(lane)?.holders ?? null)
  return holders === null || (identity.person !== null && holders.includes(identity.person))
}

/**
 * The run with a next command that makes sense to print for this asker: where somebody else has to approve, it is
 * the approval alone, as nobody in particular. Approving says how to resume.
 */
export function withNextFor(
  estate: Pick<ConductedEstate, 'config' | 'identity' | 'launcherForOthers' | 'keyFile'>,
  record: RunRecord,
): RunRecord {
  if (isRecommended(record)) {
    return mayHold(estate, record)
      ? record
      : { ...record, next: `${estate.launcherForOthers} resume ${record.run}` }
  }
  const { plan, asked } = record
  if (plan === null || asked === null) return record
  // The plan was approved; the registry waits for its own maintainer.
  if (waitsAtRegistry(record.stop)) return record
  const words = approveWords(asked, estate.keyFile ?? undefined)
  const isAnswered = record.approvals.some(({ planId }) => planId === asked.planId)
  if (words === null || isAnswered || mayApprove({ config: estate.config, plan }, estate.identity))
    return record
  return { ...record, next: `${estate.launcherForOthers} ${words}` }
}
