import { ConductError, type Plan, isConductError } from '@conduct/core'
import type { ConductorOptions } from '../api.ts'
import { readLastPlan, readSavedPlan } from '../plan/plan-store.ts'
import { readRun } from './read-run.ts'

type Reader = Pick<ConductorOptions, 'store' | 'clock' | 'launcher'>

/** By the id of a plan, a prefix of it, or a run that is bound to it. @throws ConductError PLAN_UNKNOWN (4) */
export async function findPlan(conductor: Reader, name: string): Promise<Plan> {
  try {
    return await readSavedPlan(conductor.store, name)
  } catch (error) {
    if (!isConductError(error, 'PLAN_UNKNOWN')) throw error
    const run = await readRun(conductor, name).catch((second: unknown) => {
      if (isConductError(second, 'RUN_UNKNOWN')) return null
      throw second
    })
    if (run === null || run.planId === null) throw error
    return readSavedPlan(conductor.store, run.planId)
  }
}

/**
 * The plan that a new one of this train is compared with.
 *
 * @param name `last`, or as `findPlan`
 * @returns null when `last` is asked for and there was none
 * @throws ConductError PLAN_UNKNOWN (4), for a plan of another train too
 */
export async function findEarlierPlan(
  conductor: Reader,
  { train, name }: { readonly train: string; readonly name: string },
): Promise<Plan | null> {
  if (name === 'last') return readLastPlan(conductor.store, train)
  const plan = await findPlan(conductor, name)
  if (plan.basis.train === train) return plan
  throw new ConductError('PLAN_UNKNOWN', `plan ${plan.id} is of train ${plan.basis.train}, not of ${train}`)
}
