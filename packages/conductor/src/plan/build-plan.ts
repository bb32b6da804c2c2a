import { invariant, type Override, type Plan } from '@conduct/core'
import type { PreflightMatrix, Survey, TrainContext } from '../context.ts'
import { redacted } from '../redacted.ts'
import { planFromSurvey } from './plan-from-survey.ts'

export interface BuildPlanOptions {
  readonly overrides: readonly Override[]
  /** The holder who asks, as it stands in records. */
  readonly requestedBy: string
}

/** The plan of a surveyed and preflighted train. Equal basis, equal hash, equal id. */
export function buildPlan(
  context: Pick<
    TrainContext,
    'config' | 'configCommit' | 'configHash' | 'trainName' | 'train' | 'clock' | 'redact'
  >,
  survey: Survey,
  matrix: PreflightMatrix,
  options: BuildPlanOptions,
): Plan {
  const lane = context.config.lanes.get(context.train.lane)
  invariant(lane !== undefined, `train ${context.trainName} names no declared lane`)
  const plan = planFromSurvey({
    trainName: context.trainName,
    train: context.train,
    lane,
    configCommit: context.configCommit,
    configHash: context.configHash,
    survey,
    matrix,
    overrides: options.overrides,
    requestedBy: options.requestedBy,
    wallMs: context.clock.wallMs(),
  })
  return context.redact === undefined ? plan : { ...plan, repos: redacted(plan.repos, context.redact) }
}
