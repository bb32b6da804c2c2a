import { type Clock, ConductError, type Plan, type PlanId } from '@conduct/core'
import type { Store } from '@conduct/lanes/engine'
import { denialOf, readWords } from '../approval/approval-store.ts'

const prefix = 'plan/'
const idLengths = [8, 16, 64] as const
const lastPrefix = 'last-plan/'

/** Times that one and the same plan is asked for anew after a denial. */
const asksMax = 100

/**
 * Saves a plan in the register, as `plan/<id>`; the plan comes back under the id it can be found by. Saved again
 * while it is valid, it is renewed, and whoever asked first remains the one who asked.
 *
 * A plan that was denied stays denied. Who asks for the same anew gets another id for it: `5d0e1a2b-2`.
 *
 * @param options.bound the plan that a run is bound to; if this is that plan, it stays that one, denied or not
 * @throws ConductError APPROVAL_DENIED (6) when it was denied too often to ask again
 */
export async function savePlan(
  store: Store,
  plan: Plan,
  options: { readonly bound?: Plan | null } = {},
): Promise<Plan> {
  const bound = options.bound?.hash === plan.hash ? options.bound.id : null
  if (bound !== null) return (await saveAs(store, plan, bound)) ?? { ...plan, id: bound }
  for (const length of idLengths) {
    const first = plan.hash.slice(0, length)
    for (let ask = 1; ask <= asksMax; ask += 1) {
      const id = (ask === 1 ? first : `${first}-${ask}`) as PlanId
      const { words } = await readWords(store, { id, hash: plan.hash })
      if (denialOf(words) !== null) continue
      const saved = await saveAs(store, plan, id)
      if (saved !== null) return saved
      break
    }
  }
  throw new ConductError('APPROVAL_DENIED', `this plan was denied ${asksMax} times`)
}

/** Null: another plan has this id. */
function saveAs(store: Store, plan: Plan, id: PlanId): Promise<Plan | null> {
  return store.register.change<Plan, Plan | null>(prefix + id, (present) => {
    if (present !== null && present.hash !== plan.hash) return { result: null }
    const isRenewed = present !== null && present.expiresAt > plan.createdAt
    const write = { ...plan, id, requestedBy: isRenewed ? present.requestedBy : plan.requestedBy }
    return { write, result: write }
  })
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

/** Remembers the plan that was made last for its train, to compare the next one with. */
export async function rememberLastPlan(store: Store, { basis, id }: Plan): Promise<void> {
  await store.register.change(lastPrefix + basis.train, () => ({
    write: { format: 1, plan: id },
    result: null,
  }))
}

/** The plan that was made last for a train; null when there was none, or none that can still be found. */
export async function readLastPlan(store: Store, train: string): Promise<Plan | null> {
  const last = await store.register.read<{ readonly plan: PlanId }>(lastPrefix + train)
  if (last === null) return null
  return (await store.register.read<Plan>(prefix + last.document.plan))?.document ?? null
}

export function isPlanExpired(plan: Plan, clock: Clock): boolean {
  return Date.parse(plan.expiresAt) <= clock.wallMs()
}
