import { ConductError } from '@conduct/core'
import { type Lease, hashSecret, identifyProcess, keepAlive } from '@conduct/lanes/engine'
import type { LaneDefinition } from '@conduct/lanes/engine'
import type { Estate } from '../estate/open-estate.ts'
import { findCaller } from './find-caller.ts'

/** However long its parent lives, nothing keeps a lane that everybody has forgotten. */
export const KEPT_MS_MAX = 12 * 3_600_000

/** A lease that is renewed by a process of its own. */
export interface Kept {
  /** The process it lives with. */
  readonly parent: number
  /** The renewer. */
  readonly pid: number
}

/**
 * Leaves a renewer behind that lives as long as a process: the one that is named, else whoever typed the command: the shell, the
 * agent, the job.
 *
 * @throws ConductError LEASE_LOST
 */
export async function keepLease(
  estate: Estate,
  {
    lease,
    definition,
    pid,
  }: { readonly lease: Lease; readonly definition: LaneDefinition; readonly pid: number | undefined },
): Promise<Kept> {
  const parent = identifyProcess(pid ?? findCaller(process.ppid))
  if (parent === null) {
    throw new ConductError(
      'LEASE_LOST',
      `${pid === undefined ? 'whoever started this command' : `process ${pid}`} is gone: nothing would keep ${lease.lane}`,
    )
  }
  const keeper = await keepAlive({
    storeUrl: estate.store.url,
    estate: estate.store.estate,
    lane: lease.lane,
    definition,
    key: { claim: lease.claim, secretHash: hashSecret(lease.secret), token: lease.token },
    parent,
    lifeMsMax: KEPT_MS_MAX,
  })
  return { parent: parent.pid, pid: keeper.pid }
}
