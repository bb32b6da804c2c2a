import type { RequiredCheck } from './verdict.ts'

/** Whether the forge would let us; `no` and `unknown` say why, one sentence each. */
export type Permission =
  | { readonly allowed: 'yes' }
  | { readonly allowed: 'no'; readonly because: readonly string[] }
  | { readonly allowed: 'unknown'; readonly because: readonly string[] }

export type MergeMethod = 'merge' | 'squash' | 'rebase'

/** Branch protection and rulesets of one branch, as they meet our identity. */
export interface BranchRules {
  readonly isProtected: boolean
  /** A plain push to the branch. */
  readonly push: Permission
  /** A pull request into it, opened and merged by us once its conditions hold. */
  readonly pullRequest: Permission
  /** True when the forge would let us through although the rules say no; never used unasked. */
  readonly canBypass: boolean | null
  readonly requiredChecks: readonly RequiredCheck[]
  /** Null: could not be read. */
  readonly requiredReviews: number | null
  readonly needsUpToDateHead: boolean
  readonly needsMergeQueue: boolean
  readonly mergeMethods: readonly MergeMethod[]
  /** Rules that only the push itself would prove, by name. */
  readonly unjudged: readonly string[]
}
