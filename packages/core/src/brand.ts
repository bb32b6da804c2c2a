/** A string that went through its constructor: two kinds of id cannot be swapped by accident. */
export type Brand<Name extends string> = string & { readonly __brand: Name }

export type CommitId = Brand<'CommitId'>
export type ClaimId = Brand<'ClaimId'>
export type RunId = Brand<'RunId'>
export type PlanId = Brand<'PlanId'>

const commitPattern = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/

/** A full object id (SHA-1 or SHA-256, lower-case hex). */
export function toCommitId(text: string): CommitId {
  if (!commitPattern.test(text)) throw new Error(`invariant broken: not a commit id: ${text}`)
  return text as CommitId
}
