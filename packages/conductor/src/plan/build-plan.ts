import type { Override, Plan } from '@conduct/core'
import type { PreflightMatrix, Survey, TrainContext } from '../context.ts'

export interface BuildPlanOptions {
  readonly overrides: readonly Override[]
  /** The holder who asks, as it stands in records. */
  readonly requestedBy: string
}

/** The plan of a surveyed and preflighted train. Equal basis, equal hash, equal id. */
export function buildPlan(
  _context: TrainContext,
  _survey: Survey,
  _matrix: PreflightMatrix,
  _options: BuildPlanOptions,
): Plan {
  throw new Error('not built yet')
}
