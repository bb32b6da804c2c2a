import type { ConductEvent } from '@conduct/core'

/** An event as a line of the events file. */
export function toWireEvent(event: ConductEvent): object {
  switch (event.type) {
    case 'run_opened':
      return { ...base(event), run: event.run, train: event.train, kind: event.kind }
    case 'run_planned':
      return {
        ...base(event),
        run: event.run,
        plan: event.planId,
        packages: event.packages,
        consumers: event.consumers,
        approved_by: event.approvedBy,
      }
    case 'approval_asked':
      return {
        ...base(event),
        run: event.run,
        plan: event.asked.planId,
        by: [...event.asked.by],
        proof: event.asked.proof,
        place: event.asked.place,
        until: event.asked.until,
        held: event.asked.isHeld,
      }
    case 'phase_started':
      return { ...base(event), run: event.run, phase: event.phase }
    case 'phase_ended':
      return {
        ...base(event),
        run: event.run,
        phase: event.phase,
        outcome: event.outcome,
        summary: event.summary,
        duration_s: event.durationMs / 1000,
      }
    case 'step_changed':
      return {
        ...base(event),
        run: event.run,
        phase: event.phase,
        step: event.step,
        repo: event.repo,
        state: event.state,
        action: event.action,
        evidence: event.evidence,
      }
    case 'preflight_row':
      return { ...base(event), run: event.run, repo: event.repo, ...event.row }
    case 'lane_changed':
      return { ...base(event), lane: event.lane, change: event.change, detail: event.detail }
    case 'command_output':
      return {
        ...base(event),
        repo: event.repo,
        command: event.command,
        stream: event.stream,
        line: event.line,
      }
    case 'warning':
      return { ...base(event), code: event.code, message: event.message }
    case 'progress':
      return { ...base(event), message: event.message }
    default:
      return event satisfies never
  }
}

function base(event: ConductEvent): { readonly type: string; readonly at: string } {
  return { type: event.type, at: event.at }
}
