import { ConductError } from '@conduct/core'
import type { Plan } from '@conduct/core'
import type { ConductorOptions, RunOptions, RunResult } from '../api.ts'
import { conductTrain } from '../conduct-train.ts'
import { deniedError, denialOf, readWords } from '../approval/approval-store.ts'
import { provingOf } from '../approval/give-approval.ts'
import type { TrainContext } from '../context.ts'
import { journalWithCrashPoints } from '../crash-points.ts'
import { emptyLuggage } from '../journey.ts'
import { openTrain } from '../open-train.ts'
import { isPlanExpired, readSavedPlan } from '../plan/plan-store.ts'
import { travellingRepos } from '../phases/claim.ts'
import { requireKnownOverrides } from '../preflight/overrides.ts'
import { tellForges } from '../tell-forges.ts'
import { createRun, toRequest } from './create-run.ts'

/** The whole journey: claim, survey, …, report. A run that has a record ends in its result, never in an error. */
export async function runTrain(conductor: ConductorOptions, options: RunOptions): Promise<RunResult> {
  const context = await openTrain(conductor, options.train)
  const plan = options.plan === undefined ? null : await planToTravel(context, options.plan)
  const request = toRequest(context, plan === null ? options : { ...options, ...asAsked(plan) })
  // Before there is a run: one that could never finish would only be in the way.
  requireKnownOverrides(request.overrides, travellingRepos(context.train, request.only))
  const journal = await createRun(context, request)
  context.emit({ type: 'run_opened', run: journal.run, train: context.trainName, kind: 'run' })
  const result = await conductTrain({
    context,
    run: journal.run,
    kind: 'run',
    request,
    ask: {
      approve: provingOf(options.approve),
      replan: false,
      plan,
      whenHeld: options.whenHeld ?? null,
      waitMsMax: options.waitMsMax,
    },
    journal: journalWithCrashPoints(journal, context.hit),
    lane: context.lanes.lane(context.train.lane),
    luggage: emptyLuggage(),
  })
  return tellForges(context, result)
}

async function planToTravel(context: TrainContext, name: string): Promise<Plan> {
  const plan = await readSavedPlan(context.store, name)
  if (plan.basis.train !== context.trainName) {
    throw new ConductError(
      'PLAN_UNKNOWN',
      `plan ${plan.id} is of train ${plan.basis.train}, not of ${context.trainName}`,
    )
  }
  if (isPlanExpired(plan, context.clock)) {
    throw new ConductError('APPROVAL_VOID', `plan ${plan.id} expired at ${plan.expiresAt}`, {
      next: `${context.launcher} plan ${context.trainName}`,
    })
  }
  const denial = denialOf((await readWords(context.store, plan)).words)
  if (denial !== null) throw deniedError(denial, `${context.launcher} plan ${context.trainName}`)
  return plan
}

/** The same flags that the plan was made with. */
function asAsked(plan: Plan): Pick<RunOptions, 'only' | 'version' | 'overrides'> {
  const { basis } = plan
  const version = basis.packages[0]?.version
  return {
    ...(basis.leftOut.length === 0 ? {} : { only: basis.consumers.map((consumer) => consumer.repo) }),
    ...(basis.catchUp && version !== undefined ? { version } : {}),
    overrides: basis.overrides,
  }
}
