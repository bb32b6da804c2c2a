import type { CommitId } from '@conduct/core'
import type { Unknown } from '../reading.ts'

/** One check run or commit status, the newest of its name. */
export interface Report {
  readonly name: string
  readonly kind: 'check_run' | 'status'
  readonly state: 'passed' | 'failed' | 'pending'
  /** The word of the forge: `success`, `timed_out`, `queued`, … */
  readonly said: string
  readonly url: string | null
  /** The app that reported a check run; null for statuses. */
  readonly appId: number | null
}

export interface RequiredCheck {
  readonly name: string
  /** Only a report of this app counts; null: of anybody. */
  readonly appId: number | null
}

/** Whether anything here could ever judge a commit of this branch. */
export type Judgeable =
  | { readonly can: 'yes'; readonly because: string }
  | { readonly can: 'no'; readonly because: string }
  | { readonly can: 'unknown'; readonly because: string }

interface Judged {
  readonly commit: CommitId
  readonly reports: readonly Report[]
  readonly required: readonly RequiredCheck[]
  /** `3 of 4 checks`: how many have reached a verdict, of how many are known or required. */
  readonly covered: string
}

/**
 * What CI says of exactly one commit. `none` is not green: nothing has reported, whether or not something could.
 */
export type CommitVerdict =
  | (Judged & { readonly verdict: 'green' })
  | (Judged & { readonly verdict: 'red'; readonly failed: readonly string[] })
  | (Judged & { readonly verdict: 'pending'; readonly waitingFor: readonly string[] })
  | (Judged & { readonly verdict: 'none'; readonly judgeable: Judgeable })
  | ({ readonly verdict: 'unknown' } & Omit<Unknown, 'state'>)

export type AwaitedVerdict = CommitVerdict & {
  /** True when the time was up before a verdict was reached. */
  readonly isLate: boolean
}
