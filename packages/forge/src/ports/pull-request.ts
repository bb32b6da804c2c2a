import type { CommitId } from '@conduct/core'
import type { MergeMethod } from './rules.ts'

export interface PullRequest {
  readonly number: number
  readonly url: string
  readonly state: 'open' | 'merged' | 'closed'
  readonly base: string
  readonly headBranch: string
  readonly head: CommitId
  /** The commit on the base branch; null until merged. */
  readonly mergeCommit: CommitId | null
  readonly author: string | null
  /** Null: the forge has not worked it out yet. */
  readonly isMergeable: boolean | null
  /** The word of the forge: `clean`, `blocked`, `behind`, `dirty`, … */
  readonly mergeState: string
  /** What it still waits for, for people; null: we may merge it, or it is no longer open. */
  readonly waitsFor: string | null
  /** The forge's own id, for its queue. */
  readonly nodeId: string
}

/** Open, and from a repository of its own: no branch here has its commits. */
export interface PullRequestFromElsewhere {
  readonly number: number
  readonly url: string
  /** `owner:branch`. */
  readonly label: string
  /** Where this repository keeps its head. */
  readonly headRef: string
  /** RFC 3339. */
  readonly updatedAt: string
}

/** Open, from a branch here. */
export interface OfferedPullRequest {
  readonly number: number
  readonly url: string
  readonly title: string
  readonly headBranch: string
  readonly base: string
}

export interface PullRequestIdentity {
  readonly base: string
  readonly headBranch: string
  /** Stands in the body of what conduct opened and in nothing else; several lines are refused. */
  readonly marker: string
}

export interface OpenPullRequest extends PullRequestIdentity {
  readonly title: string
  readonly body: string
  /** The commit that was pushed to the head branch; a branch that is elsewhere is not offered. */
  readonly head: CommitId
}

export type OpenOutcome =
  | { readonly outcome: 'opened' | 'found'; readonly pullRequest: PullRequest }
  /** Ours, and somebody closed it without merging: a decision that is not undone by opening another. */
  | { readonly outcome: 'closed'; readonly pullRequest: PullRequest }
  /** The branch already has an open pull request that is not ours. */
  | { readonly outcome: 'foreign'; readonly url: string }
  | { readonly outcome: 'head_moved'; readonly pullRequest: PullRequest }

export interface MergePullRequest {
  readonly number: number
  /** Merged only while the head branch stands here. */
  readonly expectedHead: CommitId
  readonly method: MergeMethod
  readonly title?: string
}

export type MergeOutcome =
  | { readonly outcome: 'merged'; readonly commit: CommitId }
  | { readonly outcome: 'queued'; readonly position: number | null }
  | { readonly outcome: 'head_moved'; readonly head: CommitId }
  | { readonly outcome: 'closed' }
  /** Conditions of the branch are not met (yet); `said` is the forge's own sentence. */
  | { readonly outcome: 'blocked'; readonly mergeState: string; readonly said: string }

export interface WatchPullRequest {
  readonly number: number
  readonly expectedHead: CommitId
  /** `ready`: conditions met, so that we may merge; `merged`: by anybody, the queue included. */
  readonly until: 'ready' | 'merged'
  readonly withinMs: number
  /** Called before each look; what it throws ends the watch. */
  readonly beforeLook?: () => void
}

export type PullRequestWatch =
  | { readonly outcome: 'ready' }
  | { readonly outcome: 'merged'; readonly commit: CommitId }
  | { readonly outcome: 'closed' }
  | { readonly outcome: 'head_moved'; readonly head: CommitId }
  /** It was in the merge queue and is not any more, unmerged. */
  | { readonly outcome: 'left_queue' }
  | { readonly outcome: 'waiting'; readonly waitingFor: string }
  /** The watcher could not see it in the end: no verdict about the pull request. */
  | { readonly outcome: 'unknown'; readonly reason: string }
