import { announced } from './announce.ts'
import type { Conductor, ConductorOptions } from './api.ts'
import { readSavedPlan } from './plan/plan-store.ts'
import { abortRun } from './use-cases/abort-run.ts'
import { approvalStatement, approvePlan, denyPlan } from './use-cases/approve-plan.ts'
import { compensateRun, previewCompensation } from './use-cases/compensate-run.ts'
import { estateStatus } from './use-cases/estate-status.ts'
import { dryRunTrain, planTrain } from './use-cases/plan-train.ts'
import { findEarlierPlan } from './use-cases/find-plan.ts'
import { listRuns, readRun } from './use-cases/read-run.ts'
import { resumeRun } from './use-cases/resume-run.ts'
import { runTrain } from './use-cases/run-train.ts'

/** Everything that acts under a lease, over one estate. */
export function createConductor(options: ConductorOptions): Conductor {
  return {
    planTrain: (plan) => planTrain(options, plan),
    dryRunTrain: (plan) => dryRunTrain(options, plan),
    readPlan: (plan) => readSavedPlan(options.store, plan),
    earlierPlan: (earlier) => findEarlierPlan(options, earlier),
    runTrain: (run) => announced(options, (heard) => runTrain(heard, run)),
    resumeRun: (resume) => announced(options, (heard) => resumeRun(heard, resume)),
    abortRun: (abort) => announced(options, (heard) => abortRun(heard, abort)),
    previewCompensation: (preview) => previewCompensation(options, preview),
    compensateRun: (compensation) => announced(options, (heard) => compensateRun(heard, compensation)),
    readRun: (run) => readRun(options, run),
    listRuns: () => listRuns(options),
    estateStatus: () => estateStatus(options, () => listRuns(options)),
    approvePlan: (approval) => approvePlan(options, approval),
    approvalStatement: (approval) => approvalStatement(options, approval),
    denyPlan: (denial) => denyPlan(options, denial),
  }
}
