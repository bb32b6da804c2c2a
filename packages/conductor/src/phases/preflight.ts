import { ConductError, type Plan } from '@conduct/core'
import type { PreflightMatrix } from '../context.ts'
import { runEffect } from '../crash-points.ts'
import {
  type Journey,
  type PhaseOutcome,
  type TrainPhase,
  noteLooked,
  surveyOf,
  travelOf,
} from '../journey.ts'
import { boundPlan, maybePublished } from '../journal/begun.ts'
import { buildPlan } from '../plan/build-plan.ts'
import { savePlan } from '../plan/plan-store.ts'
import { describeDrift } from '../plan-drift.ts'
import { preflightTrain } from '../preflight/preflight-train.ts'
import { refuseUnlessGreen } from '../preflight/refuse-unless-green.ts'
import { stepId } from '../step-id.ts'
import { denialOf, readWords } from '../approval/approval-store.ts'

/**
 * Every guard over every repo, the whole matrix at once; then the plan, which the run is bound to from here on.
 *
 * A run that has begun is bound already: its repos were judged before its first effect, and whatever main has moved
 * since is judged again where it is adopted.
 */
export const preflight: TrainPhase = {
  name: 'preflight',
  per: 'train',
  run: async (journey) => {
    travelOf(journey).throwIfStopped()
    const { ask } = journey
    const { begun } = journey.luggage
    if (begun !== null && !ask.replan) return goOnWith(journey, begun)
    const startedAtMs = journey.context.clock.wallMs()
    const { context, luggage, request, journal } = journey

    const matrix = await preflightTrain(context, surveyOf(journey), {
      overrides: request.overrides,
      publishedByThisRun: maybePublished(journal.records()),
    })
    luggage.matrix = matrix
    const planned = buildPlan(context, surveyOf(journey), matrix, {
      overrides: request.overrides,
      requestedBy: context.identity.holder,
    })
    luggage.plan = await bindPlan(journey, planned)
    await noteRows(journey, matrix, startedAtMs)
    refuseUnlessGreen(context, matrix)
    return { outcome: 'done', summary: summaryOf(matrix) }
  },
}

function goOnWith(journey: Journey, begun: Plan): PhaseOutcome {
  const { context, luggage } = journey
  if (begun.basis.configHash !== context.configHash) {
    throw new ConductError(
      'APPROVAL_VOID',
      `lanes.yaml has changed since plan ${begun.id} was approved (now at ${context.configCommit ?? 'another text'})`,
      { next: `${context.launcher} resume ${journey.run} --replan` },
    )
  }
  luggage.plan = begun
  return {
    outcome: 'skipped',
    summary: `plan ${begun.id} stands; heads that moved are judged again on adoption`,
  }
}

/** Binds the run to what was planned now; an approval of something else is void and says what changed. */
async function bindPlan(journey: Journey, planned: Plan): Promise<Plan> {
  const { context, ask, journal } = journey
  const before = boundPlan(journal.records())
  const expected = ask.plan ?? (ask.replan ? null : before)
  if (expected !== null && expected.hash !== planned.hash) {
    const { words } = await readWords(context.store, expected)
    const isApproved = words.length > 0 && denialOf(words) === null
    if (ask.plan !== null || isApproved) throw voidError(journey, { expected, planned })
  }
  return runEffect(context.hit, 'plan', {
    act: () => savePlan(context.store, planned, { bound: expected }),
    prove: (saved) => journal.append({ type: 'planned', plan: saved }),
  })
}

function voidError(
  journey: Journey,
  plans: { readonly expected: Plan; readonly planned: Plan },
): ConductError {
  const { expected, planned } = plans
  const changes = describeDrift(expected.basis, planned.basis)
  const replan = `${journey.context.launcher} resume ${journey.run} --replan`
  return new ConductError('APPROVAL_VOID', `plan ${expected.id} no longer holds: ${changes.join('; ')}`, {
    next: replan,
    details: { plan: expected.id, changes },
  })
}

async function noteRows(journey: Journey, matrix: PreflightMatrix, startedAtMs: number): Promise<void> {
  await noteLooked(
    journey,
    startedAtMs,
    [...matrix].map(([repo, rows]) => {
      const red = rows.filter((row) => row.verdict === 'red' && row.overridden !== true)
      return {
        step: {
          id: stepId.preflight(repo),
          phase: 'preflight',
          kind: 'preflight',
          repo,
          action: `every guard over ${repo}`,
          irreversible: false,
        },
        state: red.length === 0 ? 'done' : 'failed',
        evidence:
          red.length === 0 ? `${rows.length} checks` : `red: ${red.map((row) => row.check).join(', ')}`,
        facts: {},
      }
    }),
  )
}

function summaryOf(matrix: PreflightMatrix): string {
  const rows = [...matrix.values()].flat()
  const judged = rows.filter((row) => row.verdict !== 'not_applicable')
  const green = judged.filter((row) => row.verdict === 'green')
  return `${green.length} of ${judged.length} checks green`
}
