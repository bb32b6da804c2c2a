import type { Approval, Clock, CommitId, DryRun, EmitEvent, Identity, Plan, RunRecord } from '@conduct/core'
import type { LanesConfig } from '@conduct/config'
import type { AskForge, CommitVerdict } from '@conduct/forge'
import type { Lanes, Store } from '@conduct/lanes/engine'
import type { Proving } from './approval/give-approval.ts'
import type { HitCrashPoint } from './context.ts'
import type { Redact } from './redacted.ts'
import type { LookedWay } from './undo/look-back.ts'

/** What every use case of the conductor starts from; the CLI makes it, a test makes it, a bot could. */
export interface ConductorOptions {
  readonly config: LanesConfig
  readonly configPath: string
  readonly configText: string
  readonly store: Store
  readonly lanes: Lanes
  readonly identity: Identity
  readonly clock: Clock
  readonly emit: EmitEvent
  readonly cacheDir: string
  readonly stateDir: string
  readonly launcher: string
  /** The same, as nobody in particular: for what somebody else has to type. Absent: as `launcher`. */
  readonly launcherForOthers?: string
  /** Where an approver's key is, as it is typed: named in commands that sign. Absent: agents have them. */
  readonly keyFile?: string
  readonly signal: AbortSignal
  /** Absent: no forge can be asked, and what only one knows is unknown. */
  readonly askForge?: AskForge
  /** Applied to whatever goes into journals and plans. */
  readonly redact?: Redact
  /** Called at every crash point; see `crash-points.ts`. */
  readonly hit?: HitCrashPoint
}

export interface PlanOptions {
  readonly train: string
  readonly only?: readonly string[]
  readonly version?: string
  /** `check:repo`, each with a reason. */
  readonly overrides?: readonly { readonly check: string; readonly repo: string; readonly reason: string }[]
}

export interface RunOptions extends PlanOptions {
  /** I, the asker, approve the plan that comes of this run; `true`: without a proof. */
  readonly approve?: boolean | Proving
  /** A plan made before: refused when what is surveyed now hashes differently. */
  readonly plan?: string
  readonly whenHeld?: 'queue' | 'fail'
  /** 0: ask once and keep the place. */
  readonly waitMsMax: number
  /** Runs that stopped half-way and that the asker has seen. */
  readonly acknowledge?: readonly string[]
}

/** How a run ended for now; `exit` follows the precedence of the command-line contract. */
export interface RunResult {
  readonly record: RunRecord
  readonly exit: number
  /** Set when the lane was held: who, the place in line, the estimate. */
  readonly held: HeldAnswer | null
}

export interface HeldAnswer {
  readonly lane: string
  /** `skipped`: the lane says that whoever finds it held steps aside; exit 0. */
  readonly outcome: 'queued' | 'refused' | 'skipped'
  readonly claim: string | null
  readonly holder: {
    readonly name: string
    readonly since: string
    readonly task: string | null
    readonly run: string | null
  } | null
  readonly position: number | null
  /** Why there is no place in line, for people; null when there is one. */
  readonly reason: string | null
  /** The run itself still holds it, by an older writer that may be alive. */
  readonly isOwnRun: boolean
  readonly estimate: { readonly seconds: number; readonly basis: string } | null
}

/**
 * Use cases, one file each in `use-cases/`. All of them throw ConductError for what failed before a record
 * existed; a run that has a record returns it with its exit code.
 */
export interface Conductor {
  planTrain(options: PlanOptions): Promise<Plan>
  /** What `planTrain` finds, and what that leaves open, by the same code over ports that refuse to act. */
  dryRunTrain(options: PlanOptions): Promise<DryRun>
  readPlan(plan: string): Promise<Plan>
  /** What a new plan is compared with: `last`, a plan, or the plan of a run; null when there is no last one. */
  earlierPlan(options: { readonly train: string; readonly name: string }): Promise<Plan | null>
  runTrain(options: RunOptions): Promise<RunResult>
  resumeRun(options: {
    readonly run: string
    readonly replan?: boolean
    readonly approve?: boolean | Proving
    readonly waitMsMax: number
  }): Promise<RunResult>
  abortRun(options: { readonly run: string; readonly reason: string }): Promise<RunResult>
  /** What `compensateRun` would do now; changes nothing. */
  previewCompensation(options: { readonly run: string }): Promise<CompensationView>
  compensateRun(options: { readonly run: string; readonly waitMsMax: number }): Promise<RunResult>
  readRun(run: string): Promise<RunRecord>
  listRuns(): Promise<readonly RunSummary[]>
  estateStatus(): Promise<EstateStatus>
  /** `plan` is an id, a unique prefix of one, or a run that waits. */
  approvePlan(options: {
    readonly plan: string
    readonly note?: string
    readonly proving?: Proving
  }): Promise<Approval>
  /** What the asker would sign who approves this plan now; writes nothing. */
  approvalStatement(options: { readonly plan: string; readonly note?: string }): Promise<string>
  denyPlan(options: { readonly plan: string; readonly reason: string }): Promise<Approval>
}

/** The way back of a run, as it was computed before the start and as it looks now. */
export interface CompensationView {
  readonly record: RunRecord
  readonly ways: readonly Omit<LookedWay, 'step'>[]
  /** The commands are those of lanes.yaml as it stands now, which is not the one that the plan was made by. */
  readonly isConfigChanged: boolean
}

export interface RunSummary {
  readonly run: string
  readonly train: string
  readonly state: RunRecord['state']
  readonly startedAt: string
  readonly stop: string | null
}

/** The estate at a glance: every consumer × what is published, locked, deployed; who is behind. */
export interface EstateStatus {
  readonly estate: string
  readonly configCommit: CommitId | null
  readonly trains: readonly {
    readonly train: string
    readonly producer: string
    /** Why its packages are not known; null: they are. */
    readonly unknown: string | null
    readonly packages: readonly {
      readonly name: string
      readonly inManifest: string
      readonly published: string | null
      readonly unknown: string | null
    }[]
    readonly consumers: readonly {
      readonly repo: string
      readonly head: CommitId | null
      readonly locked: readonly { readonly package: string; readonly version: string | null }[]
      readonly deployed: string | null
      readonly isBehind: boolean | null
      readonly unknown: string | null
    }[]
  }[]
  readonly lanes: readonly {
    readonly lane: string
    readonly holders: readonly string[]
    readonly waiting: number
  }[]
  readonly runs: readonly RunSummary[]
  /** Repos that have a forge; the others are not listed. */
  readonly forge: readonly {
    readonly repo: string
    /** Why nobody was asked; null: it was. */
    readonly notAsked: string | null
    /** Of main's head. */
    readonly checks: { readonly verdict: CommitVerdict['verdict']; readonly detail: string } | null
    /** Open ones that runs have made; null: not known. */
    readonly pullRequests: readonly AtForge[] | null
    /** Open, with the label that blocks releases; null: no label is declared, or it is not known. */
    readonly blocking: readonly AtForge[] | null
    /** What could not be read, and why. */
    readonly unknown: readonly string[]
  }[]
}

interface AtForge {
  readonly number: number
  readonly url: string
  readonly title: string
}
