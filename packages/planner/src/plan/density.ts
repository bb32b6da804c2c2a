import type { Partition } from '../partition/model.ts'
import type { BatchPlan } from './batch-plan.ts'
import type { BatchInput } from './plan-batch.ts'

/** Whether it is time to batch, with the numbers that say so. */
export function densityOf(
  { tickets, inFlight, policy }: BatchInput,
  { partition, savedHours }: { readonly partition: Partition; readonly savedHours: number },
): BatchPlan['density'] {
  const migrations = tickets.length
  const all = Math.max(inFlight, migrations)
  const ratio = all === 0 ? 0 : Math.round((migrations / all) * 100) / 100
  const shared = partition.turns.filter((turn) => turn.length > 1).flat().length
  const share = `${migrations} of ${all} in flight change${migrations === 1 ? 's' : ''} the schema`
  const limit = `${Math.round(policy.densityWarning * 100)} %`
  // Where no two of them can share a turn, there is nothing that batching would do.
  const isShared = shared > 1
  const reasons = [
    ...(isShared ? [`${shared} tickets wait that can share a turn`] : []),
    ...(all >= policy.inFlightMin && migrations / all > policy.densityWarning
      ? [`${share}, more than ${limit}`]
      : []),
    ...(savedHours > policy.savedHoursWarning
      ? [`it saves ${savedHours} hours of waiting, more than ${policy.savedHoursWarning}`]
      : []),
  ]
  const because = isShared ? reasons : []
  const alone = migrations > 1 ? ', and no two of them can share a turn' : ''
  const advice = isShared ? `batch now: ${because.join('; ')}` : `nothing to batch: ${share}${alone}`
  return { migrations, inFlight: all, ratio, advice, isNow: because.length > 0, because }
}
