import { ConductError } from '@conduct/core'
import { type Lease, hashSecret, identifyProcess, keepAlive } from '@conduct/lanes/engine'
import type { LaneDefinition } from '@conduct/lanes/engine'
import type { Estate } from '../estate/open-estate.ts'
import { findCaller } from './find-caller.ts'

/** However long its parent lives, nothing keeps a lane that everybody has forgotten. */
export const KEPT_MS_MAX = 12 * 3_600_000

/**
 * Leaves a renewer behind that lives as long as whoever typed the command: the shell, the agent, the job.
 *
 * @throws ConductError LEASE_LOST
 */
export async function keepLease(
  estate: Estate,
  lease: Lease,
  definition: LaneDefinition,
): Promise<{ readonly parent: number }> {
  const parent = identifyProcess(findCaller(process.ppid))
  if (parent === null) {
    throw new ConductError(
      'LEASE_LOST',
      `whoever started this command is gone: nothing would keep ${lease.lane}`,
    )
  }
  await keepAlive({
    storeUrl: estate.store.url,
    estate: estate.store.estate,
    lane: lease.lane,
    definition,
    key: { claim: lease.claim, secretHash: hashSecret(lease.secret), token: lease.token },
    parent,
    lifeMsMax: KEPT_MS_MAX,
  })
  return { parent: parent.pid }
}
