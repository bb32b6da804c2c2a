import type { CommitId } from '@conduct/core'

/** An issue or a pull request, as a place where people talk. */
export interface Thread {
  readonly number: number
  readonly kind: 'issue' | 'pull_request'
  readonly url: string
  /** RFC 3339. */
  readonly at: string
  readonly isOpen: boolean
  /** Of a pull request: its head now; null for an issue. */
  readonly head: CommitId | null
}

/** What conduct asks for: in an issue of its own, or in a comment. */
export interface Request {
  readonly url: string
  readonly at: string
}

export interface OpenIssue {
  /** Unique for what is asked; stands in the body and finds the issue again after a crash. */
  readonly marker: string
  readonly title: string
  readonly body: string
}

/** GitHub's limit, in characters; a longer one is refused whole. */
export const commentLengthMax = 65_536

/** A comment that is found again by its marker, and changed. Both together keep to the limit. */
export interface WriteComment {
  readonly number: number
  readonly marker: string
  readonly body: string
  /** False: where none stands yet, none is written. */
  readonly isNewWanted: boolean
}

export interface WrittenComment {
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'none'
  readonly url: string | null
}

export interface AddComment {
  readonly number: number
  readonly marker: string
  readonly body: string
}
