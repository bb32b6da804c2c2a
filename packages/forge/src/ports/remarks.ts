/** A comment or a review, as it stands now. */
export interface Remark {
  readonly id: number
  readonly kind: 'comment' | 'review'
  readonly login: string
  /** A bot, or an app that acts with a person's rights. */
  readonly isBot: boolean
  readonly text: string
  /** RFC 3339. */
  readonly at: string
  /** Changed after it was written. Whoever may write in the repository may change the words of others. */
  readonly isEdited: boolean
  /** Of a review; null for a comment. */
  readonly review: 'approved' | 'changes_requested' | 'commented' | 'dismissed' | 'pending' | null
  /** Of a review: the commit it was given for; null for a comment, or where that commit is gone. */
  readonly commit: string | null
  readonly url: string
}

/** What a listed person said about one plan. */
export interface Vote {
  readonly says: 'approve' | 'deny'
  readonly login: string
  readonly at: string
  readonly note: string
  readonly url: string
}

export interface VoteCount {
  /** In the order they were given. */
  readonly votes: readonly Vote[]
  /** What looked like a vote and is none, with the reason. */
  readonly discarded: readonly { readonly login: string; readonly url: string; readonly because: string }[]
}
