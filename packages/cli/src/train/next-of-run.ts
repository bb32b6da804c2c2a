import { mayApprove } from '@conduct/conductor'
import { approveWords, type RunRecord } from '@conduct/core'
import type { ConductedEstate } from '../estate/open-conductor.ts'

/**
 * The run with a next command that makes sense to print for this asker: where somebody else has to approve, it is
 * the approval alone, as nobody in particular. Approving says how to resume.
 */
export function withNextFor(
  estate: Pick<ConductedEstate, 'config' | 'identity' | 'launcherForOthers'>,
  record: RunRecord,
): RunRecord {
  const { plan, state, asked } = record
  if (state !== 'waiting_approval' || plan === null || asked === null) return record
  const words = approveWords(asked)
  const isAnswered = record.approvals.some(({ planId }) => planId === asked.planId)
  if (words === null || isAnswered || mayApprove({ config: estate.config, plan }, estate.identity))
    return record
  return { ...record, next: `${estate.launcherForOthers} ${words}` }
}
