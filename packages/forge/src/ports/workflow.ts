import type { CommitId } from '@conduct/core'

export interface WorkflowState {
  readonly id: number
  readonly path: string
  /** Only an active workflow takes a dispatch. */
  readonly isActive: boolean
  /** The word of the forge: `active`, `disabled_manually`, `disabled_inactivity`, … */
  readonly said: string
}

export interface DispatchWorkflow {
  /** File name in `.github/workflows`, or its path. */
  readonly file: string
  /** Branch or tag. */
  readonly ref: string
  readonly inputs: Readonly<Record<string, string>>
  /** Unique for this dispatch: sent as input `conduct_run` and looked for in run names. */
  readonly conductRun: string
  /** How long a dispatched run may take to show itself. */
  readonly appearsWithinMs: number
}

export type DispatchOutcome =
  | { readonly outcome: 'dispatched' | 'found'; readonly run: WorkflowRun }
  /** It did not leave: nothing was dispatched. */
  | { readonly outcome: 'unsent'; readonly reason: string }
  /** Sent, or perhaps sent, and no run shows our id yet: looking again by the same id is safe, sending is not. */
  | { readonly outcome: 'unseen'; readonly reason: string }

export interface WorkflowRun {
  readonly id: number
  readonly url: string
  readonly title: string
  readonly head: CommitId
  /** The word of the forge: `queued`, `in_progress`, `waiting`, `completed`, … */
  readonly status: string
  /** Null until completed. */
  readonly conclusion: string | null
  readonly attempt: number
}

export type RunWatch =
  | { readonly outcome: 'succeeded'; readonly run: WorkflowRun }
  | { readonly outcome: 'failed'; readonly run: WorkflowRun }
  /** Still going when the time was up: waiting is a state, no failure. */
  | { readonly outcome: 'waiting'; readonly run: WorkflowRun }
  /** The watcher could not see it in the end: no verdict about the run. */
  | { readonly outcome: 'unknown'; readonly reason: string }
