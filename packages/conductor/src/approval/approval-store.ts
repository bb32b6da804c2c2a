import { type Approval, ConductError } from '@conduct/core'
import type { Store } from '@conduct/lanes'

/** Approvals in the store's register, one document per plan hash; the latest word counts. */
export function approvalId(planHash: string): string {
  return `approval/${planHash}`
}

/**
 * @returns null when nobody has said anything about this plan.
 * @throws ConductError STORE_NEWER (2)
 */
export async function readApproval(store: Store, planHash: string): Promise<Approval | null> {
  const stored = await store.register.read<Approval>(approvalId(planHash))
  if (stored === null) return null
  const format: unknown = stored.document.format
  if (format !== 1) {
    throw new ConductError(
      'JOURNAL_NEWER',
      `the approval of plan ${planHash.slice(0, 8)} has format ${String(format)}`,
    )
  }
  return stored.document
}

export async function writeApproval(store: Store, approval: Approval): Promise<Approval> {
  return store.register.change<Approval, Approval>(approvalId(approval.planHash), () => ({
    write: approval,
    result: approval,
  }))
}
