import type { Plan } from '@conduct/core'
import type { ConductorOptions, PlanOptions } from '../api.ts'
import { openTrain } from '../open-train.ts'
import { buildPlan } from '../plan/build-plan.ts'
import { savePlan } from '../plan/plan-store.ts'
import { preflightTrain } from '../preflight/preflight-train.ts'
import { surveyTrain } from '../survey/survey-train.ts'

/**
 * Surveys and preflights without the lane and saves the plan. A plan with red rows is saved and shown, too: it says
 * what stands in the way; a run makes the matrix again and refuses it.
 */
export async function planTrain(conductor: ConductorOptions, options: PlanOptions): Promise<Plan> {
  return await savePlan(conductor.store, await previewTrain(conductor, options))
}

/** The same plan, saved nowhere: it needs no store that can be written. */
export async function previewTrain(conductor: ConductorOptions, options: PlanOptions): Promise<Plan> {
  const context = await openTrain(conductor, options.train)
  const survey = await surveyTrain(context, {
    ...(options.only === undefined ? {} : { only: options.only }),
    ...(options.version === undefined ? {} : { version: options.version }),
  })
  const by = conductor.identity.person ?? conductor.identity.holder
  const overrides = (options.overrides ?? []).map((override) => ({ ...override, by }))
  const matrix = await preflightTrain(context, survey, { overrides })
  return buildPlan(context, survey, matrix, { overrides, requestedBy: conductor.identity.holder })
}
