import type { ApprovalAsked } from './approval-asked.ts'
import type { Approval } from './approval.ts'
import type { CommitId, PlanId, RunId } from './brand.ts'
import type { Override, PhaseName, Plan } from './plan.ts'

export type RunState =
  | 'waiting_lane'
  | 'waiting_approval'
  | 'waiting_merge'
  | 'running'
  | 'stopped'
  | 'aborted'
  | 'done'
  /** Done, aborted or stopped, and then taken back as far as there was a way. */
  | 'compensated'

/** Nothing goes on with it any more, but that it may be taken back. */
export function hasEnded(state: RunState): boolean {
  return state === 'done' || state === 'aborted' || state === 'compensated'
}

export type StepState = 'pending' | 'running' | 'done' | 'already' | 'failed' | 'unknown' | 'skipped'

/** What a run is, at any moment, folded from its journal. Reports and `--json` are made from this alone. */
export interface RunRecord {
  readonly run: RunId
  readonly train: string
  readonly estate: string
  readonly state: RunState
  readonly plan: Plan | null
  readonly planId: PlanId | null
  readonly startedAt: string
  readonly endedAt: string | null
  readonly steps: readonly StepRecord[]
  readonly published: readonly Published[]
  readonly adopted: readonly Adopted[]
  readonly deployed: readonly Deployed[]
  readonly leftOut: readonly string[]
  readonly lane: RunLane | null
  /** What was said about its plans, oldest first: each that let it travel, and each denial. */
  readonly approvals: readonly Approval[]
  /** Set while it waits for an approval. */
  readonly asked: ApprovalAsked | null
  readonly overrides: readonly Override[]
  readonly unknowns: readonly string[]
  readonly irreversibleDone: boolean
  /** Why the run is not done, where it is not. */
  readonly stop: RunStop | null
  readonly configCommit: CommitId | null
  /** One line per writer that opened the journal: the first run and each resume. */
  readonly openings: readonly Opening[]
  /** What was asked of forges, by every writer that ended by itself. */
  readonly forgeRequests: readonly ForgeRequests[]
  /** Whether its way back was taken, by `conduct compensate`. */
  readonly undone: 'no' | 'begun' | 'yes'
  /** The command to type next, or null when there is nothing left to do. */
  readonly next: string | null
}

/** What a run asked of the forge of one repo; `repo` null: what belongs to none. */
export interface ForgeRequests {
  readonly repo: string | null
  readonly host: string
  /** Those that count against the hourly limit. */
  readonly requests: number
  readonly unchanged: number
  readonly writes: number
  readonly limitPerHour: number | null
}

export interface RunStop {
  readonly code: string
  readonly exit: number
  readonly message: string
  readonly hint: string
  readonly phase: PhaseName
}

export interface Opening {
  readonly holder: string
  readonly token: number
  readonly at: string
  readonly kind: 'run' | 'resume' | 'compensate'
}

export interface StepRecord {
  readonly id: string
  readonly phase: PhaseName
  readonly kind: string
  readonly repo: string | null
  readonly action: string
  readonly irreversible: boolean
  readonly state: StepState
  /** What proves the state, one sentence; facts beside it in `facts`. */
  readonly evidence: string | null
  readonly facts: Readonly<Record<string, unknown>>
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly attempts: number
}

export interface Published {
  readonly package: string
  readonly version: string
  readonly integrity: string
  readonly registry: string
  readonly tag: string | null
  /** What was said of it when it was deprecated (`conduct compensate`); null: it was not. */
  readonly deprecated: string | null
}

export interface Adopted {
  readonly repo: string
  readonly package: string
  readonly from: string | null
  readonly to: string
  readonly commit: CommitId
  readonly pullRequest: string | null
  /** Commits this repo was surveyed at, oldest first; more than one when its main moved meanwhile. */
  readonly surveyed: readonly CommitId[]
  /** The commit that took it back (`conduct compensate`); null while it stands. */
  readonly reverted: CommitId | null
}

export interface Deployed {
  readonly repo: string
  readonly sha: CommitId
  readonly previousSha: string | null
  readonly target: string
  readonly verified: 'yes' | 'no' | 'inconclusive' | 'nothing_dispatched'
  /** Set once somebody went back after this deploy, or tried to. */
  readonly rollback: Rollback | null
}

export interface Rollback {
  readonly outcome: 'rolled_back' | 'failed' | 'unknown'
  /** What runs now, where that could be read. */
  readonly running: string | null
  /** Why it failed, or what proves it. */
  readonly evidence: string
}

export interface RunLane {
  readonly name: string
  readonly resources: readonly string[]
  readonly token: number
  readonly heldMs: number
  readonly waitedMs: number
  readonly released: boolean
}
