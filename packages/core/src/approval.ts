import type { PlanId } from './brand.ts'

/**
 * What somebody said about a plan: that it may travel, or that it may not. An approval is bound to the plan's hash and
 * good until it expires; a denial ends the plan.
 */
export type Approval = ApprovalWords & ApprovalProof

export interface ApprovalWords {
  readonly format: 1
  /** A plan that was denied and is asked for anew gets another id with the same hash. */
  readonly planId: PlanId
  readonly planHash: string
  /** A key of `people`. */
  readonly by: string
  readonly at: string
  readonly expiresAt: string
  readonly note: string | null
  readonly verdict: 'approved' | 'denied'
}

/** `attributed` says who gave it and proves nothing. */
export type ApprovalProof =
  | { readonly proof: 'attributed' }
  /** An armored signature over the statement that the words make; `key` is the fingerprint of the key. */
  | { readonly proof: 'ssh'; readonly signature: string; readonly key: string }
  | { readonly proof: 'forge'; readonly login: string; readonly url: string }
