import type { Plan } from '@conduct/core'
import type { Clock } from '@conduct/core'
import type { Store } from '@conduct/lanes'

/** Saves a plan in the register, as `plan/<id>`; the plan comes back under the id it can be found by. */
export async function savePlan(_store: Store, _plan: Plan): Promise<Plan> {
  throw new Error('not built yet')
}

/**
 * A saved plan by its id or a unique prefix of it; an expired one too (`expiresAt` says so).
 *
 * @throws ConductError PLAN_UNKNOWN (4)
 */
export async function readSavedPlan(_store: Store, _idOrPrefix: string): Promise<Plan> {
  throw new Error('not built yet')
}

export function isPlanExpired(plan: Plan, clock: Clock): boolean {
  return Date.parse(plan.expiresAt) <= clock.wallMs()
}
