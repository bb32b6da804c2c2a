import type { CommitId, Override } from '@conduct/core'
import type { LaneConfig, Train } from '@conduct/config'
import type { FrozenRepo, PreflightMatrix, Survey } from '../context.ts'

/** Everything a plan is computed from. */
export interface PlanFacts {
  readonly trainName: string
  readonly train: Train
  readonly lane: LaneConfig
  readonly configCommit: CommitId | null
  readonly configHash: string
  readonly survey: Survey
  readonly matrix: PreflightMatrix
  readonly overrides: readonly Override[]
  readonly requestedBy: string
  readonly wallMs: number
}

/** Every repo once, the producer first: it may be a consumer, too. */
export function reposOf(survey: Survey): readonly FrozenRepo[] {
  const others = survey.consumers.filter(({ name }) => name !== survey.producer.name)
  return [survey.producer, ...others]
}
