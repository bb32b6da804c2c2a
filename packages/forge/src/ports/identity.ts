/** `workflow_token`: what a workflow gets by default; what it opens starts no workflow. */
export type CredentialKind =
  | 'classic_token'
  | 'fine_grained_token'
  | 'oauth_token'
  | 'app'
  | 'workflow_token'
  | 'unrecognised_token'

export interface ForgeIdentity {
  readonly login: string
  readonly kind: CredentialKind
  readonly isBot: boolean
  /** Scopes of a classic token; null where the kind has none to show. */
  readonly scopes: readonly string[] | null
  /** Whether a pull request opened by this identity starts CI by itself. */
  readonly pullRequestsGetCi: { readonly answer: 'yes' | 'no' | 'unknown'; readonly because: string }
}

/** What this identity may do in one repository. */
export interface RepoAccess {
  readonly canRead: boolean
  readonly canPush: boolean
  readonly isAdmin: boolean
  readonly isArchived: boolean
  readonly defaultBranch: string
}
