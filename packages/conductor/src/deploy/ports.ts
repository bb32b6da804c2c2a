import type { CommitId, ErrorCode, RunId } from '@conduct/core'
import type { Deploy, Repo } from '@conduct/config'
import type { Mirror } from '@conduct/git'
import type { TrainContext } from '../context.ts'
import type { Facts, JournalRecord } from '../journal/journal-record.ts'
import type { Acted, Observation } from '../step.ts'
import type { TemplateValues } from '../template.ts'
import type { Workplace } from '../workplace.ts'

/** One consumer's target and everything that getting a commit there may need. */
export interface DeployPlace {
  readonly context: TrainContext
  readonly run: RunId
  /** Name of the repo. */
  readonly name: string
  readonly repo: Repo
  readonly deploy: Deploy
  readonly mirror: Mirror
  readonly main: string
  /** What is deployed, or was. */
  readonly sha: CommitId
  /** What ran when the plan was made; null: nothing did, or nobody could tell. */
  readonly previous: string | null
  readonly values: TemplateValues
  /** A worktree at `sha`, set up, where declared commands run. */
  readonly workplace: Workplace
  readonly records: () => readonly JournalRecord[]
  /** For what only looks. */
  readonly signal: AbortSignal
}

/**
 * Where a commit runs; one small file per strategy (`command.ts`, `git-push.ts`, `github-workflow.ts`), all of them
 * held to one conformance suite.
 *
 * Promise: `deploy` and `rollBack` act at most once per call, compare where the target can, and a call that throws
 * says nothing about the target: whoever asked observes again.
 */
export interface DeployTarget {
  /** How it gets there, for people. */
  readonly how: string
  /** Where to look, for reports. */
  readonly address: string
  /** True when `running` right after shows what is true; a workflow goes on by itself. */
  readonly isImmediate: boolean
  /** The commit that runs now; empty: nothing does. Null: nobody can tell. Throws when it cannot be read. */
  readonly running: (() => Promise<string>) | null
  /** Where `running` is null: what became of a deploy that was begun earlier; null: nobody can tell. */
  readonly endOfBegun: (() => Promise<Observation>) | null
  /**
   * Made ready before the effect: nothing but the effect itself stands between the last check and its start. What it
   * gives is written with the intent.
   */
  readonly prepare: () => Promise<Facts>
  readonly deploy: (signal: AbortSignal) => Promise<Acted>
  /** Brings `previous` back; null: there is no way. */
  readonly rollBack: ((signal: AbortSignal) => Promise<Acted>) | null
  /** Errors of `deploy` and `rollBack` that prove that nothing happened. */
  readonly harmlessErrors: readonly ErrorCode[]
}
