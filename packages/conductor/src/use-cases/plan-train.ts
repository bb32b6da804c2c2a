import type { Plan } from '@conduct/core'
import type { ConductorOptions, PlanOptions } from '../api.ts'

/** Surveys and preflights without the lane and saves the plan; a plan with red rows is saved and shown too. */
export async function planTrain(_conductor: ConductorOptions, _options: PlanOptions): Promise<Plan> {
  throw new Error('not built yet')
}
