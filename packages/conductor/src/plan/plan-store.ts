import { type Clock, ConductError, type Plan, type PlanId } from '@conduct/core'
import type { Store } from '@conduct/lanes/engine'

const prefix = 'plan/'
const idLengths = [8, 16, 64] as const

/**
 * Saves a plan in the register, as `plan/<id>`; the plan comes back under the id it can be found by. Saved again
 * while it is valid, it is renewed, and whoever asked first remains the one who asked.
 */
export async function savePlan(store: Store, plan: Plan): Promise<Plan> {
  for (const length of idLengths) {
    const id = plan.hash.slice(0, length) as PlanId
    const saved = await store.register.change<Plan, Plan | null>(prefix + id, (present) => {
      if (present !== null && present.hash !== plan.hash) return { result: null }
      const isRenewed = present !== null && present.expiresAt > plan.createdAt
      const write = { ...plan, id, requestedBy: isRenewed ? present.requestedBy : plan.requestedBy }
      return { write, result: write }
    })
    if (saved !== null) return saved
  }
  throw new Error(`invariant broken: another plan has the hash ${plan.hash}`)
}

/**
 * A saved plan by its id or a unique prefix of it; an expired one too (`expiresAt` says so).
 *
 * @throws ConductError PLAN_UNKNOWN (4)
 */
export async function readSavedPlan(store: Store, idOrPrefix: string): Promise<Plan> {
  const exact = await store.register.read<Plan>(prefix + idOrPrefix)
  if (exact !== null) return exact.document
  const matches = idOrPrefix === '' ? [] : await store.register.list(prefix + idOrPrefix)
  if (matches.length > 1) {
    const ids = matches.map((id) => id.slice(prefix.length))
    throw new ConductError('PLAN_UNKNOWN', `several plans start with ${idOrPrefix}: ${ids.join(', ')}`, {
      hint: 'Type more of its id.',
      details: { plans: ids },
    })
  }
  const only = matches[0] === undefined ? null : await store.register.read<Plan>(matches[0])
  if (only === null)
    throw new ConductError('PLAN_UNKNOWN', `no plan ${JSON.stringify(idOrPrefix)} in the store`)
  return only.document
}

export function isPlanExpired(plan: Plan, clock: Clock): boolean {
  return Date.parse(plan.expiresAt) <= clock.wallMs()
}
