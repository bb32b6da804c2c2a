import type { PhaseName, PlannedStep } from '@conduct/core'

/** A step that changes nothing outside. */
export function quiet(
  phase: PhaseName,
  kind: string,
  id: string,
  repo: string | null,
  action: string,
): PlannedStep {
  return {
    id,
    phase,
    kind,
    repo,
    action,
    irreversible: false,
    expect: null,
    goal: null,
    needsApproval: false,
  }
}
