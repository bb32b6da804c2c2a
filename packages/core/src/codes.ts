import type { CodeEntry } from './code-entry.ts'
import { cliCodes } from './codes/cli.ts'
import { conductorCodes } from './codes/conductor.ts'
import { ecosystemsCodes } from './codes/ecosystems.ts'
import { findingCodes } from './codes/findings.ts'
import { forgeCodes } from './codes/forge.ts'
import { gitCodes } from './codes/git.ts'
import { guardCodes } from './codes/guard.ts'
import { lanesCodes } from './codes/lanes.ts'
import { plannerCodes } from './codes/planner.ts'
import { planningCodes } from './codes/planning.ts'
import { rehearsalCodes } from './codes/rehearsal.ts'
import { reviewCodes } from './codes/review.ts'
import { subprocessCodes } from './codes/subprocess.ts'
import { tasksCodes } from './codes/tasks.ts'

const tables = {
  ...cliCodes,
  ...conductorCodes,
  ...ecosystemsCodes,
  ...forgeCodes,
  ...gitCodes,
  ...guardCodes,
  ...lanesCodes,
  ...plannerCodes,
  ...planningCodes,
  ...rehearsalCodes,
  ...subprocessCodes,
  ...tasksCodes,
}

export type ErrorCode = keyof typeof tables
export type FindingCode = keyof typeof findingCodes
export type ReviewCode = keyof typeof reviewCodes

/** Every code of a thrown error. Each is thrown somewhere and pinned by a test (test/architecture). */
export const errorCodes: Readonly<Record<ErrorCode, CodeEntry>> = tables

export { findingCodes, reviewCodes }
