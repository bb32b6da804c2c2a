import type { CommitId, PlanId } from './brand.ts'

/**
 * A plan is plain data computed before anything acts; its hash is what gets approved.
 *
 * The hash covers `basis` and nothing else: never times, CI run ids or heads of consumers.
 */
export interface Plan {
  readonly format: 1
  readonly id: PlanId
  /** SHA-256 of the canonical JSON of `basis`, hex. */
  readonly hash: string
  readonly basis: PlanBasis
  readonly resources: readonly string[]
  readonly repos: readonly SurveyedRepo[]
  readonly steps: readonly PlannedStep[]
  /** Computed before the start, performed only by `conduct compensate`. */
  readonly compensation: readonly CompensationStep[]
  /** Preflight rows that could not be judged, as `check:repo`. */
  readonly unknowns: readonly string[]
  readonly requestedBy: string
  readonly createdAt: string
  readonly expiresAt: string
}

/** What an approval signs. */
export interface PlanBasis {
  readonly train: string
  readonly lane: string
  /** Commit of the governing lanes.yaml, or null for a file outside any repository with a remote. */
  readonly configCommit: CommitId | null
  /** SHA-256 of the text of the governing lanes.yaml, hex. */
  readonly configHash: string
  readonly producer: { readonly repo: string; readonly commit: CommitId }
  readonly packages: readonly PlannedPackage[]
  /** True for a catch-up train (`--version`): nothing is published. */
  readonly catchUp: boolean
  readonly consumers: readonly PlannedConsumer[]
  readonly overrides: readonly Override[]
  /** Consumers left out by `--only`, by name. */
  readonly leftOut: readonly string[]
}

export interface PlannedPackage {
  readonly name: string
  readonly version: string
  readonly ecosystem: string
  /** Folder of the manifest inside the producer's repository; `.` is its top. */
  readonly directory: string
  readonly registry: string
  /** Name of the git tag, after templating; null when the package is not tagged. */
  readonly tag: string | null
}

export interface PlannedConsumer {
  readonly repo: string
  readonly after: readonly string[]
  readonly adopt: { readonly manager: string; readonly via: 'push' | 'pull_request' | 'none' }
  readonly configure: readonly { readonly name: string; readonly action: string; readonly goal: string }[]
  readonly deploy: { readonly strategy: string; readonly previous: string | null }
}

export interface Override {
  readonly check: string
  readonly repo: string
  readonly reason: string
  readonly by: string
}

export interface SurveyedRepo {
  readonly repo: string
  readonly commit: CommitId
  readonly preflight: readonly PreflightRow[]
}

export type Verdict = 'green' | 'red' | 'unknown' | 'not_applicable'

export interface PreflightRow {
  readonly check: string
  readonly verdict: Verdict
  /** What was looked at out of what there is, as in `3 of 3 branches`. */
  readonly covered: string
  /** One sentence; for a red row it ends with what to do. */
  readonly detail: string
  /** The named override that turned this red row into a recorded one. */
  readonly overridden?: boolean
}

export interface PlannedStep {
  readonly id: string
  readonly phase: PhaseName
  readonly kind: string
  readonly repo: string | null
  /** One line for people: what it will do. */
  readonly action: string
  readonly irreversible: boolean
  readonly expect: string | null
  readonly goal: string | null
  readonly needsApproval: boolean
}

/** One way back, computed before the run starts; `conduct compensate` performs it. */
export interface CompensationStep {
  readonly id: string
  readonly kind: CompensationKind
  readonly repo: string | null
  readonly action: string
  /** False where the world offers no way back (a published version is never deleted). */
  readonly possible: boolean
  /** The step whose effect it takes back. */
  readonly undoes: string
  /** Steps of which each by itself may have made that effect: once one was begun, there may be something to undo. */
  readonly begunBy: readonly string[]
  /** What was there before: the commit that ran, the version a dist-tag stood for. */
  readonly to: string | null
}

/** `stays`: what nothing takes back, listed so that nobody has to find out. */
export type CompensationKind =
  | 'redeploy'
  | 'unconfigure'
  | 'revert'
  | 'dist_tag'
  | 'deprecate'
  | 'withdraw_release'
  | 'stays'

export const phaseNames = [
  'claim',
  'survey',
  'preflight',
  'check',
  'approve',
  'publish',
  'await',
  'adopt',
  'configure',
  'deploy',
  'verify',
  'report',
] as const

/** `undo` is no part of the journey: `conduct compensate` takes it after a run has stopped or ended. */
export type PhaseName = (typeof phaseNames)[number] | 'undo'

/** `phase 8 of 12 (adopt)`. */
export function describePhase(phase: PhaseName): string {
  if (phase === 'undo') return 'the way back (compensate)'
  return `phase ${phaseNames.indexOf(phase) + 1} of ${phaseNames.length} (${phase})`
}
