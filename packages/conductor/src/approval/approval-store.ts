import type { Approval } from '@conduct/core'
import type { Store } from '@conduct/lanes/engine'

/** Approvals in the store's register, one document per plan hash; the latest word counts. */
export function approvalId(planHash: string): string {
  return `approval/${planHash}`
}

/**
 * @returns null when nobody has said anything about this plan.
 * @throws ConductError STORE_NEWER (2)
 */
export async function readApproval(store: Store, planHash: string): Promise<Approval | null> {
  return (await store.register.read<Approval>(approvalId(planHash)))?.document ?? null
}

export async function writeApproval(store: Store, approval: Approval): Promise<Approval> {
  return store.register.change<Approval, Approval>(approvalId(approval.planHash), () => ({
    write: approval,
    result: approval,
  }))
}
