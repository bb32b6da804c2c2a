import type { DryRun, Plan } from '@conduct/core'
import type { ConductorOptions, PlanOptions } from '../api.ts'
import type { Survey, TrainContext } from '../context.ts'
import { listUnverified } from '../dry-run/unverified.ts'
import { withoutActing } from '../dry-run/without-acting.ts'
import { openTrain } from '../open-train.ts'
import { buildPlan } from '../plan/build-plan.ts'
import { rememberLastPlan, savePlan } from '../plan/plan-store.ts'
import { preflightTrain } from '../preflight/preflight-train.ts'
import { surveyTrain } from '../survey/survey-train.ts'

/**
 * Surveys and preflights without the lane and saves the plan. A plan with red rows is saved and shown, too: it says
 * what stands in the way; a run makes the matrix again and refuses it.
 */
export async function planTrain(conductor: ConductorOptions, options: PlanOptions): Promise<Plan> {
  const { plan } = await findPlan(await openTrain(conductor, options.train), options)
  const saved = await savePlan(conductor.store, plan)
  await rememberLastPlan(conductor.store, saved)
  return saved
}

/** The same plan, made and saved by nobody who could act: every port that it is given refuses to. */
export async function dryRunTrain(conductor: ConductorOptions, options: PlanOptions): Promise<DryRun> {
  const context = withoutActing(await openTrain(conductor, options.train))
  const { plan, survey } = await findPlan(context, options)
  return { plan, unverified: listUnverified(plan, survey) }
}

async function findPlan(
  context: TrainContext,
  options: PlanOptions,
): Promise<{ readonly plan: Plan; readonly survey: Survey }> {
  const survey = await surveyTrain(context, {
    ...(options.only === undefined ? {} : { only: options.only }),
    ...(options.version === undefined ? {} : { version: options.version }),
  })
  const by = context.identity.person ?? context.identity.holder
  const overrides = (options.overrides ?? []).map((override) => ({ ...override, by }))
  const matrix = await preflightTrain(context, survey, { overrides })
  return {
    survey,
    plan: buildPlan(context, survey, matrix, { overrides, requestedBy: context.identity.holder }),
  }
}
