import type { ApprovalAsked } from './approval-asked.ts'
import type { RunId } from './brand.ts'
import type { PhaseName, PreflightRow } from './plan.ts'
import type { StepState } from './run.ts'

/**
 * What happens while a command runs. Views (plain lines, listr2, NDJSON) read these; nothing decides by them.
 * Every event carries `at`, RFC 3339 UTC.
 */
export type ConductEvent = { readonly at: string } & ConductEventBody

export type ConductEventBody =
  | {
      readonly type: 'run_opened'
      readonly run: RunId
      readonly train: string
      readonly kind: 'run' | 'resume' | 'compensate'
    }
  | {
      readonly type: 'run_planned'
      readonly run: RunId
      readonly planId: string
      readonly packages: number
      readonly consumers: number
      readonly approvedBy: string | null
    }
  | { readonly type: 'approval_asked'; readonly run: RunId; readonly asked: ApprovalAsked }
  | { readonly type: 'phase_started'; readonly run: RunId; readonly phase: PhaseName }
  | {
      readonly type: 'phase_ended'
      readonly run: RunId
      readonly phase: PhaseName
      readonly outcome: 'done' | 'failed' | 'waiting' | 'skipped'
      readonly summary: string
      readonly durationMs: number
    }
  | {
      readonly type: 'step_changed'
      readonly run: RunId
      readonly phase: PhaseName
      readonly step: string
      readonly repo: string | null
      readonly state: StepState
      readonly action: string
      readonly evidence: string | null
    }
  | {
      readonly type: 'preflight_row'
      readonly run: RunId | null
      readonly repo: string
      readonly row: PreflightRow
    }
  | {
      readonly type: 'lane_changed'
      readonly lane: string
      readonly change:
        | 'queued'
        | 'granted'
        | 'renewed'
        | 'lost'
        | 'kept'
        | 'parked'
        | 'released'
        | 'caught_up'
      readonly detail: string
    }
  | {
      readonly type: 'command_output'
      readonly repo: string | null
      readonly command: string
      readonly stream: 'stdout' | 'stderr'
      readonly line: string
    }
  | { readonly type: 'warning'; readonly code: string; readonly message: string }
  | { readonly type: 'progress'; readonly message: string }

export type EmitEvent = (event: ConductEventBody) => void
