import { adopt } from './phases/adopt.ts'
import { approve } from './phases/approve.ts'
import { awaitVisible } from './phases/await.ts'
import { check } from './phases/check.ts'
import { claim } from './phases/claim.ts'
import { configure } from './phases/configure.ts'
import { deploy } from './phases/deploy.ts'
import { preflight } from './phases/preflight.ts'
import { publish } from './phases/publish.ts'
import { report } from './phases/report.ts'
import { survey } from './phases/survey.ts'
import { verify } from './phases/verify.ts'
import { endWayBack } from './undo/end-way-back.ts'
import { takeBack } from './undo/take-back.ts'
import type { Phase } from './journey.ts'

/**
 * A train's journey: twelve phases, in this order. Read this first.
 *
 * Nothing before `publish` changes anything outside but the lane. The four phases in the middle are made by every
 * consumer by itself, as parallel as `after` allows; `conduct-train.ts` drives, `step.ts` is what acts.
 */
export const journeyPhases: readonly Phase[] = [
  claim, // take the lane for exactly the repos of the train, or join the line
  survey, // freeze one commit per repo
  preflight, // every guard over every repo; the plan that comes of it
  check, // the producer's checks; pack, and try the packed artifact in every consumer
  approve, // somebody who may has approved exactly this plan
  publish, // to the registry, in dependency order; tags after the proof
  awaitVisible, // until resolvers see it
  adopt, // each consumer's manifest and lockfile, one commit, pushed by compare-and-set
  configure, // provider settings and environment variables
  deploy, // the adoption commit, expecting what ran when the plan was made
  verify, // what answers is what was deployed
  report, // write down the end and hand the lane to the next in line
]

/** The way back, `conduct compensate`: the lane again, every effect taken back, the lane handed on. */
export const wayBackPhases: readonly Phase[] = [claim, takeBack, endWayBack]
