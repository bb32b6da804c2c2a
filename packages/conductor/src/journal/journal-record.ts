import type {
  Approval,
  ApprovalAsked,
  CommitId,
  CompensationStep,
  ForgeRequests,
  Override,
  Plan,
  RunStop,
  StepRecord,
} from '@conduct/core'

/**
 * What a journal holds: one record per thing that a resume must know. Append-only; the truth a run is folded from.
 */
export type JournalRecord = JournalEnvelope & JournalBody

interface JournalEnvelope {
  readonly format: 1
  /** Random: a writer recognises its own record after an answer that got lost. */
  readonly id: string
  readonly at: string
  /** Fencing token of the writer; 0 before the lane was granted. */
  readonly token: number
}

export type JournalBody =
  | {
      readonly type: 'created'
      readonly train: string
      readonly estate: string
      readonly by: string
      readonly request: RunRequest
      /** Random per run; salts the hashes of secret values. */
      readonly salt: string
    }
  | {
      readonly type: 'waiting_lane'
      readonly lane: string
      readonly position: number | null
      readonly holder: string | null
    }
  | {
      readonly type: 'opened'
      readonly kind: 'run' | 'resume' | 'compensate'
      readonly holder: string
      readonly lane: string
      readonly resources: readonly string[]
      readonly waitedMs: number
      readonly configCommit: CommitId | null
    }
  | { readonly type: 'planned'; readonly plan: Plan }
  /** Steps that only look, or that there was nothing to do for: one record for all of a phase. */
  | {
      readonly type: 'looked'
      readonly startedAt: string
      readonly steps: readonly LookedStep[]
    }
  | ({ readonly type: 'packed' } & PackedRecord)
  /** It waits for an approval from here on; written anew by each writer that waits. */
  | { readonly type: 'asked'; readonly asked: ApprovalAsked }
  | { readonly type: 'approved'; readonly approval: Approval }
  | { readonly type: 'denied'; readonly approval: Approval }
  /** From here on the lane is never taken over as dead, and its note names this run. */
  | { readonly type: 'kept'; readonly reason: string }
  | {
      readonly type: 'intent'
      readonly step: StepHead
      readonly startedAt: string
      /** What the effect is about to make, where that is known before (the commit to be pushed). */
      readonly facts: Facts
    }
  | {
      readonly type: 'proof'
      readonly step: StepHead
      readonly startedAt: string
      readonly state: 'done' | 'already' | 'failed' | 'unknown' | 'skipped'
      readonly evidence: string
      readonly facts: Facts
      /**
       * What is known about the effect: `done`; `none`, it was started and the target refused; `unknown`;
       * `not_started`, this attempt only looked, which says nothing about an intent that a crash left behind.
       */
      readonly effect: ProofEffect
    }
  | {
      readonly type: 'stopped'
      readonly stop: RunStop
      readonly waitsFor: 'approval' | 'holder' | 'merge' | null
      /** Words after `conduct`, for the command to type next; null: nothing to type. */
      readonly next: string | null
      /** A command of another program, complete, to be typed before that. */
      readonly first?: string
      readonly laneReleased: boolean
      readonly forgeRequests?: readonly ForgeRequests[]
    }
  | { readonly type: 'aborted'; readonly by: string; readonly reason: string }
  | { readonly type: 'closed'; readonly forgeRequests?: readonly ForgeRequests[] }
  /** From here on the run only goes back; `ways` are those that will be tried. */
  | { readonly type: 'compensating'; readonly by: string; readonly ways: readonly CompensationStep[] }
  | {
      readonly type: 'compensated'
      readonly by: string
      readonly forgeRequests?: readonly ForgeRequests[]
    }

export type ProofEffect = 'done' | 'none' | 'unknown' | 'not_started'
export type Facts = Readonly<Record<string, unknown>>
export interface LookedStep {
  readonly step: StepHead
  readonly state: 'done' | 'already' | 'skipped' | 'failed'
  readonly evidence: string
  readonly facts: Facts
}
export type StepHead = Pick<StepRecord, 'id' | 'phase' | 'kind' | 'repo' | 'action' | 'irreversible'>

/** What was asked for; `resume` asks for the same again. */
export interface RunRequest {
  readonly only: readonly string[] | null
  readonly version: string | null
  readonly overrides: readonly Override[]
  readonly acknowledged: readonly string[]
}

export interface PackedRecord {
  readonly package: string
  readonly version: string
  readonly integrity: string
  readonly sizeBytes: number
  /** Log that holds its bytes in base64 chunks; null: too large to keep, packed again on resume. */
  readonly log: string | null
  readonly chunks: number
}
