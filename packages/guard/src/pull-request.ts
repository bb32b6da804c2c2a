/** What a forge says of a pull request, and this repository of its branch. Nothing of it is a text that somebody typed into it. */
export interface JudgedPullRequest {
  readonly repo: string
  readonly number: number
  /** Login at the forge; null: an account that is gone. */
  readonly author: string | null
  /** Its branch, where that is one of this very repository and stands where the pull request does; null: of a fork, or elsewhere. */
  readonly ownBranch: string | null
}

interface PullRequestClaim {
  readonly task: string | null
  readonly untilMerged: string | null
  /** A key of `people`. */
  readonly person: string | null
}

/**
 * Whether a claim is the pull request's: it lives with it, it is for its task (the pull request itself, or the work item that its
 * branch is named after), or its holder is the person whose login opened it.
 */
export function isOfPullRequest(
  claim: PullRequestClaim,
  pullRequest: JudgedPullRequest,
  people: ReadonlyMap<string, { readonly forge: string | null }>,
): boolean {
  const { repo, number, author, ownBranch } = pullRequest
  const name = `${repo}#${number}`
  if (claim.untilMerged === name || claim.task === name) return true
  if (claim.task !== null && claim.task === ownBranch) return true
  const login = claim.person === null ? null : (people.get(claim.person)?.forge ?? null)
  return login !== null && author !== null && login.toLowerCase() === author.toLowerCase()
}
